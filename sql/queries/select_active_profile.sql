-- The active profile of a key.
-- project_id: text, or null for the canonical one. profile_key.
SELECT
    scoring_profile_id,
    project_id,
    profile_key,
    display_name,
    scoring_version,
    is_active,
    content,
    sha256,
    parent_id,
    change_reason,
    author,
    created_at
FROM ops.reopen_score_profiles
WHERE project_id IS NOT DISTINCT FROM %(project_id)s::text AND profile_key = %(profile_key)s AND is_active
