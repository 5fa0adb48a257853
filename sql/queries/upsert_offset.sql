-- Note how far a topic is recorded.
-- topic. kafka_partition: from 0. topic_id: the broker's own. next_offset: of the first message not yet recorded.
INSERT INTO consumed_offsets (topic, kafka_partition, topic_id, next_offset)
VALUES (%(topic)s, %(kafka_partition)s, %(topic_id)s, %(next_offset)s)
ON CONFLICT (topic, kafka_partition) DO UPDATE
    SET topic_id = EXCLUDED.topic_id,
        next_offset = EXCLUDED.next_offset
