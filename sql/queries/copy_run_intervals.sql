-- The targets of a run that have an interval, as CSV: what the next run's targets are held against.
-- run_id: uuid.
COPY (
    SELECT target_key, well_id, zone, top_md_m, base_md_m
    FROM ops.well_reopening_targets
    WHERE run_id = %(run_id)s AND top_md_m IS NOT NULL
) TO STDOUT (FORMAT csv, HEADER)
