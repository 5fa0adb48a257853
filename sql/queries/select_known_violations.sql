-- The bodies of the links of messages about violations that were recorded before.
-- ids: uuid[], of messages. violation_ids: uuid[], of violations.
SELECT body
FROM violation_messages
JOIN audit USING (seq)
WHERE message_id = ANY (%(ids)s::uuid[]) OR violation_id = ANY (%(violation_ids)s::uuid[])
