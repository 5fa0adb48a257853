-- What is counted of each target of a run, by rank.
-- run_id: uuid.
COPY (
    SELECT
        field,
        reservoir,
        classification,
        total_score,
        depletion_risk,
        operability_status,
        data_confidence,
        evidence_completeness,
        has_spatial_gap,
        has_action
    FROM ops.worklist_rows
    WHERE run_id = %(run_id)s
    ORDER BY target_rank
) TO STDOUT (FORMAT csv)
