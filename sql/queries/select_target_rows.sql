-- The rows of the table for some targets, in the order of their ids here.
-- ids: uuid[]. previous_run_id: uuid of the run before, or null.
SELECT
    target.reopening_target_id,
    target.target_key,
    target.target_rank,
    before.target_rank AS previous_rank,
    target.well_id,
    target.well_name,
    target.field,
    target.reservoir,
    target.zone,
    target.event_no,
    target.classification,
    target.class_rule,
    target.total_score,
    target.static_score,
    target.dynamic_score,
    target.operability_score,
    target.confidence_score,
    target.total_potential,
    target.static_potential,
    target.dynamic_potential,
    target.operability_potential,
    target.confidence_potential,
    target.remaining_payload_class,
    target.unswept_volume_m3,
    target.depletion_risk,
    target.operability_status,
    target.data_confidence,
    target.recommended_action,
    target.blocking_reason,
    target.evidence_completeness,
    target.gap_codes,
    target.has_spatial_gap,
    COALESCE(review.state, 'unreviewed') AS review_state,
    COALESCE(review.version, 0) AS review_version,
    review.actor AS reviewed_by,
    review.at AS reviewed_at,
    target.classification <> review.classification
        OR round(abs(target.total_score - review.total_score)::numeric, 6) >= 0.05 AS changed_since_review
FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS asked (reopening_target_id, place)
JOIN ops.well_reopening_targets AS target USING (reopening_target_id)
LEFT JOIN ops.review_states AS review USING (target_key)
LEFT JOIN ops.worklist_rows AS before
    ON before.target_key = target.target_key AND before.run_id = %(previous_run_id)s::uuid
ORDER BY asked.place
