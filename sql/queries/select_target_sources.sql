-- The files that a target rests on: those of the whole project, and those of its well.
-- project_id. input_sha256: of the snapshot. well_id.
SELECT source_id, kind, path, sha256, well_id
FROM ops.input_sources
WHERE project_id = %(project_id)s AND input_sha256 = %(input_sha256)s AND (well_id IS NULL OR well_id = %(well_id)s)
ORDER BY well_id NULLS LAST, kind, path, source_id
LIMIT 500
