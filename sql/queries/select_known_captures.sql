-- Which captures are done already.
-- ids: uuid[], of messages about violations.
SELECT message_id
FROM captures
WHERE message_id = ANY (%(ids)s)
