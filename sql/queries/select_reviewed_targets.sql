-- The reviewed targets of a run, each with its review as it stands, and whether class or total (by .05) changed since.
-- run_id: uuid.
SELECT
    target.reopening_target_id,
    target.target_key,
    target.target_rank,
    review.version,
    review.state,
    review.note,
    review.actor,
    review.at,
    target.classification <> review.classification
        OR round(abs(target.total_score - review.total_score)::numeric, 6) >= 0.05 AS changed_since_review
FROM ops.well_reopening_targets AS target
JOIN ops.target_reviews AS review USING (target_key)
WHERE target.run_id = %(run_id)s
ORDER BY target.target_rank
