-- How many resolved gaps a run found again; to be asked before update_found_gaps.
SELECT count(*)
FROM ops.well_data_gaps AS gap
JOIN found_gaps AS found
    ON (gap.target_key, gap.gap_code, gap.input, gap.profile_key)
        = (found.target_key, found.gap_code, found.input, found.profile_key)
WHERE gap.resolved_at IS NOT NULL
