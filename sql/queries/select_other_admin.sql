-- Whether somebody else is project_admin of a project, by their role in it or in every one; no row for nobody.
-- project_id. subject: who does not count.
SELECT true
FROM access.members
WHERE project_id IN (%(project_id)s, '*') AND role = 'project_admin' AND subject <> %(subject)s
LIMIT 1
