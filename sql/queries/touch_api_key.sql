-- Note that a key was used; not more than once a minute.
-- key_id: uuid.
UPDATE access.api_keys
SET last_used_at = clock_timestamp()
WHERE key_id = %(key_id)s AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')
