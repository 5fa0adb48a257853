-- What the targets of a run were scored from, as COPY writes it: inputs and facts as JSON, and what gates look at.
-- run_id: uuid.
COPY (
    SELECT
        target.reopening_target_id,
        target.target_key,
        target.well_id,
        target.well_name,
        target.zone,
        target.event_no,
        target.source_candidate_id AS candidate_id,
        target.source_interpretation_id AS interpretation_id,
        target.top_md_m,
        target.base_md_m,
        target.net_pay_m,
        target.rw_value AS rw_ohmm,
        target.rw_source,
        target.a_factor,
        target.m_exponent,
        target.n_exponent,
        target.sw_confidence,
        target.completion_status,
        target.operability_score,
        target.operability_potential,
        target.contributions,
        target.facts,
        array_to_string(target.gap_codes, ';') AS gap_codes,
        candidate.depth_problem
    FROM ops.well_reopening_targets AS target
    JOIN ops.reopen_ranking_runs AS run USING (run_id)
    LEFT JOIN ops.well_bypassed_candidates AS candidate
        ON candidate.discovery_id = run.discovery_id AND candidate.candidate_id = target.source_candidate_id
    WHERE target.run_id = %(run_id)s
) TO STDOUT (FORMAT csv, HEADER, NULL '', FORCE_QUOTE *)
