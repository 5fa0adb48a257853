-- Keep what became of a capture. Parameters: the columns, as sql/schema.sql describes them.
INSERT INTO captures (
    seq,
    recorded_at,
    message_id,
    outcome,
    reason,
    around,
    samples,
    samples_sha256
)
VALUES (
    %(seq)s,
    %(recorded_at)s,
    %(message_id)s,
    %(outcome)s,
    %(reason)s,
    %(around)s,
    %(samples)s,
    %(samples_sha256)s
)
