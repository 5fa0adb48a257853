-- Forget the sessions that are no longer good.
-- No parameters.
DELETE FROM access.sessions
WHERE expires_at <= clock_timestamp()
