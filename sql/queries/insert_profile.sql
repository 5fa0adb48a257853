-- Add a version of a profile; returns no row where the same content is there already. Parameters: the columns.
INSERT INTO ops.reopen_score_profiles (
    scoring_profile_id,
    project_id,
    profile_key,
    display_name,
    weights,
    archie_defaults,
    gating_rules,
    scoring_version,
    content,
    sha256,
    parent_id,
    change_reason,
    author
)
VALUES (
    %(scoring_profile_id)s,
    %(project_id)s,
    %(profile_key)s,
    %(display_name)s,
    %(weights)s,
    %(archie_defaults)s,
    %(gating_rules)s,
    %(scoring_version)s,
    %(content)s,
    %(sha256)s,
    %(parent_id)s,
    %(change_reason)s,
    %(author)s
)
ON CONFLICT DO NOTHING
RETURNING scoring_profile_id
