"""Recorders as processes of their own, and topics for them to read."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from connectors.kafka.cluster import Cluster
from connectors.kafka.config import Kafka
from tests.parts.topic import wait_until_served
from tests.test_layers import REPO

PROGRAM = """
import json, logging, sys
from connectors.kafka.config import Kafka
from connectors.postgres.config import Postgres
from welltegra.recording import record
logging.basicConfig(level="INFO", format="%(levelname)s %(message)s")
properties, prefix, dsn, settle_s = json.loads(sys.argv[1])
record(Kafka(properties, prefix), Postgres(dsn), settle_s)
"""
PATIENCE_S = 180.0


class RecorderProcess:
    """A recorder in a process of its own; what it logs goes to a file."""

    def __init__(self, kafka: Kafka, dsn: str, output: Path, settle_s: float = 0.0) -> None:
        self.output = output
        told = json.dumps([dict(kafka.properties), kafka.prefix, dsn, settle_s])
        with output.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, told],
                cwd=REPO,
                env={**os.environ, "PYTHONPATH": str(REPO)},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")

    def terminate(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; return its exit code."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE_S)

    def kill9(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def recording(kafka: Kafka, dsn: str, output: Path, settle_s: float = 0.0) -> Iterator[RecorderProcess]:
    found = RecorderProcess(kafka, dsn, output, settle_s)
    try:
        yield found
    finally:
        if found.process.poll() is None:
            found.kill9()


def until(condition: Callable[[], Any], what: str, recorder: RecorderProcess | None = None) -> None:
    """Return once `condition` holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert recorder is None or recorder.process.poll() is None, f"the recorder ended: {recorder.said()[-3000:]}"
        said = "" if recorder is None else recorder.said()[-3000:]
        assert time.monotonic() < deadline, f"{what} within {PATIENCE_S:.0f} s; {said}"
        time.sleep(0.05)


def make_topics(kafka: Kafka, partitions: int = 2) -> None:
    topics = [NewTopic(kafka.topic(f"well.{name}.v1"), partitions) for name in ("samples", "alerts", "violations")]
    client = AdminClient({**kafka.client()})
    for made in client.create_topics(topics).values():
        made.result(PATIENCE_S)
    wait_until_served(kafka, *(topic.topic for topic in topics))


def drop_topics(kafka: Kafka) -> None:
    topics = [kafka.topic(f"well.{name}.v1") for name in ("samples", "alerts", "violations")]
    client = AdminClient({**kafka.client()})
    for dropped in client.delete_topics(topics).values():
        dropped.result(PATIENCE_S)
    cluster = Cluster(kafka)

    def are_gone() -> bool:
        cluster.refresh()
        return not any(map(cluster.partitions, topics))

    # Else who writes to new ones of these names may reach the old.
    until(are_gone, "the topics are gone")


def delete_before(kafka: Kafka, name: str, offset: int) -> None:
    """Have retention take what lies before `offset` of a topic's partition 0; Apache Kafka alone can."""
    client = AdminClient({**kafka.client()})
    for deleted in client.delete_records([TopicPartition(kafka.topic(f"well.{name}.v1"), 0, offset)]).values():
        deleted.result(PATIENCE_S)


def produce(kafka: Kafka, messages: Iterable[tuple[str, int, bytes | None, dict[str, Any]]]) -> None:
    """Write (name of the topic's middle, partition, value, more), in order; return once they are there."""
    producer = Producer(kafka.client(enable_idempotence=True, linger_ms=1))
    for name, partition, value, more in messages:
        producer.produce(kafka.topic(f"well.{name}.v1"), value, partition=partition, **more)
        producer.poll(0)
    assert producer.flush(PATIENCE_S) == 0


def produce_events(kafka: Kafka, events: Iterable[dict[str, Any]], partitions: int = 2) -> None:
    """Write events to the topics that they belong to, over the partitions in turn."""
    produce(
        kafka,
        (
            (
                "violations" if "violation" in event["type"] else "alerts",
                number % partitions,
                json.dumps(event).encode(),
                {},
            )
            for number, event in enumerate(events)
        ),
    )
