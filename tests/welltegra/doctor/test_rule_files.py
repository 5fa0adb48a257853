"""Rule files and active rules: every fault with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from confluent_kafka import Producer

from connectors.kafka.config import Kafka
from connectors.kafka.topics import TopicPlan, create_topics
from schemas.topics import RULES
from tests.system.site import Site
from welltegra.doctor import rule_files as module
from welltegra.doctor.result import State
from welltegra.doctor.rule_files import look_at_active, look_at_files

GOOD = """\
well: W-1
tags:
  pump_rate: {unit: spm, range: [0, 150], period: 1}
constraints:
  - id: pump-rate
    tag: pump_rate
    limit: {high: 120, unit: spm}
    on_red: [notify]
    mode: shadow
"""


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have all of them loaded, however slow the machine."""
    monkeypatch.setattr(module, "_LOADS_FOR_S", 600.0)


def test_that_no_file_is_not_asked() -> None:
    (result,) = look_at_files([])
    assert result.state is State.NOT_ASKED


def test_that_good_files_are_counted_also_two_for_one_well(tmp_path: Path) -> None:
    paths = [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    for path in paths:
        path.write_text(GOOD)
    (result,) = look_at_files(paths)
    assert (result.state, result.found) == (State.OK, "2 files, 2 constraints; no faults.")


def test_that_every_fault_of_every_file_is_told_with_its_line(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(GOOD.replace("unit: spm}", "unit: psi}").replace("mode: shadow", "mode: maybe"))
    results = list(look_at_files([bad, tmp_path / "none.yaml"]))
    assert [result.state for result in results] == [State.WRONG] * len(results)
    assert any(result.found.startswith(f"{bad} line 9: ") for result in results)
    assert any(
        "none.yaml: a rule file must be a file that can be read; was not there." in each.found for each in results
    )
    assert all(result.remedy for result in results)


def test_that_a_cluster_without_rules_is_a_warning(kafka: Kafka) -> None:
    create_topics(kafka, TopicPlan(partitions=2, replication=1))
    (result,) = look_at_active(kafka)
    assert (result.state, "nothing is judged" in result.found) == (State.WARNING, True)


@pytest.mark.slow
def test_that_active_rules_are_counted_and_a_stray_message_is_told(tmp_path: Path, kafka: Kafka) -> None:
    site = Site(tmp_path, kafka.properties["bootstrap.servers"], kafka.prefix)
    site.welltegra("topics", "create")
    (tmp_path / "a.yaml").write_text(GOOD)
    site.welltegra("rules", "activate", "a.yaml", "--author", "A. Author", "--approver", "B. Approver")
    (result,) = look_at_active(kafka)
    assert (result.state, result.found) == (State.OK, "1 well; no faults.")
    producer = Producer(kafka.client())
    producer.produce(kafka.topic(RULES), b"stray", b"W-9")
    assert producer.flush(30) == 0
    (result,) = look_at_active(kafka)
    assert result.state is State.WRONG
    assert f"topic {kafka.topic(RULES)} partition 0 offset 1: must be a version of a well's rules" in result.found


def test_that_rules_that_cannot_be_loaded_are_told(kafka: Kafka) -> None:
    create_topics(kafka, TopicPlan(partitions=2, replication=1))
    producer = Producer(kafka.client())
    envelope = (
        b'{"well_id":"W-1","version":1,"effective_from":"2026-01-01T00:00:00Z","author":"a","approver":"b",'
        b'"sha256":"00","rules":{"well":"W-1"}}'
    )
    producer.produce(kafka.topic(RULES), envelope, b"W-1")
    assert producer.flush(30) == 0
    results = list(look_at_active(kafka))
    assert {result.state for result in results} == {State.WRONG}


def test_that_a_missing_topic_is_told_with_what_to_do(kafka: Kafka) -> None:
    (result,) = look_at_active(kafka)
    assert (result.state, result.remedy.startswith("Run welltegra topics create")) == (State.WRONG, True)
