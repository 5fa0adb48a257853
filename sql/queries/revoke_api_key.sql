-- Revoke a key; returns its id, or no row where there is no such one in force.
-- key_id: uuid. project_id: that it must be of, or null for any. revoked_by.
UPDATE access.api_keys
SET revoked_at = clock_timestamp(), revoked_by = %(revoked_by)s
WHERE key_id = %(key_id)s
    AND (%(project_id)s::text IS NULL OR project_id = %(project_id)s)
    AND revoked_at IS NULL
RETURNING key_id
