-- The wells nearest to a place, each with its best target in a run.
-- project_id. input_sha256: of the snapshot. well_id: that is left out. x_m, y_m: the place. run_id: uuid. most.
SELECT
    well.well_id,
    well.well_name,
    well.status,
    well.x_m,
    well.y_m,
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
FROM (
    SELECT well_id, well_name, status, x_m, y_m, point(x_m, y_m) <-> point(%(x_m)s, %(y_m)s) AS distance_m
    FROM ops.input_wells
    WHERE project_id = %(project_id)s
        AND input_sha256 = %(input_sha256)s
        AND well_id <> %(well_id)s
        AND x_m IS NOT NULL
        AND y_m IS NOT NULL
    ORDER BY point(x_m, y_m) <-> point(%(x_m)s, %(y_m)s)
    LIMIT %(most)s
) AS well
LEFT JOIN LATERAL (
    SELECT classification, reopening_target_id
    FROM ops.worklist_rows AS row
    WHERE row.run_id = %(run_id)s AND row.well_id = well.well_id
    ORDER BY target_rank
    LIMIT 1
) AS best ON true
ORDER BY well.distance_m, well.well_id
