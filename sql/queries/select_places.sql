-- The wells of a project's current ranking with the zones of their targets; a well without a zone has null.
-- project_id. most: how many at most.
SELECT DISTINCT row.well_id, target.zone
FROM ops.reopen_ranking_runs AS run
JOIN ops.worklist_rows AS row USING (run_id)
JOIN ops.well_reopening_targets AS target USING (reopening_target_id)
WHERE run.project_id = %(project_id)s AND run.is_current
ORDER BY row.well_id, target.zone
LIMIT %(most)s
