-- Profiles of a project and canonical ones without what they say, a project's own first, each key's newest first.
-- project_id: text, or null for the canonical ones alone.
SELECT
    scoring_profile_id,
    project_id,
    profile_key,
    display_name,
    scoring_version,
    is_active,
    sha256,
    parent_id,
    change_reason,
    author,
    created_at
FROM ops.reopen_score_profiles
WHERE project_id IS NULL OR project_id = %(project_id)s::text
ORDER BY project_id NULLS LAST, profile_key, created_at DESC, scoring_profile_id
