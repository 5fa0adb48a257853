-- How many review events a project has had: whenever one is committed it grows, so what was counted before is old.
-- project_id.
SELECT COALESCE(sum(version), 0)::bigint
FROM ops.review_states
WHERE project_id = %(project_id)s
