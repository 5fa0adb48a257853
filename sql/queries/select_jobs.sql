-- Jobs, the newest first.
-- job_id: uuid, or null for all. project_id: or null for all. active: only those that wait or run. most.
-- before: uuid of the job that they are older than, or null for the newest.
SELECT
    job_id, project_id, profile_key, state, stage, done, total, requested_by, reason, queued_at, started_at,
    finished_at, heard_at, attempts, run_id, error
FROM ops.ranking_jobs AS job
WHERE (%(job_id)s::uuid IS NULL OR job_id = %(job_id)s)
    AND (%(project_id)s::text IS NULL OR project_id = %(project_id)s)
    AND (NOT %(active)s OR state IN ('queued', 'running'))
    AND (
        %(before)s::uuid IS NULL
        OR EXISTS (
            SELECT FROM ops.ranking_jobs AS shown
            WHERE shown.job_id = %(before)s
                AND (job.queued_at, shown.job_id) < (shown.queued_at, job.job_id)
        )
    )
ORDER BY queued_at DESC, job_id
LIMIT %(most)s
