-- Resolve the open gaps of a project and profile key that a run did not find any more.
-- project_id. profile_key. run_id: uuid. at: when.
UPDATE ops.well_data_gaps AS gap
SET resolved_run = %(run_id)s,
    resolved_at = %(at)s
WHERE project_id = %(project_id)s
    AND profile_key = %(profile_key)s
    AND resolved_at IS NULL
    AND NOT EXISTS (
        SELECT FROM found_gaps AS found
        WHERE (gap.target_key, gap.gap_code, gap.input) = (found.target_key, found.gap_code, found.input)
    )
