-- Of each of some targets the gap that stands in its way most: by what it does, how severe it is, and its gate's place.
-- ids: uuid[]. gates: text[], in the order in which they lead.
-- What a gap does is as its newest run found it: an older ranking has its codes alone.
SELECT DISTINCT ON (target.reopening_target_id)
    target.reopening_target_id,
    gap.gap_code,
    gap.promotion_action
FROM unnest(%(ids)s::uuid[]) AS asked (reopening_target_id)
JOIN ops.well_reopening_targets AS target USING (reopening_target_id)
JOIN ops.reopen_ranking_runs AS run USING (run_id)
JOIN ops.well_data_gaps AS gap
    ON gap.target_key = target.target_key
    AND gap.profile_key = run.profile_key
    AND gap.gap_code = ANY (target.gap_codes)
ORDER BY
    target.reopening_target_id,
    array_position(
        ARRAY['decision_grade_block', 'review_hold', 'spatial_only_quarantine', 'non_blocking_warning'],
        gap.promotion_action
    ),
    array_position(ARRAY['critical', 'major', 'minor', 'info'], gap.severity),
    array_position(%(gates)s::text[], gap.gap_code),
    gap.gap_code
