-- Open the gaps that a run found and that were not known.
-- run_id: uuid. at: when.
INSERT INTO ops.well_data_gaps (
    project_id,
    profile_key,
    target_key,
    well_id,
    gap_code,
    input,
    gap_domain,
    severity,
    promotion_action,
    detail,
    first_seen_run,
    first_seen_at
)
SELECT
    project_id,
    profile_key,
    target_key,
    well_id,
    gap_code,
    input,
    gap_domain,
    severity,
    promotion_action,
    detail,
    %(run_id)s,
    %(at)s
FROM found_gaps AS found
WHERE NOT EXISTS (
    SELECT FROM ops.well_data_gaps AS gap
    WHERE (gap.target_key, gap.gap_code, gap.input, gap.profile_key)
        = (found.target_key, found.gap_code, found.input, found.profile_key)
)
