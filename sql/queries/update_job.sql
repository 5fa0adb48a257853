-- Say how far a job is, or how it ended; returns it, or no row where it is no longer the caller's.
-- job_id: uuid. attempts: of the caller's beginning of it. state: running, succeeded or failed. stage: or null for as it
-- was. done, total: wells, or null. run_id: uuid where it succeeded. error: where it failed.
UPDATE ops.ranking_jobs
SET state = %(state)s,
    stage = COALESCE(%(stage)s, stage),
    done = LEAST(COALESCE(%(done)s, done), COALESCE(%(total)s, total)),
    total = COALESCE(%(total)s, total),
    heard_at = clock_timestamp(),
    finished_at = CASE WHEN %(state)s <> 'running' THEN clock_timestamp() END,
    run_id = %(run_id)s,
    error = %(error)s
WHERE job_id = %(job_id)s AND attempts = %(attempts)s AND state = 'running'
RETURNING
    job_id, project_id, profile_key, state, stage, done, total, requested_by, reason, queued_at, started_at,
    finished_at, heard_at, attempts, run_id, error
