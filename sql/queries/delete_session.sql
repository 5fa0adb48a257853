-- End a session.
-- id_hash: SHA-256.
DELETE FROM access.sessions
WHERE id_hash = %(id_hash)s
