-- Targets as the contract well-reopening-target-ranked has them, one text each, in the order of their ids here.
-- ids: uuid[]. sw_tolerance: how far Archie on an interval's means may be from its mean Sw [-].
COPY (
    SELECT json_build_object(
        'target_id', target.reopening_target_id,
        'rank', target.target_rank,
        'well_id', target.well_id,
        'source_candidate_id', target.source_candidate_id,
        'classification', target.classification,
        'historic_payload_class', target.historic_payload_class,
        'remaining_payload_class', target.remaining_payload_class,
        'depletion_risk', target.depletion_risk,
        'operability_status', target.operability_status,
        'data_confidence', target.data_confidence,
        'static_score', target.static_score,
        'dynamic_score', target.dynamic_score,
        'operability_score', target.operability_score,
        'confidence_score', target.confidence_score,
        'total_score', target.total_score,
        'blocking_reason', target.blocking_reason,
        'recommended_action', target.recommended_action,
        'evidence_pack_id', target.evidence_pack_id,
        'interval', CASE WHEN target.event_no > 0 THEN json_build_object(
            'event_no', target.event_no,
            'top_tvdss_m', target.top_tvdss_m,
            'base_tvdss_m', target.base_tvdss_m,
            'gross_thickness_m', target.gross_m,
            'net_thickness_m', target.net_pay_m,
            'top_md_m', target.top_md_m,
            'base_md_m', target.base_md_m
        ) END,
        'archie_assumptions', CASE WHEN target.event_no > 0 THEN json_build_object(
            'rw_value', target.rw_value,
            'rw_source', target.rw_source,
            'a_factor', target.a_factor,
            'm_exponent', target.m_exponent,
            'n_exponent', target.n_exponent,
            'sw_model', target.sw_model,
            'sw_confidence', target.sw_confidence,
            'sw_conflict', COALESCE(
                candidate.sw_conflict,
                CASE
                    WHEN target.sw_model = 'archie' AND abs(said.sw - archie.sw) > %(sw_tolerance)s
                    THEN format(
                        '%%s is the mean over samples of pay; Archie on the interval''s own phie and rt gives %%s.',
                        round(said.sw::numeric, 3),
                        round(archie.sw::numeric, 3)
                    )
                END
            )
        ) END,
        'score_inputs', target.score_inputs,
        'assumptions', target.assumptions_json,
        'target_key', target.target_key,
        'well_name', target.well_name,
        'field', target.field,
        'reservoir', target.reservoir,
        'zone', target.zone,
        'source_interpretation_id', target.source_interpretation_id,
        'class_rule', target.class_rule,
        'potentials', json_build_object(
            'static', target.static_potential,
            'dynamic', target.dynamic_potential,
            'operability', target.operability_potential,
            'confidence', target.confidence_potential
        ),
        'total_potential', target.total_potential,
        'coverage', json_build_object(
            'static', target.static_coverage,
            'dynamic', target.dynamic_coverage,
            'operability', target.operability_coverage,
            'confidence', target.confidence_coverage
        ),
        'contributions', target.contributions,
        'gaps', COALESCE(missing.gaps, '[]'),
        'what_would_change', target.what_would_change,
        'completion_status', target.completion_status,
        'position_confidence', target.position_confidence,
        'cone_radius_top_m', target.cone_radius_top_m,
        'cone_radius_base_m', target.cone_radius_base_m,
        'evidence_completeness', target.evidence_completeness,
        'review', json_build_object(
            'state', COALESCE(review.state, 'unreviewed'),
            'version', COALESCE(review.version, 0),
            'actor', review.actor,
            'at', to_char(review.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
            'changed_since_review', target.classification <> review.classification
                OR round(abs(target.total_score - review.total_score)::numeric, 6) >= 0.05
        )
    )::text
    FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS asked (reopening_target_id, place)
    JOIN ops.well_reopening_targets AS target USING (reopening_target_id)
    JOIN ops.reopen_ranking_runs AS run USING (run_id)
    LEFT JOIN ops.review_states AS review USING (target_key)
    LEFT JOIN ops.well_bypassed_candidates AS candidate
        ON candidate.discovery_id = run.discovery_id AND candidate.candidate_id = target.source_candidate_id
    CROSS JOIN LATERAL (
        SELECT
            (target.score_inputs ->> 'sw')::double precision AS sw,
            NULLIF((target.score_inputs ->> 'phie')::double precision, 0) AS phie,
            NULLIF((target.score_inputs ->> 'rt')::double precision, 0) AS rt
    ) AS said
    CROSS JOIN LATERAL (
        SELECT LEAST(
            1.0,
            power(
                (target.a_factor * target.rw_value) / (power(said.phie, target.m_exponent) * said.rt),
                1 / NULLIF(target.n_exponent, 0)
            )
        ) AS sw
    ) AS archie
    LEFT JOIN LATERAL (
        SELECT json_agg(
            json_build_object(
                'gap_code', gap.gap_code,
                'gap_domain', gap.gap_domain,
                'severity', gap.severity,
                'promotion_action', gap.promotion_action,
                'input', NULLIF(gap.input, ''),
                'detail', gap.detail
            ) ORDER BY gap.gap_code, NULLIF(gap.input, '')
        ) AS gaps
        FROM ops.well_data_gaps AS gap
        WHERE gap.target_key = target.target_key
            AND gap.profile_key = run.profile_key
            AND gap.first_seen_at <= run.generated_at
            AND (gap.resolved_at IS NULL OR gap.resolved_at > run.generated_at)
    ) AS missing ON true
    ORDER BY asked.place
) TO STDOUT (FORMAT binary)
