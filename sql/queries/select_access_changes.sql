-- Who let whom in, the newest first: the members and keys of a project, with the members of every project.
-- project_id: or null for all there is. before: change_id that they must be older than, or null. most: how many.
SELECT change_id, at, actor, what, project_id, subject, key_id, key_name, before, after
FROM access.changes
WHERE (
        %(project_id)s::text IS NULL
        OR project_id = %(project_id)s
        OR (project_id = '*' AND subject IS NOT NULL)
    )
    AND (%(before)s::bigint IS NULL OR change_id < %(before)s)
ORDER BY change_id DESC
LIMIT %(most)s
