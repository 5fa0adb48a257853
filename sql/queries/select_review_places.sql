-- The reviewed targets of a run: the place of each by rank, from 0, and its state.
-- run_id: uuid.
SELECT row.target_rank - 1, review.state
FROM ops.review_states AS review
JOIN ops.worklist_rows AS row USING (target_key)
WHERE row.run_id = %(run_id)s
ORDER BY row.target_rank
