-- Let no run of a project and profile key be the current one.
-- project_id. profile_key.
UPDATE ops.reopen_ranking_runs
SET is_current = false
WHERE project_id = %(project_id)s AND profile_key = %(profile_key)s AND is_current
