"""The real flow under its supervisor, as `welltegra flow constraints` runs it, and what its port says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from confluent_kafka import Producer
from prometheus_client.parser import text_string_to_metric_families

from connectors.kafka.config import Kafka
from connectors.kafka.partition import partition_of
from connectors.kafka.rules import write_rules
from connectors.kafka.topics import TopicPlan, create_topics
from connectors.rule_files.message import Signature, sign
from schemas.topics import SAMPLES
from tests.test_layers import REPO
from tests.welltegra.live.asked import ask, free_pair

PARTITIONS = 2
WITHIN_S = 180.0
RULES = """\
well: {well}
version: 4
tags: {{pump_rate: {{unit: spm}}, hook_load: {{unit: klbf}}}}
constraints:
  - {{id: pump-rate, tag: pump_rate, limit: {{high: 120, unit: spm}}}}
  - {{id: hook-load, tag: hook_load, limit: {{high: 300, unit: klbf}}}}
"""


@contextmanager
def flow(kafka: Kafka, folder: Path, port: int | None = None) -> Iterator[int]:
    """Run the flow, with rules for a well; yield the port that it is watched by, a free one if none is given."""
    create_topics(kafka, TopicPlan(partitions=PARTITIONS))
    signature = Signature("A. Author", "B. Approver", datetime(2026, 1, 1, tzinfo=UTC))
    write_rules(kafka, [sign(RULES.format(well="W-1"), "rules.yaml", signature).message])
    port = free_pair() if port is None else port
    environment = {
        "WELLTEGRA_KAFKA__BOOTSTRAP_SERVERS": kafka.properties["bootstrap.servers"],
        "WELLTEGRA_KAFKA__TOPIC_PREFIX": kafka.prefix,
        "WELLTEGRA_CONSTRAINTS__RECOVERY": str(folder / "recovery"),
        "WELLTEGRA_METRICS__PORT": str(port),
    }
    with (folder / "flow.log").open("wb") as output:
        supervisor = subprocess.Popen(
            [sys.executable, "-c", "from welltegra.cli import main; main()", "flow", "constraints"],
            cwd=REPO,
            env=os.environ | {name: value for name, value in environment.items() if value},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield port
    finally:
        supervisor.terminate()
        try:
            supervisor.wait(WITHIN_S)
        except subprocess.TimeoutExpired:
            supervisor.kill()
            supervisor.wait()


def send(kafka: Kafka, *values: bytes) -> None:
    producer = Producer(kafka.client(linger_ms=1))
    for value in values:
        producer.produce(kafka.topic(SAMPLES), value, b"W-1", partition=partition_of("W-1", PARTITIONS))
    assert producer.flush(30) == 0


def scan(pump_rate_spm: float) -> bytes:
    time_ = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return json.dumps({"well_id": "W-1", "time": time_, "values": {"pump_rate": pump_rate_spm}}).encode()


def until(holds: Callable[[], bool], log: Path) -> None:
    end = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < end, log.read_text("utf-8", errors="replace")[-3000:]
        time.sleep(0.05)


def series(port: int) -> dict[str, float]:
    """Return all values by name and labels."""
    text = ask(port, "/metrics")[1].decode()
    return {
        f"{sample.name}{list(sample.labels.values())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def is_ready(port: int) -> bool:
    return ask(port, "/health/ready")[0] == 200
