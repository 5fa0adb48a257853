-- Who has a role in a project, or in every one; or the roles of somebody.
-- project_id: or null for all. subject: or null for all.
SELECT subject, project_id, role, granted_by, granted_at
FROM access.members
WHERE (%(project_id)s::text IS NULL OR project_id IN (%(project_id)s, '*'))
    AND (%(subject)s::text IS NULL OR subject = %(subject)s)
ORDER BY subject, project_id
