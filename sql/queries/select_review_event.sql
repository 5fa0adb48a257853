-- One review event.
-- event_id.
SELECT event_id, at, version, previous_state, state, note, actor, classification, total_score
FROM ops.reopening_review_events
WHERE event_id = %(event_id)s
