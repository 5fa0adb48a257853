-- How far each topic is recorded. No parameters.
SELECT topic, kafka_partition, topic_id, next_offset
FROM consumed_offsets
