-- Note what was read for a ranking, once for each content; returns a row if it was not noted before.
-- project_id. input_sha256: 64 hexadecimal digits. as_of: date. crs: or null. read_at: when.
INSERT INTO ops.input_snapshots (project_id, input_sha256, as_of, crs, read_at)
VALUES (%(project_id)s, %(input_sha256)s, %(as_of)s, %(crs)s, %(read_at)s)
ON CONFLICT DO NOTHING
RETURNING input_sha256
