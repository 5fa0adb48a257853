-- Keep a session by the hash of its id.
-- id_hash: SHA-256. subject. name: or null. roles: jsonb, by project. how. csrf. hours: how long it is good.
INSERT INTO access.sessions (id_hash, subject, name, roles, how, csrf, expires_at)
VALUES (
    %(id_hash)s,
    %(subject)s,
    %(name)s,
    %(roles)s,
    %(how)s,
    %(csrf)s,
    clock_timestamp() + make_interval(secs => %(hours)s * 3600)
)
