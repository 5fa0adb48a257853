-- Who closes a gap, and by when, with the version that a change of it must name; no row where the project has none such.
-- project_id. gap_id.
SELECT
    owner,
    due_date,
    md5(jsonb_build_array(owner, due_date)::text) AS version
FROM ops.well_data_gaps
WHERE gap_id = %(gap_id)s AND project_id = %(project_id)s
