"""Rules read and built before they are needed are those that are needed, or are built anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from connectors.errors import FileFaults
from connectors.kafka.config import Kafka
from connectors.kafka.partition import partition_of
from connectors.kafka.rules import write_rules
from connectors.kafka.topics import TopicPlan, create_topics
from rules.conditions import Conditions
from rules.rule_set import RuleSet
from tests.connectors.kafka.test_rules import put, rules
from welltegra.live.prepared import Prepared

PARTITIONS = 2
WELLS = [well for well in (f"W-{number}" for number in range(40)) if partition_of(well, PARTITIONS) == 0][:6]


@pytest.fixture
def topics(kafka: Kafka) -> Kafka:
    create_topics(kafka, TopicPlan(partitions=PARTITIONS))
    return kafka


def write(kafka: Kafka, versions: dict[str, int]) -> list[RuleSet]:
    signed = [rules(well, version, 100.0 + version) for well, version in versions.items()]
    write_rules(kafka, [one.message for one in signed])
    return [one.rule_set for one in signed]


def prepared(kafka: Kafka) -> tuple[Prepared, Conditions]:
    """Return what a spare has prepared, and the conditions that it has built of shard 0."""
    found = Prepared(kafka)
    found.prepare(PARTITIONS, [0])
    return found, found._built[0]


def is_of(conditions: Conditions, rule_sets: Iterable[RuleSet]) -> bool:
    return conditions.fingerprint() == Conditions(rule_sets).fingerprint()


def test_that_what_was_built_is_taken_if_nothing_has_come_since(topics: Kafka) -> None:
    written = write(topics, dict.fromkeys(sorted(WELLS), 1))
    spare, built = prepared(topics)
    spare.open(PARTITIONS)
    assert spare.conditions_of(0, None) is built
    assert is_of(built, written)
    assert is_of(spare.conditions_of(0, None), written), "asked again, it is built anew"


@pytest.mark.parametrize("saved", [False, True])
def test_that_later_versions_are_brought_into_what_was_built(topics: Kafka, saved: bool) -> None:
    versions = dict.fromkeys(sorted(WELLS), 1)
    write(topics, versions)
    spare, built = prepared(topics)
    changed = {WELLS[0]: 2, WELLS[3]: 7}
    write(topics, changed)
    spare.open(PARTITIONS)
    wanted = versions | changed
    conditions = spare.conditions_of(0, wanted if saved else None)
    assert conditions is built
    assert dict(conditions.versions) == wanted
    assert is_of(conditions, [rules(well, version, 100.0 + version).rule_set for well, version in wanted.items()])


def test_that_a_well_that_came_in_line_stands_where_the_saved_state_has_it(topics: Kafka) -> None:
    new, *first = sorted(WELLS)
    write(topics, dict.fromkeys(first, 1))
    spare, built = prepared(topics)
    write(topics, {new: 1})
    spare.open(PARTITIONS)
    wanted = dict.fromkeys([*first, new], 1)
    assert spare.conditions_of(0, wanted) is built
    assert list(built.versions) == list(wanted)


@pytest.mark.parametrize("wanted", [{WELLS[0]: 1, WELLS[1]: 1}, {WELLS[0]: 2}, {WELLS[1]: 2, WELLS[0]: 2}])
def test_that_older_versions_fewer_wells_and_another_order_are_built_anew(
    topics: Kafka, wanted: dict[str, int]
) -> None:
    write(topics, dict.fromkeys(sorted(WELLS[:2]), 1))
    write(topics, dict.fromkeys(sorted(WELLS[:2]), 2))
    spare, built = prepared(topics)
    spare.open(PARTITIONS)
    conditions = spare.conditions_of(0, wanted)
    assert conditions is not built
    assert list(conditions.versions.items()) == list(wanted.items())


def test_that_a_stray_message_stops_a_first_start_and_no_restart(
    topics: Kafka, caplog: pytest.LogCaptureFixture
) -> None:
    versions = dict.fromkeys(sorted(WELLS), 1)
    written = write(topics, versions)
    spare, _ = prepared(topics)
    put(topics, b"stray", b"no rules")
    spare.open(PARTITIONS)
    assert "no_rules" in caplog.text
    assert is_of(spare.conditions_of(0, versions), written)
    with pytest.raises(FileFaults, match="must be a version of a well's rules"):
        spare.conditions_of(0, None)


def test_that_brokers_that_cannot_be_asked_yet_are_no_reason_to_fail(caplog: pytest.LogCaptureFixture) -> None:
    Prepared(Kafka({"bootstrap.servers": "127.0.0.1:1"})).prepare(PARTITIONS, [0])
    assert "rules_not_prepared" in caplog.text


def test_that_a_shard_without_a_state_is_built_by_what_it_was_first_built_by(topics: Kafka) -> None:
    versions = dict.fromkeys(sorted(WELLS), 1)
    written = write(topics, versions)
    asked = []

    def first(shard: int, latest: Mapping[str, int]) -> Mapping[str, int]:
        asked.append((shard, dict(latest)))
        return versions

    write(topics, {WELLS[0]: 2})
    found = Prepared(topics, first)
    found.prepare(PARTITIONS, [0])
    found.open(PARTITIONS)
    assert is_of(found.conditions_of(0, None), written)
    assert asked == [(0, versions | {WELLS[0]: 2})]
    found.conditions_of(0, versions | {WELLS[0]: 2})
    assert len(asked) == 1, "a saved state says by itself"
