-- The run of the same project and profile key that was current before a run; no row for none.
-- run_id: uuid.
SELECT before.run_id
FROM ops.reopen_ranking_runs AS run
JOIN ops.reopen_ranking_runs AS before
    ON before.project_id = run.project_id
    AND before.profile_key = run.profile_key
    AND before.became_current_at < run.became_current_at
WHERE run.run_id = %(run_id)s AND before.status = 'succeeded'
ORDER BY before.became_current_at DESC, before.run_id
LIMIT 1
