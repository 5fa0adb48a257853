-- How many targets changed rank between two runs, how many score or class, how many are new, how many are gone, and how
-- many differ in any of these: as many as select_moves would give without an end.
-- before, after: uuid of the runs.
SELECT
    count(*) FILTER (WHERE earlier.target_rank <> later.target_rank) AS moved,
    count(*) FILTER (
        WHERE earlier.classification <> later.classification OR earlier.total_score <> later.total_score
    ) AS changed,
    count(*) FILTER (WHERE earlier.target_rank IS NULL) AS entered,
    count(*) FILTER (WHERE later.target_rank IS NULL) AS left_out,
    count(*) FILTER (
        WHERE earlier.target_rank IS DISTINCT FROM later.target_rank
            OR earlier.classification IS DISTINCT FROM later.classification
            OR earlier.total_score IS DISTINCT FROM later.total_score
    ) AS differing
FROM (SELECT * FROM ops.worklist_rows WHERE run_id = %(after)s) AS later
FULL JOIN (SELECT * FROM ops.worklist_rows WHERE run_id = %(before)s) AS earlier USING (target_key)
