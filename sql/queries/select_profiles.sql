-- Profiles of a project and canonical ones, a project's own first, each key's newest first.
-- project_id: text, or null for the canonical ones alone. profile_key: text, or null for all.
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
WHERE (project_id IS NULL OR project_id = %(project_id)s::text)
    AND (%(profile_key)s::text IS NULL OR profile_key = %(profile_key)s)
ORDER BY project_id NULLS LAST, profile_key, created_at DESC, scoring_profile_id
