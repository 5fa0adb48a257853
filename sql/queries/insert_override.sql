-- State an input in place of what the data say.
-- project_id. well_id. zone: or null for every interval of the well. input. value. reason. author.
INSERT INTO ops.input_overrides (project_id, well_id, zone, input, value, reason, author)
VALUES (%(project_id)s, %(well_id)s, %(zone)s, %(input)s, %(value)s, %(reason)s, %(author)s)
RETURNING
    override_id, project_id, well_id, zone, input, value, reason, author, stated_at, withdrawn_at, withdrawn_by,
    false AS used_by_current
