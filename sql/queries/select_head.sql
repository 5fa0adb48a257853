-- The last link of the chain; no row for an empty one. No parameters.
SELECT seq, hash
FROM audit
ORDER BY seq DESC
LIMIT 1
