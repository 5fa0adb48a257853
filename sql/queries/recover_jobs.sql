-- Let jobs wait again that nobody runs any more, and give up those that were begun too often; returns both.
-- silent_s: seconds since anything was heard of them, from 0. running: uuid[], those that somebody does run, however
-- silent. most_attempts: of beginnings.
UPDATE ops.ranking_jobs
SET state = CASE WHEN attempts < %(most_attempts)s THEN 'queued' ELSE 'failed' END,
    stage = NULL,
    started_at = CASE WHEN attempts < %(most_attempts)s THEN NULL ELSE started_at END,
    finished_at = CASE WHEN attempts < %(most_attempts)s THEN NULL ELSE clock_timestamp() END,
    error = CASE
        WHEN attempts >= %(most_attempts)s
        THEN format('The server ended %%s times while it ranked. See its log, and ask again.', attempts)
    END
WHERE state = 'running'
    AND heard_at <= clock_timestamp() - make_interval(secs => %(silent_s)s)
    AND job_id <> ALL (%(running)s::uuid[])
RETURNING
    job_id, project_id, profile_key, state, stage, done, total, requested_by, reason, queued_at, started_at,
    finished_at, heard_at, attempts, run_id, error
