-- The profiles that runs of a project were ranked by.
-- project_id. runs: uuid[].
SELECT run.run_id, profile.content
FROM ops.reopen_ranking_runs AS run
JOIN ops.reopen_score_profiles AS profile USING (scoring_profile_id)
WHERE run.project_id = %(project_id)s AND run.run_id = ANY (%(runs)s::uuid[])
