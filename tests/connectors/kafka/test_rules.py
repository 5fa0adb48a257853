"""Rules on Kafka: all that the topic has is read, none is taken for what it is not, and each well is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from confluent_kafka import OFFSET_BEGINNING, Producer

from connectors.errors import FileFaults
from connectors.kafka.cluster import OutOfReach, TopicMissing
from connectors.kafka.config import Kafka
from connectors.kafka.partition import partition_of
from connectors.kafka.reader import read_to_end
from connectors.kafka.rules import RuleBook, look_into_rules, read_rules, write_activations, write_rules
from connectors.kafka.topics import TopicPlan, create_topics
from connectors.rule_files.control import Activate, parse_control
from connectors.rule_files.message import Signature, Signed, sign
from schemas.control import ActivateRecord
from schemas.topics import RULES, SAMPLES
from tests.parts.apache_kafka import free_ports
from tests.parts.broker import on_apache

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PARTITIONS = 4


def rules(well: str, version: int, high: float = 120.0) -> Signed:
    text = (
        f"well: {well}\nversion: {version}\ntags: {{pump_rate: {{unit: spm}}}}\n"
        f"constraints: [{{id: c, tag: pump_rate, limit: {{high: {high}, unit: spm}}}}]\n"
    )
    return sign(text, "rules.yaml", Signature("A. Author", "B. Approver", NOW))


@pytest.fixture
def topics(kafka: Kafka) -> Kafka:
    create_topics(kafka, TopicPlan(partitions=PARTITIONS))
    return kafka


def put(kafka: Kafka, key: bytes | None, value: bytes | None) -> None:
    """Write what another program might."""
    producer = Producer(kafka.client())
    producer.produce(kafka.topic(RULES), value, key)
    assert producer.flush(120) == 0


def book(kafka: Kafka, *signed: Signed) -> RuleBook:
    write_rules(kafka, [one.message for one in signed])
    return read_rules(kafka)


WELLS = [f"W-{number}" for number in range(12)]


def test_that_each_shard_has_the_latest_rules_of_its_wells(topics: Kafka) -> None:
    found = book(
        topics, *(rules(well, 1) for well in WELLS), *(rules(well, 5, 90.0) for well in WELLS[:6]), rules("W-0", 3)
    )
    shards = [list(found.rule_sets_of(shard, PARTITIONS, None)) for shard in range(PARTITIONS)]
    assert all(partition_of(one.well_id, PARTITIONS) == shard for shard, those in enumerate(shards) for one in those)
    versions = {one.well_id: one.version for those in shards for one in those}
    assert versions == {well: 5 if well in WELLS[:6] else 1 for well in WELLS}
    assert sum(map(len, shards)) == len(WELLS)
    assert [of.version for of in found.active()] == [versions[well] for well in sorted(WELLS)]


def test_that_a_saved_state_gets_its_wells_and_versions_in_its_order(topics: Kafka) -> None:
    found = book(topics, *(rules(well, version) for well in WELLS for version in (1, 2, 3)))
    wanted = {"W-7": 2, "W-3": 1, "W-11": 3}
    assert list(found.rule_sets_of(0, PARTITIONS, wanted)) == [
        rules(well, version).rule_set for well, version in wanted.items()
    ]
    assert list(found.rule_sets_of(0, PARTITIONS, {})) == []


def test_that_a_version_compacted_away_is_told_with_what_to_do(topics: Kafka) -> None:
    found = book(topics, rules("W-1", 4), rules("W-1", 5))
    with pytest.raises(FileFaults) as raised:
        list(found.rule_sets_of(0, PARTITIONS, {"W-1": 3, "W-1b": 1}))
    assert [str(fault) for fault in raised.value.faults] == [
        f"topic {topics.topic(RULES)}: version {version} of the rules of {well!r} must be there, for the saved state"
        f" was judged by it; was compacted away (there: {there}). Start with an empty recovery folder, and judge anew"
        " what the samples topic holds; and see to the topic's min.compaction.lag.ms with welltegra topics check."
        for well, version, there in (("W-1", 3, "4, 5"), ("W-1b", 1, "none"))
    ]


def test_that_all_that_is_no_version_of_rules_is_told_at_once(topics: Kafka) -> None:
    good, other = rules("W-1", 1).message, rules("W-1", 1, 99.0).message
    write_rules(topics, [good])
    put(topics, b"W-1", b"{}")
    put(topics, b"W-1", None)
    put(topics, b"W-2", rules("W-3", 1).message.model_dump_json().encode())
    put(topics, None, rules("W-3", 1).message.model_dump_json().encode())
    put(topics, b"W-1", other.model_dump_json().encode())
    put(topics, b"W-1", good.model_dump_json().encode())  # the same again is no harm
    put(topics, b"\xff", b"\xff\x00")
    with pytest.raises(FileFaults) as raised:
        read_rules(topics)
    where = f"topic {topics.topic(RULES)} partition 0 offset"
    told = [str(fault) for fault in raised.value.faults]
    # A compacted topic of Apache Kafka takes no message without a key.
    keyless = [] if on_apache() else ["was None"]
    offsets = [1, 2, 3, *([4, 6] if on_apache() else [4, 5, 7])]
    assert [one.partition(": ")[0] for one in told] == [f"{where} {offset}" for offset in offsets]
    phrases = ["`well_id`", "a tombstone", "'W-3'; was b'W-2'", *keyless, f"{good.sha256[:12]} at", "key b'\\xff'"]
    for one, phrase in zip(told, phrases, strict=True):
        assert phrase.lower() in one.lower()


def test_that_a_higher_version_or_a_tombstone_takes_the_place_of_what_is_no_rules(topics: Kafka) -> None:
    write_rules(topics, [rules("W-1", 1).message])
    put(topics, b"W-1", b"{}")
    put(topics, b"W-1", rules("W-1", 1, 99.0).message.model_dump_json().encode())
    put(topics, b"W-1", None)
    put(topics, b"stray", b"hello")
    book, faults = look_into_rules(topics)
    assert (len(faults), book.latest("W-1") is not None) == (4, True)
    write_rules(topics, [rules("W-1", 2).message])
    put(topics, b"stray", None)
    assert [of.version for of in read_rules(topics).active()] == [2]


def test_that_rules_altered_on_the_topic_are_found_when_they_are_wanted(topics: Kafka) -> None:
    write_rules(topics, [rules("W-2", 1).message])
    altered = json.loads(rules("W-1", 1).message.model_dump_json())
    altered["rules"]["constraints"][0]["limit"]["high"] = 500.0
    put(topics, b"W-1", json.dumps(altered).encode())
    found = read_rules(topics)
    taken: list[Any] = []
    with pytest.raises(FileFaults, match="offset 1: sha256 must be that of its rules"):
        taken.extend(found.rule_sets_of(0, PARTITIONS, {"W-1": 1, "W-2": 1}))


def test_that_a_control_record_stands_in_its_wells_partition(topics: Kafka) -> None:
    signed = [rules(well, 2) for well in WELLS]
    records = [ActivateRecord(well_id=one.message.well_id, time=NOW, rule_set=one.message) for one in signed]
    places = write_activations(topics, records, PARTITIONS)
    assert [place.partition for place in places] == [partition_of(well, PARTITIONS) for well in WELLS]
    found = {}
    for partition in range(PARTITIONS):
        for message in read_to_end(topics, topics.topic(SAMPLES), partition, OFFSET_BEGINNING):
            assert dict(message.headers() or ()) == {"kind": b"control", "content-type": b"application/json"}
            control = parse_control(message.value() or b"")
            assert isinstance(control, Activate)
            assert message.key() == control.well_id.encode()
            found[control.well_id] = partition, message.offset()
            assert control.rule_set == signed[WELLS.index(control.well_id)].rule_set
    assert found == {well: place[1:] for well, place in zip(WELLS, places, strict=True)}


def test_that_an_empty_topic_has_no_rules(topics: Kafka) -> None:
    found = read_rules(topics)
    assert (found.active(), list(found.rule_sets_of(0, PARTITIONS, None))) == ([], [])
    assert found.latest("W-1") is None


def test_that_without_topic_or_broker_it_is_said(kafka: Kafka) -> None:
    with pytest.raises(TopicMissing, match=r"must have the topic test-\d+.well.rules.v1"):
        read_rules(kafka)
    (port,) = free_ports(1)
    with pytest.raises(OutOfReach, match="must answer within"):
        read_rules(Kafka({"bootstrap.servers": f"127.0.0.1:{port}"}))
