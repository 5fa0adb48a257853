-- Every file that was read for a ranking.
-- project_id. input_sha256: of the snapshot.
SELECT
    source_id,
    kind,
    path,
    sha256,
    well_id
FROM ops.input_sources
WHERE project_id = %(project_id)s AND input_sha256 = %(input_sha256)s
ORDER BY kind, path, source_id
