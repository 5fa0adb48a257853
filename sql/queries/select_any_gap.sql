-- Whether there is any gap of a project and profile key; a row if so.
-- project_id. profile_key.
SELECT
FROM ops.well_data_gaps
WHERE project_id = %(project_id)s AND profile_key = %(profile_key)s
LIMIT 1
