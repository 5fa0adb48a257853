-- The monthly volumes of a well; no row for none.
-- project_id. input_sha256: of the snapshot. well_id.
SELECT months, oil_sm3, water_sm3, gas_sm3, hours_on, water_injected_sm3, gas_injected_sm3
FROM ops.input_production
WHERE project_id = %(project_id)s AND input_sha256 = %(input_sha256)s AND well_id = %(well_id)s
