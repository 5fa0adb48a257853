-- The ranking runs of a project, the newest first.
-- project_id. most: how many at most.
SELECT *
FROM ops.reopen_ranking_runs
WHERE project_id = %(project_id)s
ORDER BY COALESCE(became_current_at, generated_at) DESC, run_id
LIMIT %(most)s
