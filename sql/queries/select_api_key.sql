-- The key of a secret, if it is in force; no row if it is none, was revoked or has expired.
-- secret_hash: SHA-256.
SELECT
    key_id, prefix, name, project_id, role, scopes, created_by, created_at, expires_at,
    revoked_at, revoked_by, last_used_at
FROM access.api_keys
WHERE secret_hash = %(secret_hash)s AND revoked_at IS NULL AND expires_at > clock_timestamp()
