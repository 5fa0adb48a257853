"""The cluster: whether it answers us, what it can, its topics, its rules, its clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from confluent_kafka import KafkaException

from connectors.errors import ConnectorError
from connectors.kafka.cluster import Cluster
from connectors.kafka.config import Kafka
from connectors.kafka.topics import TopicPlan, check_topics
from schemas.topics import RULES
from welltegra.describe.wording import counted
from welltegra.doctor import kafka_clock, rule_files
from welltegra.doctor.kafka_requests import NotTold, shortcomings
from welltegra.doctor.result import Result, none_asked, not_asked, of_error, of_fault, ok, warning, wrong
from welltegra.kafka_settings import kafka_of, topic_plan_of
from welltegra.settings.model import Settings

NAME: Final = "kafka"
TOPICS: Final = "topics"

ANSWERS_WITHIN_S: Final = 5.0
_SLOW_FROM_S: Final = 0.5
_TRIES: Final = 3


def look(settings: Settings) -> Iterator[Result]:
    """Yield the results of all that a cluster is asked; only the first where it does not answer."""
    rest = (TOPICS, kafka_clock.NAME, rule_files.ACTIVE)
    try:
        kafka, plan = kafka_of(settings), topic_plan_of(settings)
        cluster = Cluster(kafka, ANSWERS_WITHIN_S)
    except ConnectorError as error:
        yield from of_error(NAME, error)
        yield from none_asked(rest, "Kafka is out of reach.")
        return
    yield from _look_at_cluster(kafka, cluster)
    yield from _look_at_topics(kafka, plan)
    yield kafka_clock.look(kafka, cluster)
    if cluster.partitions(kafka.topic(RULES)) is None:
        yield not_asked(rule_files.ACTIVE, f"the topic {kafka.topic(RULES)} is not there.")
    else:
        yield from rule_files.look_at_active(kafka)


def _look_at_cluster(kafka: Kafka, cluster: Cluster) -> Iterator[Result]:
    where = f"Kafka at {kafka.properties.get('bootstrap.servers', '')}"
    try:
        took_s = _round_trip_s(cluster)
    except KafkaException as error:
        yield wrong(NAME, f"{where}: must go on answering; did not ({error.args[0].str()}).", "Is a broker stopping?")
        return
    found = f"{where}: {counted(len(cluster.brokers), 'broker')}, answers in {took_s * 1000:.1f} ms"
    try:
        short = shortcomings(kafka, ANSWERS_WITHIN_S / 2)
    except NotTold as error:
        found += f"; what it can was not asked ({error})"
        short = []
    else:
        if not short:
            found += "; can all that we need"
    for what in short:
        yield wrong(NAME, f"{where}: {what}", "Use Apache Kafka 2.8 or later, or what speaks as that does.")
    if took_s >= _SLOW_FROM_S:
        must = f"{where}: must answer within {_SLOW_FROM_S:g} s, for an alert has 2 s in all; took {took_s:.1f} s."
        yield warning(NAME, must, "Is the network between slow, or the broker busy? Run the flow nearer to it.")
    elif not short:
        yield ok(NAME, f"{found}.")


def _look_at_topics(kafka: Kafka, plan: TopicPlan) -> Iterator[Result]:
    try:
        faults = check_topics(kafka, plan, ANSWERS_WITHIN_S)
    except ConnectorError as error:
        yield from of_error(TOPICS, error)
        return
    for fault in faults:
        yield of_fault(TOPICS, fault)
    if not faults:
        of = f" of {kafka.prefix!r}" if kafka.prefix else ""
        yield ok(TOPICS, f"all {len(plan.topics())}{of} are as they must be.")


def _round_trip_s(cluster: Cluster) -> float:
    """Return the quickest of a few answers: the first also waits for connections."""
    took = []
    for _ in range(_TRIES):
        begun = time.monotonic()
        cluster.admin.list_topics(timeout=ANSWERS_WITHIN_S)
        took.append(time.monotonic() - begun)
    return min(took)
