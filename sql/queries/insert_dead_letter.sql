-- Keep a message that could not be read. Parameters: the columns; raw as bytes.
INSERT INTO dead_letters (
    seq,
    recorded_at,
    topic,
    kafka_partition,
    kafka_offset,
    reason,
    raw
)
VALUES (
    %(seq)s,
    %(recorded_at)s,
    %(topic)s,
    %(kafka_partition)s,
    %(kafka_offset)s,
    %(reason)s,
    %(raw)s
)
