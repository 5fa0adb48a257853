"""Recorded samples onto Kafka: whole, in order, at their times or moved, and how far it came if it was stopped."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import Fault, FileFaults
from connectors.kafka.config import Kafka
from connectors.kafka.produce import SampleProducer
from connectors.kafka.topics import TopicPlan, create_topics
from connectors.witsml.config import parse_tag_map
from schemas.columns import read_stream
from schemas.times import time_us
from schemas.topics import SAMPLES
from tests.connectors.kafka.test_scans import MAKERS, made, read_back
from tests.connectors.reading import SAMPLES as FILES
from tests.connectors.reading import batches
from tests.parts.topic import read_topic, values
from tests.test_layers import REPO
from welltegra.cli import run
from welltegra.produce import Outcome, Produce, produce
from welltegra.running import Stopped

# A producer that sends nothing twice takes a second before its first message.
pytestmark = pytest.mark.slow

START = "2026-01-01T00:00:00Z"
PARTITIONS = 4


@pytest.fixture
def topics(kafka: Kafka) -> Kafka:
    create_topics(kafka, TopicPlan(partitions=PARTITIONS))
    return kafka


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """Return a file of three wells at 1 Hz for 20 s."""
    path = tmp_path / "day.csv"
    lines = ["well_id,tag,time,value"]
    for second in range(20):
        lines += [f"W-{well},pump_rate,2026-01-01T00:00:{second:02d}Z,{second + well / 10}" for well in range(3)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def sent(kafka: Kafka) -> list[dict[str, Any]]:
    """Return the scans of all partitions by time, then well."""
    scans = [json.loads(value) for messages in read_topic(kafka, SAMPLES).values() for value in values(messages)]
    return sorted(scans, key=lambda scan: (scan["time"], scan["well_id"]))


def no_fault(fault: Fault) -> None:
    pytest.fail(str(fault))


def send(kafka: Kafka, *paths: Path, **how: Any) -> Outcome:
    outcome = Outcome()
    produce(Produce(kafka, paths, no_fault, **how), outcome)
    return outcome


@pytest.mark.parametrize(("arrow", "maker"), [(False, "scans"), (True, "streams")])
@pytest.mark.parametrize("name", ["plain.csv", "scans.ndjson", "witsml_1_4_1_1.xml"])
def test_that_the_topic_has_what_the_file_has(topics: Kafka, name: str, arrow: bool, maker: str) -> None:
    tags = (FILES / "tags.yaml").read_text("utf-8") if name.endswith(".xml") else None
    outcome = Outcome()
    tag_map = None if tags is None else parse_tag_map(tags, "tags.yaml")
    produce(Produce(topics, [FILES / name], lambda _fault: None, tag_map, arrow=arrow), outcome)
    expected = made(MAKERS[maker](), batches([FILES / name], tags, []))
    found = [value for messages in read_topic(topics, SAMPLES).values() for value in values(messages)]
    as_read = [read_stream(value)[0].to_pylist() if arrow else value for value in found]
    wanted = [each[1] if isinstance(each, tuple) and arrow else each.value for each in read_back(expected)]  # type: ignore[attr-defined]
    assert as_read == wanted
    assert outcome.total().samples == sum(message.samples for message in expected)
    assert outcome.total().bytes == sum(len(value) for value in found)


def test_that_what_was_sent_is_counted_by_partition(topics: Kafka, day: Path) -> None:
    outcome = send(topics, day)
    found = read_topic(topics, SAMPLES)
    assert {at: each.messages for at, each in outcome.partitions.items()} == {
        at: len(messages) for at, messages in found.items() if messages
    }
    assert outcome.total().samples == 60


def test_that_all_times_move_by_as_much_as_puts_the_first_at_now(topics: Kafka, day: Path) -> None:
    before = time.time_ns() // 1000
    send(topics, day, shift_to_now=True)
    after = time.time_ns() // 1000
    scans = sent(topics)
    shift = time_us(scans[0]["time"]) - time_us(START)
    assert before <= time_us(START) + shift <= after
    values_at = {(time_us(scan["time"]) - shift, scan["well_id"]): scan["values"] for scan in scans}
    assert values_at == {
        (time_us(START) + second * 1_000_000, f"W-{well}"): {"pump_rate": second + well / 10}
        for second in range(20)
        for well in range(3)
    }


def test_that_repeated_samples_follow_those_before(topics: Kafka, day: Path) -> None:
    assert send(topics, day, repeat=3).total().samples == 180
    times = [scan["time"] for scan in sent(topics) if scan["well_id"] == "W-0"]
    assert times == [f"2026-01-01T00:{second // 60:02d}:{second % 60:02d}.000Z" for second in range(60)]


@pytest.mark.parametrize("arrow", [False, True])
def test_that_samples_leave_when_they_are_due(
    topics: Kafka, day: Path, arrow: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    log: list[tuple[float, int]] = []
    real = SampleProducer.send_message

    def logged(self: SampleProducer, message: Any) -> None:
        log.append((time.monotonic(), message.samples))
        real(self, message)

    monkeypatch.setattr(SampleProducer, "send_message", logged)
    send(topics, day, speed=20.0, arrow=arrow)
    # 19 s of recording in 0.95 s at least: none leaves before it is due, however slow the machine.
    assert log[-1][0] - log[0][0] >= 0.9
    assert sum(count for _, count in log) == 60


def test_that_nothing_is_sent_where_a_file_cannot_be_used(topics: Kafka, day: Path, tmp_path: Path) -> None:
    with pytest.raises(FileFaults, match="nowhere"):
        send(topics, day, tmp_path / "nowhere.csv")
    assert sent(topics) == []


def test_that_a_stop_says_how_far_it_came(topics: Kafka, day: Path) -> None:
    calls = 0

    def stop(_rows: int, _arrival: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt

    outcome = Outcome()
    with pytest.raises(Stopped) as stopped:
        produce(Produce(topics, [day], no_fault, speed=50.0, on_progress=stop), outcome)
    count = outcome.total().samples
    assert re.fullmatch(
        rf"Stopped at 2026-01-01 00:00:\d\dZ, after {count} samples in {count} messages: all were delivered\.",
        str(stopped.value),
    )
    assert len(sent(topics)) == count


def test_that_a_stop_before_the_first_sample_is_said(topics: Kafka, tmp_path: Path) -> None:
    def stop(_batch: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "a.csv").write_text(f"well_id,tag,time,value\nW-1,a,{START},1\n", encoding="utf-8")
    with pytest.raises(Stopped, match=r"Stopped before the first sample was sent\."):
        send(topics, tmp_path / "a.csv", on_batch=stop)


# The command.

Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def environ(topics: Kafka, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.upper().startswith("WELLTEGRA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("WELLTEGRA_KAFKA__BOOTSTRAP_SERVERS", topics.properties["bootstrap.servers"])
    monkeypatch.setenv("WELLTEGRA_KAFKA__TOPIC_PREFIX", topics.prefix)


@pytest.mark.usefixtures("environ")
def test_that_the_command_closes_with_what_was_sent_and_what_could_not_be_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = [str(FILES / name) for name in ("plain.csv", "time_is_no_time.csv")]
    assert run(["produce", *files]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    lines = said.out.splitlines()
    assert lines[0].split() == ["partition", "scans", "samples", "bytes"]
    closing = next(line for line in lines if " delivered in " in line)
    assert re.match(r"5 samples in 4 scans, \d+ bytes, delivered in .* s, [\d,]+ samples a second\.", closing)
    assert f"{files[1]}: 4 faults" in lines


@pytest.mark.usefixtures("environ")
def test_that_a_tag_map_is_taken_and_streams_are_called_streams(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["produce", "--arrow", "--tags", str(FILES / "tags.yaml"), str(FILES / "witsml_1_4_1_1.xml")])
    assert code == 0
    assert " in 1 stream, " in capsys.readouterr().out


@pytest.mark.usefixtures("environ")
@pytest.mark.parametrize(
    "arguments", [(), ("--repeat", "0", "x.csv"), ("--speed", "0", "x.csv"), ("x.csv",), ("x.pdf",)]
)
def test_that_a_mistake_is_said_in_a_line(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["produce", *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.usefixtures("environ")
def test_that_an_interrupt_on_a_terminal_ends_in_a_sentence_under_the_progress(day: Path) -> None:
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "welltegra.cli", "produce", "--speed", "1", str(day)],
        env={**os.environ, "PYTHONPATH": str(REPO), "TERM": "xterm", "COLUMNS": "100"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    seen = b""
    until = time.monotonic() + 180
    try:
        while not re.search(rb"[1-9]\d* samples", seen) and time.monotonic() < until:
            if select.select([ours], [], [], 0.1)[0]:
                seen += os.read(ours, 65_536)
        os.kill(running.pid, signal.SIGINT)
        try:
            while more := os.read(ours, 65_536):
                seen += more
        except OSError:
            pass  # how Linux says that the other side is closed
        assert running.wait(60) == 130
    finally:
        if running.poll() is None:
            running.kill()
            running.wait()
        os.close(ours)
    assert re.search(
        rb"Stopped at 2026-01-01 00:00:\d\dZ, after \d+ samples in \d+ messages: all were delivered\.", seen
    )
    assert b"Traceback" not in seen
