-- Who took which targets of a project out, the newest first.
-- project_id. most: how many at most.
SELECT export_id, at, project_id, run_id, actor, format, query, targets
FROM ops.worklist_exports
WHERE project_id = %(project_id)s
ORDER BY export_id DESC
LIMIT %(most)s
