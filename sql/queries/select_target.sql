-- A target with all that its drawer shows of it but lists: its run, its candidate, its well.
-- project_id. reopening_target_id: uuid.
SELECT
    target.*,
    run.is_current,
    run.profile_key,
    run.profile_sha256,
    COALESCE(run.became_current_at, run.generated_at) AS generated_at,
    run.as_of,
    run.input_sha256,
    run.discovery_id,
    run.stated_inputs,
    profile.content AS profile_content,
    candidate.vsh,
    candidate.phie,
    candidate.sw,
    candidate.rt,
    candidate.rt_contrast,
    candidate.permeability_md,
    candidate.hcpt_m,
    candidate.log_quality,
    candidate.bad_hole_fraction,
    candidate.sw_conflict,
    candidate.porosity_method,
    candidate.vsh_method,
    candidate.depth_problem,
    COALESCE(candidate.cutoffs_applied, '{}') AS cutoffs,
    snapshot.crs AS project_crs,
    well.crs,
    COALESCE(target.crs_confidence, well.crs_confidence) AS location_confidence,
    well.vertical_datum,
    well.kb_elevation_m,
    well.max_inc_deg,
    well.location_source,
    COALESCE(target.facts ->> 'transform_chain', well.transform_chain) AS transform_chain,
    COALESCE(target.x_m, well.x_m) AS map_x_m,
    COALESCE(target.y_m, well.y_m) AS map_y_m,
    well.x_m AS head_x_m,
    well.y_m AS head_y_m,
    COALESCE(well.path_md_m, '{}') AS path_md_m,
    COALESCE(well.path_x_m, '{}') AS path_x_m,
    COALESCE(well.path_y_m, '{}') AS path_y_m
FROM ops.well_reopening_targets AS target
JOIN ops.reopen_ranking_runs AS run USING (run_id)
JOIN ops.reopen_score_profiles AS profile ON profile.scoring_profile_id = run.scoring_profile_id
LEFT JOIN ops.well_bypassed_candidates AS candidate
    ON candidate.discovery_id = run.discovery_id AND candidate.candidate_id = target.source_candidate_id
LEFT JOIN ops.input_snapshots AS snapshot
    ON snapshot.project_id = run.project_id AND snapshot.input_sha256 = run.input_sha256
LEFT JOIN ops.input_wells AS well
    ON well.project_id = run.project_id AND well.input_sha256 = run.input_sha256 AND well.well_id = target.well_id
WHERE target.reopening_target_id = %(reopening_target_id)s AND target.project_id = %(project_id)s
