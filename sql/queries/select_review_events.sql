-- What was decided and noted about a target, in order.
-- target_key: uuid.
SELECT *
FROM ops.reopening_review_events
WHERE target_key = %(target_key)s
ORDER BY version
