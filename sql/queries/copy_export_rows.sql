-- Targets as a table takes them out, in the order of their ids here.
-- ids: uuid[].
COPY (
    SELECT
        target.target_rank,
        target.well_id,
        target.well_name,
        target.field,
        target.reservoir,
        target.zone,
        target.event_no,
        target.classification,
        target.class_rule,
        target.total_score,
        target.total_potential,
        target.static_score,
        target.dynamic_score,
        target.operability_score,
        target.confidence_score,
        target.static_potential,
        target.dynamic_potential,
        target.operability_potential,
        target.confidence_potential,
        target.historic_payload_class,
        target.remaining_payload_class,
        target.unswept_volume_m3,
        target.depletion_risk,
        target.operability_status,
        target.data_confidence,
        target.recommended_action,
        target.blocking_reason,
        target.what_would_change,
        target.evidence_completeness,
        array_to_string(target.gap_codes, ' ') AS gap_codes,
        target.has_spatial_gap,
        target.top_md_m,
        target.base_md_m,
        target.top_tvdss_m,
        target.base_tvdss_m,
        target.net_pay_m,
        target.gross_m,
        COALESCE(review.state, 'unreviewed') AS review_state,
        review.actor AS reviewed_by,
        to_char(review.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS reviewed_at,
        target.reopening_target_id,
        target.target_key,
        target.contributions
    FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS asked (reopening_target_id, place)
    JOIN ops.well_reopening_targets AS target USING (reopening_target_id)
    LEFT JOIN ops.review_states AS review USING (target_key)
    ORDER BY asked.place
) TO STDOUT (FORMAT csv)
