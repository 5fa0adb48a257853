-- The content of a version of a profile.
-- scoring_profile_id: uuid.
SELECT content
FROM ops.reopen_score_profiles
WHERE scoring_profile_id = %(scoring_profile_id)s
