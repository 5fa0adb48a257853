-- The run of a project that was last made current, under whatever profile: what the next one goes on from.
-- project_id.
SELECT run_id
FROM ops.reopen_ranking_runs
WHERE project_id = %(project_id)s AND became_current_at IS NOT NULL
ORDER BY became_current_at DESC, run_id
LIMIT 1
