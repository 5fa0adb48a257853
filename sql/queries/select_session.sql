-- The session of an id, if it is good still.
-- id_hash: SHA-256.
SELECT subject, name, roles, how, csrf, created_at, seen_at, expires_at
FROM access.sessions
WHERE id_hash = %(id_hash)s AND expires_at > clock_timestamp()
