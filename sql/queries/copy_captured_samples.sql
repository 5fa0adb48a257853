-- Keep captured samples; rows follow, in this order of columns.
COPY captured_samples (seq, position, tag, time, value, unit, quality, kafka_offset, arrived_at)
FROM STDIN
