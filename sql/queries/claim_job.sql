-- Begin the job that has waited longest; returns it, or no row. Two who ask at once get two jobs.
-- No parameters.
UPDATE ops.ranking_jobs
SET state = 'running',
    stage = NULL,
    done = 0,
    total = 0,
    started_at = clock_timestamp(),
    heard_at = clock_timestamp(),
    attempts = attempts + 1
WHERE job_id = (
    SELECT job_id
    FROM ops.ranking_jobs
    WHERE state = 'queued'
    ORDER BY queued_at, job_id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING
    job_id, project_id, profile_key, state, stage, done, total, requested_by, reason, queued_at, started_at,
    finished_at, heard_at, attempts, run_id, error
