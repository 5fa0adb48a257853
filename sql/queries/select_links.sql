-- Links of the chain, by their numbers.
-- first, last: bigint, both included.
SELECT seq, kind, record_id, body, previous, hash
FROM audit
WHERE seq BETWEEN %(first)s AND %(last)s
ORDER BY seq
