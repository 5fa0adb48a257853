-- What was decided and noted about a target, the newest first.
-- target_key: uuid.
SELECT event_id, at, version, previous_state, state, note, actor, classification, total_score
FROM ops.reopening_review_events
WHERE target_key = %(target_key)s
ORDER BY version DESC
