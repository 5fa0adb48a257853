-- How ranks changed between two runs: a row for each target of either; null where a run has it not.
-- run_id: uuid, the later. previous_run_id: uuid, the earlier.
SELECT
    COALESCE(now.target_key, before.target_key) AS target_key,
    COALESCE(now.well_id, before.well_id) AS well_id,
    now.target_rank,
    before.target_rank AS previous_rank,
    before.target_rank - now.target_rank AS risen_by,
    now.classification,
    before.classification AS previous_classification,
    now.total_score,
    before.total_score AS previous_total_score
FROM (SELECT * FROM ops.well_reopening_targets WHERE run_id = %(run_id)s) AS now
FULL JOIN (SELECT * FROM ops.well_reopening_targets WHERE run_id = %(previous_run_id)s) AS before
    USING (target_key)
ORDER BY now.target_rank, before.target_rank
