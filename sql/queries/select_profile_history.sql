-- What was done with the profiles of a key, in order.
-- project_id: text, or null for canonical ones. profile_key.
SELECT
    at,
    action,
    scoring_profile_id,
    previous_profile_id,
    actor,
    reason
FROM ops.reopen_profile_audit
WHERE COALESCE(project_id, '') = COALESCE(%(project_id)s, '') AND profile_key = %(profile_key)s
ORDER BY audit_id
