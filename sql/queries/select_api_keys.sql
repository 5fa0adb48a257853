-- Keys, the newest first; without their secrets, which nobody has.
-- project_id: or null for all.
SELECT
    key_id, prefix, name, project_id, role, scopes, created_by, created_at, expires_at,
    revoked_at, revoked_by, last_used_at
FROM access.api_keys
WHERE %(project_id)s::text IS NULL OR project_id = %(project_id)s
ORDER BY created_at DESC, key_id
