-- Note that a session was seen; not more than once a minute.
-- id_hash: SHA-256.
UPDATE access.sessions
SET seen_at = clock_timestamp()
WHERE id_hash = %(id_hash)s AND seen_at < clock_timestamp() - interval '1 minute'
