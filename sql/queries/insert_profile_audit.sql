-- Note who did what with a profile. Parameters: the columns.
INSERT INTO ops.reopen_profile_audit (
    project_id,
    profile_key,
    scoring_profile_id,
    previous_profile_id,
    action,
    actor,
    reason
)
VALUES (
    %(project_id)s,
    %(profile_key)s,
    %(scoring_profile_id)s,
    %(previous_profile_id)s,
    %(action)s,
    %(actor)s,
    %(reason)s
)
