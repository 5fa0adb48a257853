-- A profile.
-- scoring_profile_id: uuid.
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
WHERE scoring_profile_id = %(scoring_profile_id)s
