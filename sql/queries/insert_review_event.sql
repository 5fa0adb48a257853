-- Review a target, if nobody else has since; returns the new version, or no row where `expected` is not the last one.
-- reopening_target_id: uuid, what the reviewer saw. expected: version that they saw, 0 for none. state: new, or null for
-- a note alone. note: or null. actor.
INSERT INTO ops.reopening_review_events (
    project_id,
    target_key,
    version,
    previous_state,
    state,
    note,
    actor,
    reopening_target_id,
    classification,
    total_score
)
SELECT
    target.project_id,
    target.target_key,
    %(expected)s + 1,
    COALESCE(review.state, 'unreviewed'),
    COALESCE(%(state)s, review.state, 'unreviewed'),
    %(note)s,
    %(actor)s,
    target.reopening_target_id,
    target.classification,
    target.total_score
FROM ops.well_reopening_targets AS target
LEFT JOIN ops.target_reviews AS review USING (target_key)
WHERE target.reopening_target_id = %(reopening_target_id)s AND COALESCE(review.version, 0) = %(expected)s
ON CONFLICT (target_key, version) DO NOTHING
RETURNING version
