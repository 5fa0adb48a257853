-- Take somebody's role in a project; returns the subject, or no row where there was none. set_actor comes first.
-- subject. project_id: * for every project.
DELETE FROM access.members
WHERE subject = %(subject)s AND project_id = %(project_id)s
RETURNING subject
