-- The keys of a run's targets, by rank.
-- run_id: uuid.
SELECT target_key::text
FROM ops.well_reopening_targets
WHERE run_id = %(run_id)s
ORDER BY target_rank
