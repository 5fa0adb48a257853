-- The projects that were ever ranked, or that a ranking was asked for, each with its current run if it has one.
-- No parameters.
SELECT
    project.project_id,
    COALESCE(history.runs, 0) AS runs,
    run.run_id,
    run.profile_key,
    run.became_current_at AS generated_at,
    COALESCE(run.candidate_count, 0) AS total,
    COALESCE(run.summary -> 'class_counts', '{}') AS class_counts
FROM (
    SELECT project_id FROM ops.reopen_ranking_runs
    UNION
    SELECT project_id FROM ops.ranking_jobs
) AS project
LEFT JOIN (
    SELECT project_id, count(*) AS runs FROM ops.reopen_ranking_runs WHERE status = 'succeeded' GROUP BY project_id
) AS history USING (project_id)
LEFT JOIN LATERAL (
    SELECT *
    FROM ops.reopen_ranking_runs AS latest
    WHERE latest.project_id = project.project_id AND latest.is_current
    ORDER BY latest.became_current_at DESC, latest.run_id
    LIMIT 1
) AS run ON true
ORDER BY project.project_id
