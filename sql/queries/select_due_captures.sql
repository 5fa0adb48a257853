-- The violation messages whose samples are to be captured now, the oldest first.
-- settle_s: seconds, 0 or more, that must have passed since the message was recorded. most: rows, from 1.
SELECT
    message_id,
    well_id,
    CASE WHEN what = 'closed' AND NOT late THEN ended_at ELSE started_at END AS around,
    samples_topic AS topic,
    samples_partition AS partition,
    samples_from AS first,
    samples_at AS at
FROM violation_messages AS message
WHERE recorded_at <= clock_timestamp() - make_interval(secs => %(settle_s)s)
    AND NOT EXISTS (SELECT FROM captures WHERE captures.message_id = message.message_id)
ORDER BY seq
LIMIT %(most)s
