-- The ranking runs of a project, the newest first.
-- project_id. run_id: uuid, or null for all. most: how many at most.
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
FROM ops.reopen_ranking_runs
WHERE project_id = %(project_id)s AND (%(run_id)s::uuid IS NULL OR run_id = %(run_id)s::uuid)
ORDER BY COALESCE(became_current_at, generated_at) DESC, run_id
LIMIT %(most)s
