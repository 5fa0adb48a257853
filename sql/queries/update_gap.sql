-- Say who closes a gap, by when, or both, where they stand as they were read; returns them, or no row.
-- project_id. gap_id. expected: the version that was read. given: `owner`, `due_date`, or both: what is to be changed.
-- owner: or null for nobody. due_date: or null.
UPDATE ops.well_data_gaps
SET
    owner = CASE WHEN 'owner' = ANY(%(given)s) THEN %(owner)s ELSE owner END,
    due_date = CASE WHEN 'due_date' = ANY(%(given)s) THEN %(due_date)s ELSE due_date END
WHERE gap_id = %(gap_id)s
    AND project_id = %(project_id)s
    AND md5(jsonb_build_array(owner, due_date)::text) = %(expected)s
RETURNING owner, due_date, md5(jsonb_build_array(owner, due_date)::text) AS version
