-- How many targets changed rank between two runs, how many are new, and how many are gone.
-- before, after: uuid of the runs.
SELECT
    count(*) FILTER (WHERE earlier.target_rank <> later.target_rank) AS moved,
    count(*) FILTER (WHERE earlier.target_rank IS NULL) AS entered,
    count(*) FILTER (WHERE later.target_rank IS NULL) AS left_out
FROM (SELECT * FROM ops.worklist_rows WHERE run_id = %(after)s) AS later
FULL JOIN (SELECT * FROM ops.worklist_rows WHERE run_id = %(before)s) AS earlier USING (target_key)
