-- A table for the gaps that a run found, until its transaction ends.
CREATE TEMPORARY TABLE found_gaps (
    project_id        text NOT NULL,
    profile_key       text NOT NULL,
    target_key        uuid NOT NULL,
    well_id           text NOT NULL,
    gap_code          text NOT NULL,
    input             text NOT NULL,
    gap_domain        text NOT NULL,
    severity          text NOT NULL,
    promotion_action  text NOT NULL,
    detail            text
) ON COMMIT DROP
