-- Add a link to the chain. Parameters: the columns; body as the canonical JSON text, previous and hash as 32 bytes.
INSERT INTO audit (
    seq,
    kind,
    record_id,
    body,
    previous,
    hash
)
VALUES (
    %(seq)s,
    %(kind)s,
    %(record_id)s,
    %(body)s,
    %(previous)s,
    %(hash)s
)
