-- Note that targets are taken out.
-- project_id. run_id: uuid. actor. format: csv, parquet, json or xlsx. query: what was asked for. targets: how many.
INSERT INTO ops.worklist_exports (project_id, run_id, actor, format, query, targets)
VALUES (%(project_id)s, %(run_id)s, %(actor)s, %(format)s, %(query)s, %(targets)s)
RETURNING export_id, at, project_id, run_id, actor, format, query, targets
