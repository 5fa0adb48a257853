-- Where a link stands that says it is another: read through all of them, once one is known to be wrong.
-- after: bigint, its own number. tail: text, how the body of that number ends.
SELECT seq
FROM audit
WHERE seq > %(after)s AND right(body, length(%(tail)s)) = %(tail)s
ORDER BY seq
LIMIT 1
