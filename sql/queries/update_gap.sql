-- Say who closes a gap, and by when; returns it, or no row where the project has no such gap.
-- project_id. gap_id. owner: or null for nobody. due_date: or null.
UPDATE ops.well_data_gaps
SET owner = %(owner)s, due_date = %(due_date)s
WHERE gap_id = %(gap_id)s AND project_id = %(project_id)s
RETURNING gap_id
