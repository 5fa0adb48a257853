-- Let known gaps be as a run found them: open again if they were resolved, and as severe as they are now.
UPDATE ops.well_data_gaps AS gap
SET gap_domain = found.gap_domain,
    severity = found.severity,
    promotion_action = found.promotion_action,
    detail = found.detail,
    times_reopened = gap.times_reopened + (gap.resolved_at IS NOT NULL)::integer,
    resolved_run = NULL,
    resolved_at = NULL
FROM found_gaps AS found
WHERE (gap.target_key, gap.gap_code, gap.input, gap.profile_key)
    = (found.target_key, found.gap_code, found.input, found.profile_key)
    AND (
        gap.resolved_at IS NOT NULL
        OR (gap.gap_domain, gap.severity, gap.promotion_action, gap.detail)
            IS DISTINCT FROM (found.gap_domain, found.severity, found.promotion_action, found.detail)
    )
