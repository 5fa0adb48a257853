-- Keep a key by the hash of its secret.
-- secret_hash: SHA-256. prefix: of the secret. name. project_id: or null for every one. role. scopes: text[].
-- created_by. days: how long it is good.
INSERT INTO access.api_keys (secret_hash, prefix, name, project_id, role, scopes, created_by, expires_at)
VALUES (
    %(secret_hash)s,
    %(prefix)s,
    %(name)s,
    %(project_id)s,
    %(role)s,
    %(scopes)s,
    %(created_by)s,
    clock_timestamp() + make_interval(secs => %(days)s * 86400)
)
RETURNING
    key_id, prefix, name, project_id, role, scopes, created_by, created_at, expires_at,
    revoked_at, revoked_by, last_used_at
