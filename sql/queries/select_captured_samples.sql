-- The samples of one capture, in their order.
-- seq: bigint, of the capture.
SELECT tag, time, value, unit, quality, kafka_offset AS "offset", arrived_at
FROM captured_samples
WHERE seq = %(seq)s
ORDER BY position
