-- Review targets of a project, each if nobody else has since; returns those that were, with their new version.
-- project_id. ids: uuid[], what the reviewer saw. expected: integer[], the versions that they saw, 0 for none.
-- state: new, or null for a note alone. note: or null. actor.
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
    asked.expected + 1,
    COALESCE(review.state, 'unreviewed'),
    COALESCE(%(state)s::text, review.state, 'unreviewed'),
    %(note)s::text,
    %(actor)s,
    target.reopening_target_id,
    target.classification,
    target.total_score
FROM unnest(%(ids)s::uuid[], %(expected)s::integer[]) AS asked (reopening_target_id, expected)
JOIN ops.well_reopening_targets AS target USING (reopening_target_id)
LEFT JOIN ops.review_states AS review USING (target_key)
WHERE target.project_id = %(project_id)s AND COALESCE(review.version, 0) = asked.expected
    -- What changes nothing and says nothing is no review.
    AND (%(note)s::text IS NOT NULL OR %(state)s::text <> COALESCE(review.state, 'unreviewed'))
-- Two who review the same targets take them in the same order, and neither waits for the other for ever.
ORDER BY target.target_key
ON CONFLICT (target_key, version) DO NOTHING
RETURNING reopening_target_id, version, state
