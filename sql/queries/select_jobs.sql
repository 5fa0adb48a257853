-- Jobs, the newest first.
-- job_id: uuid, or null for all. project_id: or null for all. active: only those that wait or run. most.
SELECT
    job_id, project_id, profile_key, state, stage, done, total, requested_by, reason, queued_at, started_at,
    finished_at, heard_at, attempts, run_id, error
FROM ops.ranking_jobs
WHERE (%(job_id)s::uuid IS NULL OR job_id = %(job_id)s)
    AND (%(project_id)s::text IS NULL OR project_id = %(project_id)s)
    AND (NOT %(active)s OR state IN ('queued', 'running'))
ORDER BY queued_at DESC, job_id
LIMIT %(most)s
