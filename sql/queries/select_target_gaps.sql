-- The gaps of a target under a profile key, also resolved ones: open and strongest first.
-- target_key: uuid. profile_key.
SELECT
    gap_id,
    gap_code,
    NULLIF(input, '') AS input,
    gap_domain,
    severity,
    promotion_action,
    CASE promotion_action
        WHEN 'non_blocking_warning' THEN 'nothing'
        WHEN 'review_hold' THEN 'class A'
        WHEN 'spatial_only_quarantine' THEN 'spatial publication'
        ELSE 'the reopening decision'
    END AS blocks,
    detail,
    owner,
    due_date,
    first_seen_at,
    resolved_at,
    -- What a change of owner or day must name: as in update_gap.
    md5(jsonb_build_array(owner, due_date)::text) AS version
FROM ops.well_data_gaps
WHERE target_key = %(target_key)s AND profile_key = %(profile_key)s
ORDER BY
    resolved_at IS NOT NULL,
    array_position(ARRAY['critical', 'major', 'minor', 'info'], severity),
    gap_code,
    input
