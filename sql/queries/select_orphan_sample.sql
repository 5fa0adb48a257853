-- The first captured sample without a capture; no row if there is none. No parameters.
SELECT seq
FROM captured_samples
WHERE NOT EXISTS (SELECT FROM captures WHERE captures.seq = captured_samples.seq)
ORDER BY seq
LIMIT 1
