-- The targets that differ most between two runs: changed class first, then those that are new or gone, then by ranks.
-- before, after: uuid of the runs. most: how many at most.
WITH move AS (
    SELECT
        target_key,
        COALESCE(later.well_id, earlier.well_id) AS well_id,
        COALESCE(later.well_name, earlier.well_name) AS well_name,
        earlier.target_rank AS rank_before,
        later.target_rank AS rank_after,
        earlier.target_rank - later.target_rank AS risen_by,
        earlier.classification AS classification_before,
        later.classification AS classification_after,
        earlier.total_score AS total_before,
        later.total_score AS total_after,
        earlier.reopening_target_id AS target_id_before,
        later.reopening_target_id AS target_id_after
    FROM (SELECT * FROM ops.worklist_rows WHERE run_id = %(after)s) AS later
    FULL JOIN (SELECT * FROM ops.worklist_rows WHERE run_id = %(before)s) AS earlier USING (target_key)
    WHERE earlier.target_rank IS DISTINCT FROM later.target_rank
        OR earlier.classification IS DISTINCT FROM later.classification
        OR earlier.total_score IS DISTINCT FROM later.total_score
    ORDER BY
        earlier.classification IS DISTINCT FROM later.classification DESC,
        abs(earlier.target_rank - later.target_rank) DESC NULLS FIRST,
        COALESCE(later.target_rank, earlier.target_rank),
        target_key
    LIMIT %(most)s
)
SELECT
    move.*,
    COALESCE(after_row.event_no, before_row.event_no) AS event_no,
    before_row.contributions AS contributions_before,
    after_row.contributions AS contributions_after
FROM move
LEFT JOIN ops.well_reopening_targets AS before_row ON before_row.reopening_target_id = move.target_id_before
LEFT JOIN ops.well_reopening_targets AS after_row ON after_row.reopening_target_id = move.target_id_after
ORDER BY
    classification_before IS DISTINCT FROM classification_after DESC,
    abs(risen_by) DESC NULLS FIRST,
    COALESCE(rank_after, rank_before),
    move.target_key
