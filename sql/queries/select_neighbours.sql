-- The wells nearest to a place, each where it lies in the zone or near the depth of a target, and its best in a run.
-- project_id. input_sha256: of the snapshot. well_id: that is left out. x_m, y_m: the place. run_id: uuid. most.
-- zone, tvdss_m: of the target, or null. Distances are horizontal, between the places at depth as far as known.
WITH about AS (
    -- Where a well ends is near enough to find it by, and has an index: several times as many as are shown.
    SELECT well_id, well_name, status, x_m, y_m, path_x_m, path_y_m
    FROM ops.input_wells
    WHERE project_id = %(project_id)s
        AND input_sha256 = %(input_sha256)s
        AND well_id <> %(well_id)s
        AND x_m IS NOT NULL
        AND y_m IS NOT NULL
    ORDER BY point(
        COALESCE(path_x_m[cardinality(path_x_m)], x_m), COALESCE(path_y_m[cardinality(path_y_m)], y_m)
    ) <-> point(%(x_m)s, %(y_m)s)
    LIMIT 4 * %(most)s
),
placed AS (
    SELECT
        about.well_id,
        about.well_name,
        about.status,
        COALESCE(own.x_m, about.path_x_m[cardinality(about.path_x_m)], about.x_m) AS x_m,
        COALESCE(own.y_m, about.path_y_m[cardinality(about.path_y_m)], about.y_m) AS y_m,
        CASE
            WHEN own.place_at IS NOT NULL THEN own.place_at
            WHEN about.path_x_m IS NOT NULL THEN 'survey_end'
            ELSE 'wellhead'
        END AS place_at
    FROM about
    LEFT JOIN LATERAL (
        SELECT target.x_m, target.y_m, target.place_at
        FROM ops.worklist_rows AS row
        JOIN ops.well_reopening_targets AS target USING (reopening_target_id)
        WHERE row.run_id = %(run_id)s
            AND row.well_id = about.well_id
            AND target.place_at = 'interval'
            AND target.x_m IS NOT NULL
            AND target.y_m IS NOT NULL
        ORDER BY
            COALESCE(target.zone = %(zone)s, false) DESC,
            abs((target.top_tvdss_m + target.base_tvdss_m) / 2 - %(tvdss_m)s::double precision) NULLS LAST,
            row.target_rank
        LIMIT 1
    ) AS own ON true
),
well AS (
    SELECT *, point(x_m, y_m) <-> point(%(x_m)s, %(y_m)s) AS distance_m
    FROM placed
    ORDER BY distance_m, well_id
    LIMIT %(most)s
)
SELECT
    well.well_id,
    well.well_name,
    well.status,
    well.x_m,
    well.y_m,
    well.place_at,
    well.distance_m,
    EXISTS (
        SELECT
        FROM ops.input_production AS production
        WHERE production.project_id = %(project_id)s
            AND production.input_sha256 = %(input_sha256)s
            AND production.well_id = well.well_id
            AND 0 < ANY (production.water_injected_sm3 || production.gas_injected_sm3)
    ) AS injects,
    best.classification,
    best.reopening_target_id
FROM well
LEFT JOIN LATERAL (
    SELECT classification, reopening_target_id
    FROM ops.worklist_rows AS row
    WHERE row.run_id = %(run_id)s AND row.well_id = well.well_id
    ORDER BY target_rank
    LIMIT 1
) AS best ON true
ORDER BY well.distance_m, well.well_id
