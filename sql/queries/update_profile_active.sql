-- Make a profile active, or no longer.
-- scoring_profile_id: uuid. is_active: boolean.
UPDATE ops.reopen_score_profiles
SET is_active = %(is_active)s
WHERE scoring_profile_id = %(scoring_profile_id)s
