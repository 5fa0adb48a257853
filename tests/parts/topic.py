"""What stands on a topic, for tests of any broker: read to the end of each partition, not to a watermark."""

from __future__ import annotations

import time
from collections.abc import Sequence

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from connectors.kafka.cluster import Cluster, partitions_of
from connectors.kafka.config import Kafka

READS_WITHIN_S = 120.0
SERVES_WITHIN_S = 120.0


def read_topic(kafka: Kafka, name: str) -> dict[int, list[Message]]:
    """Return the messages of each partition of a topic of the contract, in their order."""
    partitions = range(partitions_of(kafka, name))
    found: dict[int, list[Message]] = {partition: [] for partition in partitions}
    consumer = Consumer(
        kafka.client(group_id="test", enable_auto_commit=False, enable_partition_eof=True, session_timeout_ms=6000)
    )
    try:
        consumer.assign([TopicPartition(kafka.topic(name), partition, 0) for partition in partitions])
        ended: set[int] = set()
        until = time.monotonic() + READS_WITHIN_S
        while len(ended) < len(partitions):
            assert time.monotonic() < until, f"{name} must be read in {READS_WITHIN_S:.0f} s; ended: {sorted(ended)}"
            for message in consumer.consume(1000, 0.1):
                error, partition = message.error(), message.partition()
                assert partition is not None
                if error is None:
                    found[partition].append(message)
                else:
                    assert error.code() == KafkaError._PARTITION_EOF, error
                    ended.add(partition)
    finally:
        consumer.close()
    return found


def wait_until_served(kafka: Kafka, *names: str) -> None:
    """Return once topics of these names on the cluster are served: one that was made may not be known yet."""
    cluster = Cluster(kafka)
    until = time.monotonic() + SERVES_WITHIN_S
    while not all(cluster.partitions(name) and not cluster.leaderless[name] for name in names):
        assert time.monotonic() < until, f"{names} must be served in {SERVES_WITHIN_S:.0f} s"
        time.sleep(0.02)
        cluster.refresh()


def values(messages: Sequence[Message]) -> list[bytes]:
    return [message.value() or b"" for message in messages]
