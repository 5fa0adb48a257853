-- Withdraw what was stated; returns its id, or no row where the project has no such one that still holds.
-- project_id. override_id. withdrawn_by.
UPDATE ops.input_overrides
SET withdrawn_at = clock_timestamp(), withdrawn_by = %(withdrawn_by)s
WHERE override_id = %(override_id)s AND project_id = %(project_id)s AND withdrawn_at IS NULL
RETURNING override_id
