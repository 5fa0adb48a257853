"""Topics: made as they must be, left as they are, and told apart from what they must be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from connectors.kafka.cluster import OutOfReach, TopicMissing, partitions_of
from connectors.kafka.config import Kafka
from connectors.kafka.topics import TopicPlan, check_topics, create_topics
from schemas.topics import (
    ALERTS,
    BYPASSED_PAY,
    DEAD_LETTERS,
    HEARTBEATS,
    OPERATIONS,
    REOPENING_TARGETS,
    RULES,
    SAMPLES,
    VIOLATIONS,
)
from tests.parts.apache_kafka import ApacheKafka, free_ports
from tests.parts.topic import wait_until_served

PLAN = TopicPlan(partitions=4)
ALL = {SAMPLES, ALERTS, VIOLATIONS, DEAD_LETTERS, RULES, OPERATIONS, HEARTBEATS, REOPENING_TARGETS, BYPASSED_PAY}


def make(kafka: Kafka, name: str, partitions: int, **config: str) -> None:
    admin = AdminClient({**kafka.client()})
    topic = NewTopic(kafka.topic(name), partitions, 1, config={key.replace("_", "."): v for key, v in config.items()})
    for future in admin.create_topics([topic]).values():
        future.result(120)
    wait_until_served(kafka, kafka.topic(name))


def test_that_what_is_created_is_all_of_the_contract_and_as_it_must_be(kafka: Kafka) -> None:
    assert set(create_topics(kafka, PLAN)) == {kafka.topic(name) for name in ALL}
    assert check_topics(kafka, PLAN) == []
    assert {name: partitions_of(kafka, name) for name in ALL} == {
        **dict.fromkeys((SAMPLES, ALERTS, VIOLATIONS, DEAD_LETTERS), 4),
        **dict.fromkeys((RULES, OPERATIONS, HEARTBEATS, REOPENING_TARGETS, BYPASSED_PAY), 1),
    }


def test_that_creating_again_makes_nothing(kafka: Kafka) -> None:
    create_topics(kafka, PLAN)
    assert create_topics(kafka, PLAN) == []
    assert create_topics(kafka, replace(PLAN, partitions=9, samples_days=30)) == []
    assert partitions_of(kafka, SAMPLES) == 4


def test_that_only_what_is_missing_is_made(kafka: Kafka) -> None:
    make(kafka, ALERTS, 4)
    made = create_topics(kafka, PLAN)
    assert set(made) == {kafka.topic(name) for name in ALL - {ALERTS}}


def test_that_missing_topics_are_told(kafka: Kafka) -> None:
    faults = check_topics(kafka, PLAN)
    assert len(faults) == len(ALL)
    assert str(faults[0]) == (
        f"topic {kafka.prefix}well.samples.v1: must be there, and this user must see it; was not."
        " Run welltegra topics create; if it is there, grant this user DESCRIBE on it."
    )


def test_that_partitions_that_differ_are_told_with_what_can_be_done(kafka: Kafka) -> None:
    make(kafka, SAMPLES, 3, cleanup_policy="delete", message_timestamp_type="LogAppendTime")
    create_topics(kafka, PLAN)
    said = [str(fault) for fault in check_topics(kafka, PLAN)]
    assert (
        f"topic {kafka.prefix}well.samples.v1: must have 4 partitions; was 3. Partitions cannot change once"
        " wells live in them: set topics.partitions = 3, or begin anew under another kafka.topic_prefix."
    ) in said


def test_that_settings_that_differ_are_told_with_the_command_that_mends_them(kafka: Kafka) -> None:
    append = {"message_timestamp_type": "LogAppendTime"}
    make(kafka, RULES, 1, cleanup_policy="delete", min_compaction_lag_ms="0", **append)
    make(kafka, ALERTS, 4, cleanup_policy="delete", retention_ms="3600000", **append)
    make(kafka, VIOLATIONS, 4, cleanup_policy="delete", retention_ms="-1", **append)
    create_topics(kafka, PLAN)
    mend = f"Run: kafka-configs --bootstrap-server {kafka.properties['bootstrap.servers']} --alter --entity-type topics"
    alerts, rules = f"{kafka.prefix}well.alerts.v1", f"{kafka.prefix}well.rules.v1"
    assert [str(fault) for fault in check_topics(kafka, PLAN)] == [
        (
            f"topic {alerts}: retention.ms must be 7776000000 or more; was 3600000."
            f" {mend} --entity-name {alerts} --add-config retention.ms=7776000000"
        ),
        (
            f"topic {rules}: cleanup.policy must be compact; was delete."
            f" {mend} --entity-name {rules} --add-config cleanup.policy=compact"
        ),
        (
            f"topic {rules}: min.compaction.lag.ms must be 604800000 or more; was 0."
            f" {mend} --entity-name {rules} --add-config min.compaction.lag.ms=604800000"
        ),
    ]


@pytest.mark.kafka
def test_that_more_copies_than_brokers_are_told(apache_kafka: ApacheKafka) -> None:
    kafka = Kafka({"bootstrap.servers": apache_kafka.bootstrap}, "copies.")
    with pytest.raises(OutOfReach, match=r"must have a broker for each copy of the topic copies\.well\.") as refused:
        create_topics(kafka, replace(PLAN, replication=3))
    assert str(refused.value).endswith("Set topics.replication to no more than the brokers there are, 1.")
    create_topics(kafka, PLAN)
    faults = check_topics(kafka, replace(PLAN, replication=2))
    assert {fault.must for fault in faults} == {"must have 2 copies of each"}
    assert len(faults) == len(ALL)


def test_that_three_copies_need_two_that_acknowledge() -> None:
    # One broker cannot hold three, so it is read off what would be asked for.
    from connectors.kafka.topics import _durable

    assert _durable(3) == {"min.insync.replicas": "2"}
    assert _durable(2) == {}


def test_that_a_topic_that_is_missing_is_not_made_by_asking(kafka: Kafka) -> None:
    for _ in range(2):
        with pytest.raises(TopicMissing, match=f"must have the topic {kafka.prefix}well.samples.v1"):
            partitions_of(kafka, SAMPLES)


def test_that_a_broker_out_of_reach_is_named_with_how_long_was_waited() -> None:
    kafka = Kafka({"bootstrap.servers": f"127.0.0.1:{free_ports(1)[0]}"})
    with pytest.raises(OutOfReach) as silent:
        # Long enough that the client has tried by then.
        partitions_of(kafka, SAMPLES, wait_s=5.0)
    said = str(silent.value)
    assert said.startswith(f"Kafka at {kafka.properties['bootstrap.servers']}: must answer within 5 s; did not (")
    assert "Connection refused" in said
    assert said.endswith("Is a broker running there, and is its port for security_protocol 'plaintext'?")


def test_that_a_name_that_nobody_has_is_said() -> None:
    with pytest.raises(OutOfReach, match=r"Failed to resolve 'nowhere\.invalid:9092'"):
        partitions_of(Kafka({"bootstrap.servers": "nowhere.invalid:9092"}), SAMPLES, wait_s=5.0)
