-- The header of a ranking: of a run, or of the current one of a profile key, or of the one that became current last.
-- project_id. run_id: uuid, or null for a current one. profile_key: or null for any.
-- The same input comes to the same run again: then it was ranked when it became current again, and not before.
-- newer_overrides: what changed since among the inputs that are stated, and would still make a difference. Stated and
-- withdrawn again is none; one that the run could not use is none either, unless it was stated after it.
SELECT
    run.project_id,
    run.run_id,
    run.is_current,
    COALESCE(run.became_current_at, run.generated_at) AS generated_at,
    run.as_of,
    run.profile_key,
    profile.display_name AS profile_name,
    run.scoring_version,
    run.scoring_profile_id AS profile_id,
    run.profile_sha256,
    profile.weights,
    run.summary,
    run.candidate_count AS total,
    jsonb_array_length(run.stated_inputs) AS stated_count,
    (
        SELECT count(*)
        FROM (
            SELECT
                jsonb_build_array(
                    jsonb_build_object(
                        'well_id', override.well_id,
                        'zone', override.zone,
                        'input', override.input,
                        'value', override.value,
                        'reason', override.reason,
                        'author', override.author
                    )
                ) AS said,
                max(GREATEST(override.stated_at, override.withdrawn_at)) AS changed_at,
                bool_or(
                    override.withdrawn_at IS NULL
                    AND NOT EXISTS (
                        SELECT
                        FROM ops.input_overrides AS later
                        WHERE later.project_id = override.project_id
                            AND later.well_id = override.well_id
                            AND later.zone IS NOT DISTINCT FROM override.zone
                            AND later.input = override.input
                            AND later.override_id > override.override_id
                            AND later.withdrawn_at IS NULL
                    )
                ) AS holds
            FROM ops.input_overrides AS override
            WHERE override.project_id = run.project_id
            GROUP BY said
        ) AS one
        WHERE one.changed_at > COALESCE(run.became_current_at, run.generated_at)
            AND one.holds <> (run.stated_inputs @> one.said)
    ) AS newer_overrides,
    EXISTS (
        SELECT
        FROM ops.input_snapshots AS snapshot
        WHERE snapshot.project_id = run.project_id
            AND snapshot.input_sha256 <> run.input_sha256
            AND snapshot.read_at > COALESCE(run.became_current_at, run.generated_at)
    ) AS newer_snapshot,
    (
        SELECT active.scoring_profile_id
        FROM ops.reopen_score_profiles AS active
        WHERE active.is_active
            AND active.profile_key = run.profile_key
            AND (active.project_id = run.project_id OR active.project_id IS NULL)
        ORDER BY active.project_id NULLS LAST
        LIMIT 1
    ) <> run.scoring_profile_id AS newer_profile
FROM ops.reopen_ranking_runs AS run
JOIN ops.reopen_score_profiles AS profile USING (scoring_profile_id)
WHERE run.project_id = %(project_id)s
    AND run.status = 'succeeded'
    AND (
        run.run_id = %(run_id)s::uuid
        OR (%(run_id)s::uuid IS NULL AND run.is_current AND run.profile_key = COALESCE(%(profile_key)s, run.profile_key))
    )
ORDER BY run.became_current_at DESC NULLS LAST, run.run_id
LIMIT 1
