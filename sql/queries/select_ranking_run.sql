-- A ranking run.
-- run_id: uuid.
SELECT *
FROM ops.reopen_ranking_runs
WHERE run_id = %(run_id)s
