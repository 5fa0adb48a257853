-- Note a search for bypassed pay, once; returns a row if it was not noted before. Parameters: the columns.
INSERT INTO ops.discovery_runs (
    discovery_id,
    project_id,
    input_sha256,
    profile_key,
    profile_sha256,
    code_version,
    generated_at,
    candidate_count
)
VALUES (
    %(discovery_id)s,
    %(project_id)s,
    %(input_sha256)s,
    %(profile_key)s,
    %(profile_sha256)s,
    %(code_version)s,
    %(generated_at)s,
    %(candidate_count)s
)
ON CONFLICT DO NOTHING
RETURNING discovery_id
