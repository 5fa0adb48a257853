-- Make a run the current one of its project and profile key; clear_current_run comes before it.
-- run_id: uuid. at: when.
UPDATE ops.reopen_ranking_runs
SET is_current = true,
    became_current_at = %(at)s
WHERE run_id = %(run_id)s
