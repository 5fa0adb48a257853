-- Where reviewed targets of a project that its last run has not were last seen, as CSV: they may come back.
-- project_id; run_id: uuid, the last run.
COPY (
    SELECT DISTINCT ON (target.target_key)
        target.target_key, target.well_id, target.zone, target.top_md_m, target.base_md_m
    FROM (
        SELECT DISTINCT target_key FROM ops.reopening_review_events WHERE project_id = %(project_id)s
    ) AS reviewed
    JOIN ops.well_reopening_targets AS target ON target.target_key = reviewed.target_key
    JOIN ops.reopen_ranking_runs AS run ON run.run_id = target.run_id
    WHERE run.became_current_at IS NOT NULL AND target.top_md_m IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM ops.well_reopening_targets AS latest
            WHERE latest.target_key = reviewed.target_key AND latest.run_id = %(run_id)s
        )
    ORDER BY target.target_key, run.became_current_at DESC, run.run_id
) TO STDOUT (FORMAT csv, HEADER)
