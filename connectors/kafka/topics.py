"""What our topics must be like on a cluster: making those that are missing, and saying how the others differ."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import ConfigEntry, ConfigResource  # type: ignore[attr-defined]  # it lists no names
from confluent_kafka.cimpl import NewTopic

from connectors.errors import Fault
from connectors.kafka.cluster import WAIT_S, Cluster, OutOfReach
from connectors.kafka.config import Kafka
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

_DAY_MS: Final = 86_400_000
_MIB: Final = 1024 * 1024
# An Arrow batch of many wells is larger than the 1 MiB that brokers take by themselves.
MOST_BYTES_OF_SAMPLES: Final = 4 * _MIB
# A dead letter holds the message that could not be read, in base64.
_MOST_BYTES_OF_A_LETTER: Final = 6 * _MIB
_HEARTBEAT_DAYS: Final = 1
_FOREVER: Final = "-1"

_DENIED: Final = {KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED}


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic as it must be. name: in the contract. exact: what a setting must be; at_least: what it must reach."""

    name: str
    partitions: int
    exact: Mapping[str, str]
    at_least: Mapping[str, int]
    # Chosen when it is made, and nobody's fault if it is otherwise later.
    at_first: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """What is chosen about topics.

    partitions: of those that wells are spread over. replication: copies of each; 0 for what the cluster does.
    samples_days, records_days: how long samples, and what came of them, are kept.
    """

    partitions: int = 8
    replication: int = 0
    samples_days: float = 7.0
    records_days: float = 90.0

    def topics(self) -> list[Topic]:
        """Return the topics of the contract."""
        samples_ms, records_ms = round(self.samples_days * _DAY_MS), round(self.records_days * _DAY_MS)
        # Every age counts from when the broker had the message: no clock of a source makes one old, or keeps it.
        log = {"cleanup.policy": "delete", "message.timestamp.type": "LogAppendTime"}
        small = {"compression.type": "zstd"}
        records = {"retention.ms": records_ms}
        # Wells are spread alike over samples and what comes of them: what a shard says stands in its own partition.
        return [
            Topic(SAMPLES, self.partitions, log, {"retention.ms": samples_ms, _SIZE: MOST_BYTES_OF_SAMPLES}),
            Topic(ALERTS, self.partitions, log, records, small),
            Topic(VIOLATIONS, self.partitions, log, records, small),
            Topic(DEAD_LETTERS, self.partitions, log, {**records, _SIZE: _MOST_BYTES_OF_A_LETTER}, small),
            # A version of the rules must be readable for as long as samples that it judged.
            Topic(RULES, 1, log | {"cleanup.policy": "compact"}, {"min.compaction.lag.ms": samples_ms}, small),
            Topic(OPERATIONS, 1, log, records, small),
            # One ranking follows another whole, in the parts it was sent in.
            Topic(REOPENING_TARGETS, 1, log, records, small),
            Topic(BYPASSED_PAY, 1, log, records, small),
            Topic(HEARTBEATS, 1, log, {"retention.ms": _HEARTBEAT_DAYS * _DAY_MS}, small),
        ]


_SIZE: Final = "max.message.bytes"


def create_topics(kafka: Kafka, plan: TopicPlan, wait_s: float = WAIT_S) -> list[str]:
    """Make the topics that are missing; return their names on the cluster. Those that are there stay as they are.

    Raises:
        OutOfReach: The cluster did not answer, or refuses.
    """
    cluster = Cluster(kafka, wait_s)
    replication = plan.replication or _default_replication(cluster)
    missing = [topic for topic in plan.topics() if cluster.partitions(kafka.topic(topic.name)) is None]
    if not missing:
        return []
    wanted = [
        NewTopic(
            kafka.topic(topic.name),
            topic.partitions,
            plan.replication or -1,
            config={**topic.exact, **_texts(topic.at_least), **topic.at_first, **_durable(replication)},
        )
        for topic in missing
    ]
    for name, future in cluster.admin.create_topics(wanted, operation_timeout=wait_s).items():
        try:
            future.result()
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise _refused(kafka, name, error.args[0], len(cluster.brokers)) from None
    names = [kafka.topic(topic.name) for topic in missing]
    _wait_for(cluster, names, wait_s)
    return names


def check_topics(kafka: Kafka, plan: TopicPlan, wait_s: float = WAIT_S) -> list[Fault]:
    """Return how the topics on the cluster differ from what they must be like, in the order of the contract.

    Raises:
        OutOfReach: The cluster did not answer, or not to us.
    """
    cluster = Cluster(kafka, wait_s)
    topics = plan.topics()
    there = [topic for topic in topics if cluster.partitions(kafka.topic(topic.name)) is not None]
    settings = _settings(cluster, [kafka.topic(topic.name) for topic in there], wait_s)
    faults: list[Fault] = []
    for topic in topics:
        name = kafka.topic(topic.name)
        if topic not in there:
            remedy = "Run welltegra topics create; if it is there, grant this user DESCRIBE on it."
            faults.append(Fault(f"topic {name}", None, "must be there, and this user must see it", "not", remedy))
            continue
        faults += _shape_faults(name, topic, plan, cluster)
        found = settings[name]
        if isinstance(found, KafkaError):
            faults.append(_hidden(name, found))
        else:
            faults += _setting_faults(kafka, name, topic, found, min(cluster.copies[name]))
    return faults


def _shape_faults(name: str, topic: Topic, plan: TopicPlan, cluster: Cluster) -> Iterator[Fault]:
    where, copies = f"topic {name}", cluster.copies[name]
    if len(copies) != topic.partitions:
        remedy = (
            f"Partitions cannot change once wells live in them: set topics.partitions = {len(copies)}, or begin anew"
            " under another kafka.topic_prefix."
            if topic.partitions == plan.partitions
            else "Delete it if it is empty, and run welltegra topics create."
        )
        yield Fault(where, None, f"must have {_counted(topic.partitions, 'partition')}", str(len(copies)), remedy)
    if plan.replication and min(copies) < plan.replication:
        remedy = "Add some with kafka-reassign-partitions, or set topics.replication to what there is."
        yield Fault(where, None, f"must have {_counted(plan.replication, 'copy')} of each", str(min(copies)), remedy)
    if cluster.leaderless[name]:
        found = f"none for {', '.join(map(str, cluster.leaderless[name]))}"
        yield Fault(where, None, "every partition must have a broker that leads it", found, "Start the missing broker.")


def _setting_faults(
    kafka: Kafka, name: str, topic: Topic, found: Mapping[str, str], replication: int
) -> Iterator[Fault]:
    """Yield what is set otherwise. What a broker does not tell cannot be compared: the embedded one tells little."""
    at_least = dict(topic.at_least)
    at_least |= {key: int(value) for key, value in _durable(replication).items()}
    wrong = [(key, f"must be {value}", value) for key, value in topic.exact.items() if found.get(key, value) != value]
    wrong += [
        (key, f"must be {value} or more", str(value))
        for key, value in at_least.items()
        if key in found and found[key] != _FOREVER and int(found[key]) < value
    ]
    servers = kafka.properties.get("bootstrap.servers", "")
    for key, must, value in wrong:
        remedy = (
            f"Run: kafka-configs --bootstrap-server {servers} --alter --entity-type topics --entity-name {name}"
            f" --add-config {key}={value}"
        )
        yield Fault(f"topic {name}", None, f"{key} {must}", found[key], remedy)


def _hidden(name: str, error: KafkaError) -> Fault:
    if error.code() in _DENIED:
        must, remedy = "this user must be allowed to read its settings", "Grant it DESCRIBE_CONFIGS on the topic."
        return Fault(f"topic {name}", None, must, "denied", remedy)
    remedy = "Run it again when the brokers are all there."
    return Fault(f"topic {name}", None, "the cluster must tell its settings", repr(error.str()), remedy)


def _settings(cluster: Cluster, names: Sequence[str], wait_s: float) -> dict[str, dict[str, str] | KafkaError]:
    """Return the settings of each topic, or why they are not told."""
    found: dict[str, dict[str, str] | KafkaError] = {}
    resources = [ConfigResource(ConfigResource.Type.TOPIC, name) for name in names]
    if not resources:
        return found
    for resource, future in cluster.admin.describe_configs(resources, request_timeout=wait_s).items():
        try:
            entries = cast("dict[str, ConfigEntry]", future.result())
        except KafkaException as error:
            found[resource.name] = error.args[0]
        else:
            found[resource.name] = {key: entry.value for key, entry in entries.items() if entry.value is not None}
    return found


def _default_replication(cluster: Cluster) -> int:
    """Return how many copies the cluster makes by itself; 1 where it does not say."""
    if not cluster.brokers:
        return 1
    broker = ConfigResource(ConfigResource.Type.BROKER, str(cluster.brokers[0]))
    for future in cluster.admin.describe_configs([broker], request_timeout=WAIT_S).values():
        try:
            entry = cast("dict[str, ConfigEntry]", future.result()).get("default.replication.factor")
        except KafkaException:
            return 1
        if entry is not None and entry.value is not None:
            return int(entry.value)
    return 1


def _durable(replication: int) -> dict[str, str]:
    """Return what keeps a message that was acknowledged through the loss of a broker."""
    return {"min.insync.replicas": "2"} if replication >= 3 else {}


def _refused(kafka: Kafka, name: str, error: KafkaError, brokers: int) -> OutOfReach:
    said = f"did not ({error.str()})"
    if error.code() in _DENIED:
        return OutOfReach(kafka, f"must let this user make the topic {name}", said, "Grant it CREATE on the topic.")
    if error.code() == KafkaError.INVALID_REPLICATION_FACTOR:
        remedy = f"Set topics.replication to no more than the brokers there are, {brokers}."
        return OutOfReach(kafka, f"must have a broker for each copy of the topic {name}", said, remedy)
    return OutOfReach(kafka, f"must make the topic {name}", said, "Mend that, and run it again.")


def _wait_for(cluster: Cluster, names: Sequence[str], wait_s: float) -> None:
    """Return when every broker's word is that they are there, so that who comes next finds them; or in `wait_s`."""
    until = time.monotonic() + wait_s
    while time.monotonic() < until:
        cluster.refresh()
        if all(cluster.partitions(name) and not cluster.leaderless[name] for name in names):
            return
        time.sleep(0.05)


def _texts(numbers: Mapping[str, int]) -> dict[str, str]:
    return {key: str(value) for key, value in numbers.items()}


def _counted(count: int, thing: str) -> str:
    things = {"copy": "copies"}.get(thing, f"{thing}s")
    return f"{count:,} {thing if count == 1 else things}"
