-- Which of some targets a project has, each with its review as it stands.
-- project_id. ids: uuid[].
SELECT
    target.reopening_target_id,
    target.target_key,
    COALESCE(review.state, 'unreviewed') AS state,
    COALESCE(review.version, 0) AS version,
    review.event_id
FROM ops.well_reopening_targets AS target
LEFT JOIN ops.review_states AS review USING (target_key)
WHERE target.reopening_target_id = ANY (%(ids)s::uuid[]) AND target.project_id = %(project_id)s
