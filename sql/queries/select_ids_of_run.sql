-- Those of some targets that are of a ranking, in the order of their ids here.
-- run_id: uuid. ids: uuid[].
SELECT asked.reopening_target_id
FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS asked (reopening_target_id, place)
JOIN ops.well_reopening_targets AS target USING (reopening_target_id)
WHERE target.run_id = %(run_id)s
ORDER BY asked.place
