-- What the current rankings of a project were made from: the run, the digest of its input, and when it was first read.
-- project_id.
SELECT
    run.run_id,
    run.input_sha256,
    snapshot.read_at
FROM ops.reopen_ranking_runs AS run
JOIN ops.input_snapshots AS snapshot USING (project_id, input_sha256)
WHERE run.project_id = %(project_id)s AND run.is_current AND run.status = 'succeeded'
ORDER BY run.run_id
