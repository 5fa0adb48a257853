-- The session of an id, if it is good still.
-- id_hash: SHA-256. idle_minutes: how long it is good unused.
SELECT subject, name, roles, how, csrf, created_at, seen_at, expires_at
FROM access.sessions
WHERE id_hash = %(id_hash)s
    AND expires_at > clock_timestamp()
    AND seen_at > clock_timestamp() - make_interval(secs => %(idle_minutes)s * 60)
