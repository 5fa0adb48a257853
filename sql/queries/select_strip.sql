-- The log strip of a candidate; no row for none.
-- discovery_id, candidate_id: uuid.
SELECT md_m, gr, rt, vsh, phie, sw
FROM ops.interval_log_strips
WHERE discovery_id = %(discovery_id)s AND candidate_id = %(candidate_id)s
