-- What an override is checked against: the profile of the current run, and whether its project has the well and zone.
-- project_id. well_id. zone: or null.
SELECT
    profile.content,
    EXISTS (
        SELECT
        FROM ops.input_wells AS well
        WHERE well.project_id = run.project_id
            AND well.input_sha256 = run.input_sha256
            AND well.well_id = %(well_id)s
    ) AS has_well,
    %(zone)s::text IS NULL OR EXISTS (
        SELECT
        FROM ops.worklist_rows AS row
        JOIN ops.well_reopening_targets AS target USING (reopening_target_id)
        WHERE row.run_id = run.run_id AND row.well_id = %(well_id)s AND target.zone = %(zone)s
    ) AS has_zone
FROM ops.reopen_ranking_runs AS run
JOIN ops.reopen_score_profiles AS profile USING (scoring_profile_id)
WHERE run.project_id = %(project_id)s AND run.is_current
ORDER BY run.became_current_at DESC, run.run_id
LIMIT 1
