"""A real flow, watched: what happens in it is what its port says."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from connectors.kafka.config import Kafka
from connectors.kafka.partition import partition_of
from schemas.topics import ALERTS, DEAD_LETTERS, VIOLATIONS
from tests.parts.apache_kafka import ApacheKafka
from tests.welltegra.live.asked import ask
from tests.welltegra.live.flowing import PARTITIONS, WITHIN_S, flow, is_ready, scan, send, series, until
from welltegra.embedded.broker import EmbeddedBroker

pytestmark = pytest.mark.slow


def test_that_samples_alerts_and_dead_letters_of_a_real_flow_are_told(kafka: Kafka, tmp_path: Path) -> None:
    log = tmp_path / "flow.log"
    with flow(kafka, tmp_path) as port:
        until(lambda: is_ready(port), log)
        send(kafka, scan(100.0), scan(130.0), b"no scan", scan(90.0))
        alerts, violations, dead = (kafka.topic(name) for name in (ALERTS, VIOLATIONS, DEAD_LETTERS))
        until(lambda: series(port)[f"welltegra_records_published_total['{dead}']"] == 1, log)
        shard = partition_of("W-1", PARTITIONS)
        until(lambda: series(port).get(f"welltegra_samples_read_total['{shard}']") == 3, log)
        until(lambda: series(port)[f"welltegra_records_published_total['{violations}']"] == 1, log)
        until(lambda: series(port)[f"welltegra_records_published_total['{alerts}']"] >= 1, log)
        # On a busy machine it may say in between that it is not.
        until(lambda: series(port)["welltegra_ready[]"] == 1, log)
        found = series(port)
        assert found[f"welltegra_messages_read_total['{shard}']"] == 4
        assert found[f"welltegra_samples_judged_total['{shard}']"] == 3
        assert found[f"welltegra_samples_breaching_total['{shard}']"] == 1
        assert found[f"welltegra_position_messages['{shard}']"] == 4
        assert found[f"welltegra_event_to_alert_seconds_count['{alerts}']"] >= 1
        assert 0 < found[f"welltegra_last_judged_age_seconds['{shard}']"] < WITHIN_S
        assert found["welltegra_rules_version['W-1']"] == 4
        assert found["welltegra_condition_view['hook-load', 'hook_load', 'W-1']"] == 1  # never seen
        assert found["welltegra_kafka_reachable[]"] == 1
        assert found["welltegra_shards[]"] == PARTITIONS
        until(lambda: ask(port, "/health/live")[0] == 200, log)


def test_that_brokers_that_are_gone_are_told(tmp_path: Path) -> None:
    log = tmp_path / "flow.log"
    with EmbeddedBroker(tmp_path) as broker:
        kafka = Kafka({"bootstrap.servers": broker.bootstrap})
        with flow(kafka, tmp_path) as port:
            until(lambda: is_ready(port), log)
            os.kill(broker.pid, signal.SIGKILL)
            until(lambda: "Kafka must be reachable" in ask(port, "/health/ready")[1].decode(), log)
            assert series(port)["welltegra_kafka_reachable[]"] == 0


@pytest.mark.kafka
def test_that_brokers_that_come_back_are_told_though_no_sample_comes(apache_kafka: ApacheKafka, tmp_path: Path) -> None:
    log = tmp_path / "flow.log"
    kafka = Kafka({"bootstrap.servers": apache_kafka.bootstrap}, "watched.")
    with flow(kafka, tmp_path) as port:
        until(lambda: is_ready(port), log)
        apache_kafka.stop()
        try:
            until(lambda: series(port)["welltegra_kafka_reachable[]"] == 0, log)
        finally:
            apache_kafka.start()
        until(lambda: is_ready(port), log)


def test_that_the_spare_takes_the_port_over_when_the_process_at_work_is_killed(kafka: Kafka, tmp_path: Path) -> None:
    log = tmp_path / "flow.log"
    with flow(kafka, tmp_path) as port:
        until(lambda: is_ready(port), log)
        started = series(port)["process_start_time_seconds[]"]
        holder = (tmp_path / "recovery" / "process-0.lock").read_text("ascii").split()[1]
        os.kill(int(holder), signal.SIGKILL)
        until(lambda: is_ready(port) and series(port)["process_start_time_seconds[]"] != started, log)


def test_that_a_port_that_is_taken_is_said_before_anything_is_judged(kafka: Kafka, tmp_path: Path) -> None:
    with flow(kafka, tmp_path) as port:
        until(lambda: is_ready(port), tmp_path / "flow.log")
        other = tmp_path / "other"
        other.mkdir()
        with flow(kafka, other, port):
            until(
                lambda: "must be free for metrics and health" in (other / "flow.log").read_text("utf-8"),
                other / "flow.log",
            )
        assert (other / "flow.log").read_text("utf-8").startswith(f"settings: 127.0.0.1:{port} must be free")
        until(lambda: is_ready(port), tmp_path / "flow.log")
