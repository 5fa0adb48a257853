-- The role of somebody in a project, by this project's own row; no row for none.
-- subject. project_id: * for every project.
SELECT subject, project_id, role, granted_by, granted_at
FROM access.members
WHERE subject = %(subject)s AND project_id = %(project_id)s
