-- How many of some targets are of each class that occurs.
-- run_id: uuid. ids: uuid[], of that run.
SELECT classification, count(*)
FROM ops.worklist_rows
WHERE run_id = %(run_id)s AND reopening_target_id = ANY (%(ids)s::uuid[])
GROUP BY classification
ORDER BY classification
