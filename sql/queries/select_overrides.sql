-- What is stated in a project, the newest first.
-- project_id. active: only what holds: not withdrawn, and the last for its well, zone and input.
SELECT
    override_id,
    project_id,
    well_id,
    zone,
    input,
    value,
    reason,
    author,
    stated_at,
    withdrawn_at,
    withdrawn_by,
    EXISTS (
        SELECT
        FROM ops.reopen_ranking_runs AS run
        CROSS JOIN jsonb_array_elements(run.stated_inputs) AS used
        WHERE run.project_id = override.project_id
            AND run.is_current
            AND used ->> 'well_id' = well_id
            AND used ->> 'zone' IS NOT DISTINCT FROM zone
            AND used ->> 'input' = input
            AND used ->> 'value' = override.value
            AND used ->> 'author' = author
            AND used ->> 'reason' = reason
    ) AS used_by_current
FROM ops.input_overrides AS override
WHERE project_id = %(project_id)s
    AND (
        NOT %(active)s
        OR (
            withdrawn_at IS NULL
            AND NOT EXISTS (
                SELECT
                FROM ops.input_overrides AS later
                WHERE later.project_id = override.project_id
                    AND later.well_id = override.well_id
                    AND later.zone IS NOT DISTINCT FROM override.zone
                    AND later.input = override.input
                    AND later.override_id > override.override_id
                    AND later.withdrawn_at IS NULL
            )
        )
    )
ORDER BY override_id DESC
