"""The producer of samples: in order, in the right partition, every message checked."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from confluent_kafka import Producer

from connectors.kafka.cluster import OutOfReach, TopicMissing
from connectors.kafka.config import Kafka
from connectors.kafka.partition import PARTITIONER, partition_of
from connectors.kafka.produce import NotDelivered, SampleProducer
from connectors.kafka.scans import Outgoing, encode_scan
from connectors.kafka.topics import TopicPlan, create_topics
from schemas.scan import Scan, ScanStruct
from schemas.topics import ARROW, CONTENT_TYPE, SAMPLES
from tests.parts.apache_kafka import free_ports
from tests.parts.topic import read_topic, values
from welltegra.embedded.broker import EmbeddedBroker

WELLS = [f"W-{number}" for number in range(20)]
PARTITIONS = 4


@pytest.fixture
def topics(kafka: Kafka) -> Kafka:
    create_topics(kafka, TopicPlan(partitions=PARTITIONS))
    return kafka


def with_properties(kafka: Kafka, **properties: str) -> Kafka:
    more = {name.replace("_", "."): value for name, value in properties.items()}
    return replace(kafka, properties={**kafka.properties, **more})


def scan(well_id: str, number: int) -> ScanStruct:
    return ScanStruct(well_id, "2026-01-01T00:00:00.000Z", {"pump_rate": number + 0.1}, seq=number)


def test_that_each_well_is_in_its_partition_in_the_order_sent(topics: Kafka) -> None:
    scans = [scan(WELLS[number % len(WELLS)], number) for number in range(500)]
    with SampleProducer(topics) as producer:
        assert producer.partitions == PARTITIONS
        for each in scans:
            producer.send(each)
    assert producer.waiting == 0
    found = read_topic(topics, SAMPLES)
    for partition, messages in found.items():
        own = [each for each in scans if partition_of(each.well_id, PARTITIONS) == partition]
        assert values(messages) == [encode_scan(each) for each in own]
        assert [message.key() for message in messages] == [each.well_id.encode() for each in own]
        assert all(not message.headers() for message in messages)


def test_that_others_who_choose_by_key_choose_the_same_partition(topics: Kafka) -> None:
    other = Producer(topics.client(partitioner=PARTITIONER))
    for well_id in WELLS:
        other.produce(topics.topic(SAMPLES), encode_scan(scan(well_id, 0)), well_id)
    assert other.flush(120) == 0
    for partition, messages in read_topic(topics, SAMPLES).items():
        keys = [(message.key() or b"").decode() for message in messages]
        assert keys == [well_id for well_id in WELLS if partition_of(well_id, PARTITIONS) == partition]


def test_that_a_scan_of_the_contract_may_be_sent_and_a_stream_says_what_it_is(topics: Kafka) -> None:
    other = (partition_of("W-1", PARTITIONS) + 1) % PARTITIONS
    with SampleProducer(topics) as producer:
        producer.send(Scan(well_id="W-1", time="2026-01-01T00:00:00Z", values={"a": 1.5}))
        producer.send_message(Outgoing(other, None, b"a stream", 1, arrow=True))
    found = read_topic(topics, SAMPLES)
    (stream,) = found[other]
    assert (stream.value(), stream.key(), stream.headers()) == (b"a stream", None, [(CONTENT_TYPE, ARROW)])
    assert values(found[partition_of("W-1", PARTITIONS)]) == [
        b'{"well_id":"W-1","time":"2026-01-01T00:00:00Z","values":{"a":1.5}}'
    ]


def test_that_more_than_the_client_holds_is_waited_for(topics: Kafka) -> None:
    with SampleProducer(with_properties(topics, queue_buffering_max_messages="5")) as producer:
        for number in range(200):
            producer.send(scan("W-1", number))
            assert producer.waiting <= 5
    assert len(read_topic(topics, SAMPLES)[partition_of("W-1", PARTITIONS)]) == 200


def test_that_a_message_that_is_too_large_is_said(topics: Kafka) -> None:
    producer = SampleProducer(topics)
    with pytest.raises(NotDelivered, match=r"every message must be delivered; one was not \(.*, 5,000,000 bytes\)"):
        producer.send_message(Outgoing(0, "W-1", bytes(5_000_000), 1))


def test_that_a_topic_that_is_missing_is_said_and_not_made(kafka: Kafka) -> None:
    for _ in range(2):
        with pytest.raises(TopicMissing, match=r"Run welltegra topics create"):
            SampleProducer(kafka)


def test_that_a_broker_out_of_reach_is_said() -> None:
    with pytest.raises(OutOfReach, match=r"must answer within 0\.5 s; did not"):
        SampleProducer(Kafka({"bootstrap.servers": f"127.0.0.1:{free_ports(1)[0]}"}), wait_s=0.5)


@pytest.mark.slow
def test_that_messages_that_find_no_broker_are_told(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path) as broker:
        # The first has to arrive within it, on a slow machine too.
        kafka = Kafka({"bootstrap.servers": broker.bootstrap, "message.timeout.ms": "10000"})
        create_topics(kafka, TopicPlan(partitions=1))
        producer = SampleProducer(kafka)
        producer.send(scan("W-1", 0))
        producer.flush()
    must = r"topic well\.samples\.v1 partition 0: every message must be delivered; one was not"
    with pytest.raises(NotDelivered, match=must):
        send_until_it_fails(producer)
    with pytest.raises(NotDelivered, match=must):
        producer.flush()


def send_until_it_fails(producer: SampleProducer) -> None:
    until = time.monotonic() + 120
    for number in count():
        assert time.monotonic() < until, "a message must fail by now"
        producer.send(scan("W-1", number))
        time.sleep(0.05)
        producer.poll()
