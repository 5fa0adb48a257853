-- Where targets lie at depth, and the ways of wells there: see schema.sql.

ALTER TABLE ops.well_reopening_targets
    ADD COLUMN place_at text CONSTRAINT well_reopening_targets_place_at_check CHECK (
        place_at IS NULL OR place_at IN ('interval', 'survey_end', 'wellhead')
    );
COMMENT ON COLUMN ops.well_reopening_targets.place_at IS 'What x_m, y_m and degrees are of; null, of older rankings: the wellhead.';
COMMENT ON COLUMN ops.well_reopening_targets.ecef_x_m IS 'With y and z, EPSG:4978; null but for an interval of known depth.';

ALTER TABLE ops.input_wells
    ADD COLUMN path_md_m double precision[],
    ADD COLUMN path_x_m double precision[],
    ADD COLUMN path_y_m double precision[],
    ADD CONSTRAINT input_wells_path_check CHECK (
        (path_md_m IS NULL AND path_x_m IS NULL AND path_y_m IS NULL)
        OR COALESCE(
            cardinality(path_md_m) > 0
            AND cardinality(path_x_m) = cardinality(path_md_m)
            AND cardinality(path_y_m) = cardinality(path_md_m),
            false
        )
    );
COMMENT ON COLUMN ops.input_wells.path_md_m IS 'With x and y, the way from the wellhead in few points, by survey; null without one.';

DROP INDEX ops.input_wells_place;
CREATE INDEX input_wells_foot ON ops.input_wells USING gist (
    point(COALESCE(path_x_m[cardinality(path_x_m)], x_m), COALESCE(path_y_m[cardinality(path_y_m)], y_m))
)
    WHERE x_m IS NOT NULL AND y_m IS NOT NULL;
