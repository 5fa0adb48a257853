"""The constraints flow live: commands and programs as a user runs them, on whatever broker the tests are given."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml

from connectors.kafka.config import Kafka
from connectors.kafka.partition import partition_of
from connectors.replay.parse import open_samples
from connectors.witsml.source import load_tag_map
from schemas.topics import ALERTS, DEAD_LETTERS, SAMPLES, VIOLATIONS
from tests.connectors.kafka.topics import send
from tests.system.records import as_bytes, data_of, is_of_the_moment, messages
from tests.system.site import Program, Site, wait_until
from tests.welltegra.recorded.dry_run import EXAMPLES, dry_run
from tests.welltegra.recorded.raw import parts

RULES, TAGS = EXAMPLES / "rules-15-9-F-7.yaml", EXAMPLES / "tags-15-9-F-7.yaml"
WELL = "15/9-F-7"
PUMP: dict[str, Any] = {
    "version": 1,
    "tags": {"pump_rate": {"unit": "spm", "period": 1}},
    "constraints": [{"id": "pump-rate", "tag": "pump_rate", "limit": {"high": 120, "unit": "spm"}, "off_delay": 1}],
}


@pytest.fixture
def site(tmp_path: Path, kafka: Kafka) -> Site:
    return Site(tmp_path / "site", kafka.properties["bootstrap.servers"], kafka.prefix)


@pytest.fixture
def flow(site: Site) -> Iterator[Program]:
    """Yield the flow, judging the rules of one pump."""
    site.prepare({WELL: PUMP})
    with site.running("flow", "constraints", name="flow") as program:
        program.wait_for("judging with")
        yield program


def scan(second: int, value: float, well: str = WELL) -> bytes:
    content = {"well_id": well, "time": f"2026-01-01T00:00:{second:02d}.000Z", "values": {"pump_rate": value}}
    return json.dumps(content).encode()


def put(site: Site, values: Sequence[bytes], well: str = WELL) -> None:
    send(site.kafka, site.kafka.topic(SAMPLES), values, partition_of(well, site.partitions))


def records(site: Site, name: str) -> list[dict[str, Any]]:
    return [data_of(message) for at in range(site.partitions) for message in messages(site.kafka, name, at)]


def transitions(site: Site) -> list[tuple[str, str]]:
    return [(alert["transition"], alert["level"]) for alert in records(site, ALERTS)]


def of_values(site: Site) -> list[tuple[str, float]]:
    """Return the transitions of what was heard of, with its value: before the first sample comes, it may be lost."""
    return [(alert["transition"], alert["value"]) for alert in records(site, ALERTS) if alert["value"] is not None]


def changes(site: Site) -> list[tuple[str, str]]:
    """Return the transitions but those of monitoring: on a slow machine, commands take longer than silence may."""
    return [(transition, level) for transition, level in transitions(site) if not transition.startswith("monitoring")]


def test_that_a_breach_is_an_alert_and_a_violation_opened_and_closed(site: Site, flow: Program) -> None:
    put(site, [scan(0, 100), scan(1, 121), scan(2, 100), scan(3, 100), scan(4, 100)])
    wait_until(lambda: len(records(site, VIOLATIONS)) == 2, "a violation opened and closed")
    # Of two topics neither waits for the other.
    wait_until(lambda: len(changes(site)) >= 2, "and the alerts of it")
    assert changes(site)[:2] == [("raised", "red"), ("cleared", "normal")]
    opened, closed = records(site, VIOLATIONS)
    assert (opened["ended_at"], closed["ended_at"]) == (None, "2026-01-01T00:00:03.000Z")
    where = partition_of(WELL, site.partitions)
    events = [json.loads(message.value() or b"") for message in messages(site.kafka, VIOLATIONS, where)]
    # The first message is the control record that made the rules active.
    assert [(event["samplespartition"], event["samplesfrom"], event["samplesat"]) for event in events] == [
        (where, 0, 2),
        (where, 0, 4),
    ]
    assert flow.stop() == 0
    assert "stopped, with a last snapshot" in flow.said


def test_that_a_stop_and_a_start_announce_nothing_twice_and_forget_nothing(site: Site, flow: Program) -> None:
    put(site, [scan(0, 100), scan(1, 121)])
    wait_until(lambda: len(changes(site)) == 1, "an alert")
    assert flow.stop() == 0
    put(site, [scan(2, 130), scan(3, 100), scan(4, 100)])
    with site.running("flow", "constraints", name="again") as again:
        wait_until(lambda: len(records(site, VIOLATIONS)) == 2, "the violation closed")
        assert again.stop() == 0
    assert [level for _, level in changes(site)] == ["red", "normal"]
    assert records(site, VIOLATIONS)[1]["peak_value"] == 130
    assert records(site, VIOLATIONS)[1]["violation_id"] == records(site, VIOLATIONS)[0]["violation_id"]


def test_that_new_rules_judge_from_their_place_in_the_stream_on(site: Site, flow: Program, tmp_path: Path) -> None:
    put(site, [scan(0, 100), scan(1, 100)])
    path = tmp_path / "new.yaml"
    stricter = {**PUMP["constraints"][0], "limit": {"high": 90, "unit": "spm"}}
    path.write_text(yaml.safe_dump({"well": WELL, **PUMP, "version": 2, "constraints": [stricter]}), encoding="utf-8")
    site.welltegra("rules", "activate", str(path), "--author", "A. Author", "--approver", "B. Approver")
    wait_until(lambda: len(changes(site)) >= 2, "alerts of the new limit")
    assert changes(site)[:2] == [("limit_changed", "red"), ("raised", "red")]
    changed = [alert for alert in records(site, ALERTS) if alert["level"] == "red"]
    assert {alert["rule_version"] for alert in changed} == {2}
    # Gone on with after a stop: the state was saved under the new version.
    assert flow.stop() == 0
    with site.running("flow", "constraints", name="again") as again:
        again.wait_for("judging with")
        put(site, [scan(2, 80), scan(3, 80)])
        wait_until(lambda: ("cleared", "normal") in changes(site), "cleared by the new limit")


def test_that_what_cannot_be_read_is_a_dead_letter_with_its_place(site: Site, flow: Program) -> None:
    put(site, [b"no scan", scan(0, 121), b'{"well_id":"15/9-F-7","time":"soon","values":{"pump_rate":1}}'])
    wait_until(lambda: len(records(site, DEAD_LETTERS)) == 2, "two dead letters")
    wait_until(lambda: len(changes(site)) == 1, "and the alert between them")
    origin = f"{site.kafka.topic(SAMPLES)}/{partition_of(WELL, site.partitions)}"
    assert [letter["source"] for letter in records(site, DEAD_LETTERS)] == [f"{origin}/1", f"{origin}/3"]
    assert flow.process.poll() is None


def test_that_samples_in_the_partition_of_other_wells_are_told(site: Site, flow: Program) -> None:
    wrong = (partition_of(WELL, site.partitions) + 1) % site.partitions
    send(site.kafka, site.kafka.topic(SAMPLES), [scan(0, 121)], wrong)
    wait_until(lambda: bool(records(site, DEAD_LETTERS)), "a dead letter")
    (letter,) = records(site, DEAD_LETTERS)
    assert "must come by partition" in letter["reason"]
    assert "murmur2" in letter["reason"]
    assert flow.process.poll() is None


def test_that_silence_is_told_while_it_lasts(site: Site, flow: Program) -> None:
    put(site, [scan(0, 100)])
    wait_until(lambda: bool(of_values(site)), "monitoring lost")
    put(site, [scan(1, 101)])
    wait_until(lambda: len(of_values(site)) >= 2, "and restored")
    # Then it is silent again, and that may be told before we look.
    assert of_values(site)[:2] == [("monitoring_lost", 100), ("monitoring_restored", 101)]
    assert flow.process.poll() is None


def test_that_two_processes_judge_all_wells(site: Site) -> None:
    wells = [f"W-{number}" for number in range(12)]
    site.prepare(dict.fromkeys(wells, PUMP))
    with site.running("flow", "constraints", "--processes", "2", name="flow") as flow:
        flow.wait_for("judging with 2 processes")
        for well in wells:
            put(site, [scan(0, 121, well)], well)
        wait_until(lambda: len(changes(site)) >= 12, "an alert of each well")
        assert sorted({alert["well_id"] for alert in records(site, ALERTS)}) == sorted(wells)
        assert flow.stop() == 0


@pytest.mark.realdata
def test_that_a_recording_sent_at_once_gives_the_records_of_the_dry_run(
    site: Site, shared_data: Path, tmp_path: Path
) -> None:
    files = parts(shared_data, "F-7_CementData")
    check_like_dry_run(site, RULES, TAGS, files, [], tmp_path)


@pytest.mark.kafka
@pytest.mark.realdata
@pytest.mark.slow
def test_that_a_recording_sent_at_its_own_rate_gives_the_records_of_the_dry_run(
    site: Site, shared_data: Path, tmp_path: Path
) -> None:
    tag_map = load_tag_map(TAGS)
    batches = [batch for _, batch in open_samples(parts(shared_data, "F-7_CementData"), tag_map, lambda _: None)]
    whole = pa.Table.from_batches(batches)
    # 20 s before the pump first passes 56 spm (recorded in Hz), and 20 s after: what is told lies within 15 s.
    pumps = whole.filter(pc.equal(whole["tag"].cast(pa.string()), "pump_rate"))
    first = pc.min(pumps.filter(pc.greater_equal(pumps["value"], 0.94))["time"]).as_py()
    start, end = (pa.scalar(first.timestamp() * 1e6 + seconds * 1e6).cast(pa.int64()) for seconds in (-20, 20))
    times = whole["time"].cast(pa.int64())
    part = whole.filter(pc.and_(pc.greater_equal(times, start), pc.less(times, end)))
    path = tmp_path / "part.parquet"
    columns = ["well_id", "tag", "time", "value", "unit", "quality"]
    names = {name: pa.string() for name in ("well_id", "tag", "unit", "quality")}
    pq.write_table(
        pa.table({name: part[name].cast(names[name]) if name in names else part[name] for name in columns}), path
    )
    check_like_dry_run(site, RULES, None, [path], ["--speed", "1"], tmp_path)


def check_like_dry_run(
    site: Site, rules: Path, tags: Path | None, files: Sequence[Path], how: Sequence[str], folder: Path
) -> None:
    judged = dry_run(rules, tags, files, folder)
    expected = [content.splitlines() for content in judged.files]
    site.welltegra("topics", "create")
    site.welltegra("rules", "activate", str(rules), "--author", "A. Author", "--approver", "B. Approver")
    mapping = [] if tags is None else ["--tags", str(tags)]
    where = partition_of(WELL, site.partitions)
    with site.running("flow", "constraints", name="flow") as flow:
        flow.wait_for("judging with")
        site.welltegra("produce", *map(str, files), *mapping, *how)
        ids = {json.loads(line)["alert_id"] for line in expected[0]}
        wait_until(lambda: ids <= {alert["alert_id"] for alert in records(site, ALERTS)}, f"{len(ids)} alerts", 120.0)
        assert flow.stop() == 0
    alerts = [as_bytes(message) for message in messages(site.kafka, ALERTS, where)]
    # At a recording's end the live flow finds every tag silent; a file's end tells only who was silent before the well.
    last = [json.loads(line) for line in alerts if line not in expected[0]]
    # On a slow machine it also says so, and that they are back, of samples that were long on their way.
    assert all(alert["transition"] == "monitoring_lost" or is_of_the_moment(alert) for alert in last)
    assert [line for line in alerts if line in expected[0]] == expected[0]
    messages_of = [as_bytes(message) for message in messages(site.kafka, VIOLATIONS, where)]
    closed = [line for line in messages_of if b'"ended_at":null' not in line]
    opened = [json.loads(line)["violation_id"] for line in messages_of if b'"ended_at":null' in line]
    assert closed == [line for line in expected[1] if b'"ended_at":null' not in line]
    on_time = [json.loads(line) for line in expected[1]]
    assert sorted(opened) == sorted(violation["violation_id"] for violation in on_time if not violation["late"])
    assert records(site, DEAD_LETTERS) == []
