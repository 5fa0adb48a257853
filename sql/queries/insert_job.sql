-- Ask for a ranking, if none of the project is asked for or under way; returns it, or no row.
-- project_id. profile_key: or null. requested_by. reason: or null.
INSERT INTO ops.ranking_jobs (project_id, profile_key, requested_by, reason)
VALUES (%(project_id)s, %(profile_key)s, %(requested_by)s, %(reason)s)
ON CONFLICT (project_id) WHERE state IN ('queued', 'running') DO NOTHING
RETURNING
    job_id, project_id, profile_key, state, stage, done, total, requested_by, reason, queued_at, started_at,
    finished_at, heard_at, attempts, run_id, error
