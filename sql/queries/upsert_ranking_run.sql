-- Write a ranking run, in the place of one that failed if there is one. Parameters: the columns; summary and
-- stated_inputs as jsonb.
INSERT INTO ops.reopen_ranking_runs (
    run_id,
    project_id,
    scoring_profile_id,
    profile_key,
    profile_sha256,
    scoring_version,
    input_sha256,
    code_version,
    discovery_id,
    as_of,
    status,
    generated_at,
    requested_by,
    candidate_count,
    summary,
    stated_inputs,
    error
)
VALUES (
    %(run_id)s,
    %(project_id)s,
    %(scoring_profile_id)s,
    %(profile_key)s,
    %(profile_sha256)s,
    %(scoring_version)s,
    %(input_sha256)s,
    %(code_version)s,
    %(discovery_id)s,
    %(as_of)s,
    %(status)s,
    %(generated_at)s,
    %(requested_by)s,
    %(candidate_count)s,
    %(summary)s,
    %(stated_inputs)s,
    %(error)s
)
ON CONFLICT (run_id) DO UPDATE
    SET scoring_profile_id = EXCLUDED.scoring_profile_id,
        discovery_id = EXCLUDED.discovery_id,
        as_of = EXCLUDED.as_of,
        status = EXCLUDED.status,
        generated_at = EXCLUDED.generated_at,
        requested_by = EXCLUDED.requested_by,
        candidate_count = EXCLUDED.candidate_count,
        summary = EXCLUDED.summary,
        stated_inputs = EXCLUDED.stated_inputs,
        error = EXCLUDED.error
    WHERE reopen_ranking_runs.status = 'failed'
