-- Give somebody a role in a project.
-- subject. project_id: * for every project. role. granted_by.
INSERT INTO access.members (subject, project_id, role, granted_by)
VALUES (%(subject)s, %(project_id)s, %(role)s, %(granted_by)s)
ON CONFLICT (subject, project_id) DO UPDATE SET
    role = EXCLUDED.role,
    granted_by = EXCLUDED.granted_by,
    granted_at = clock_timestamp()
RETURNING subject, project_id, role, granted_by, granted_at
