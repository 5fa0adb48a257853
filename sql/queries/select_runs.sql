-- The ranking runs of a project, the newest first.
-- project_id. run_id: uuid, or null for all. most: how many at most.
-- before: uuid of the run that they are older than, or null for the newest.
SELECT
    run_id,
    project_id,
    profile_key,
    scoring_profile_id,
    scoring_version,
    as_of,
    status,
    is_current,
    became_current_at,
    generated_at,
    requested_by,
    candidate_count,
    COALESCE(summary -> 'class_counts', '{}') AS class_counts,
    jsonb_array_length(stated_inputs) AS stated_count,
    error
FROM ops.reopen_ranking_runs AS run
WHERE project_id = %(project_id)s AND (%(run_id)s::uuid IS NULL OR run_id = %(run_id)s::uuid)
    AND (
        %(before)s::uuid IS NULL
        OR EXISTS (
            SELECT FROM ops.reopen_ranking_runs AS shown
            WHERE shown.run_id = %(before)s
                AND (COALESCE(run.became_current_at, run.generated_at), shown.run_id)
                    < (COALESCE(shown.became_current_at, shown.generated_at), run.run_id)
        )
    )
ORDER BY COALESCE(became_current_at, generated_at) DESC, run_id
LIMIT %(most)s
