"""Which partition a well lives in: as the clients of others choose it."""

from __future__ import annotations

import pytest
from confluent_kafka import Producer
from hypothesis import given
from hypothesis import strategies as st

from connectors.kafka.config import Kafka
from connectors.kafka.partition import PARTITIONER, murmur2, partition_of
from tests.connectors.kafka.topics import make_topic


@pytest.mark.parametrize(
    "key, expected",
    # Apache Kafka's own test of its hash, UtilsTest.testMurmur2.
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_that_the_hash_is_that_of_the_java_client(key: bytes, expected: int) -> None:
    hashed = murmur2(key)
    assert (hashed - (1 << 32) if hashed >> 31 else hashed) == expected


@given(st.text(min_size=1), st.integers(1, 1000))
def test_that_a_well_has_one_of_the_partitions_and_always_the_same(well_id: str, partitions: int) -> None:
    well_id = well_id.encode("utf-8", "replace").decode()
    assert 0 <= partition_of(well_id, partitions) < partitions
    assert partition_of(well_id, partitions) == partition_of(well_id, partitions)


def test_that_a_producer_told_so_sends_each_well_to_our_partition(kafka: Kafka) -> None:
    topic = make_topic(kafka, "wells", 7)
    landed: dict[str, int | None] = {}
    producer = Producer(kafka.client(partitioner=PARTITIONER))
    wells = ["15/9-F-7", "Åsgard 6506/12", "W", "well with blanks", *(f"W-{number}" for number in range(200))]
    for well in wells:
        producer.produce(
            topic,
            b"x",
            well.encode(),
            on_delivery=lambda _, sent: landed.update({(sent.key() or b"").decode(): sent.partition()}),
        )
    assert producer.flush(120) == 0
    assert landed == {well: partition_of(well, 7) for well in wells}
