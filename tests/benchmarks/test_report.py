"""What the benchmark's report says: of made-up numbers, and of a small run through Apache Kafka."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec
import pytest

from benchmarks.kafka import throughput
from benchmarks.kafka.children import PEERS_PYTHON, Child, Failed, Meter
from benchmarks.kafka.latency import Latency, Trial
from benchmarks.kafka.throughput import CONTENDERS, Entry, Run, Throughput, line_of
from benchmarks.stream import BROKER, Report, Sizes, measure, targets, text_of
from benchmarks.tables import latency_tables, table, throughput_tables
from benchmarks.workload import Kind
from tests.parts.apache_kafka import ApacheKafka, NoKafka
from tests.test_layers import REPO

OUT_OF_REACH = 3


def a_run(rate: float, missed: int = 0) -> Run:
    return Run(1_000_000, 1 / rate, 9, missed, 0, 1.0, 0.5)


def a_throughput(missed: int = 0) -> Throughput:
    runs = {
        Entry("flow", 1): [a_run(0.9), a_run(0.6), a_run(0.8)],
        Entry("bare", 1): [a_run(1.8), a_run(1.2), a_run(1.6)],
        Entry("stock", 1): [a_run(0.1), a_run(0.2), a_run(0.1)],
        Entry("quix", 1): [a_run(0.05), a_run(0.06), a_run(0.08, missed)],
        Entry("flow", 2): [a_run(1.8), a_run(0.9), a_run(1.2)],
        Entry("bare", 2): [a_run(2.0), a_run(2.0), a_run(2.0)],
    }
    return Throughput(3, 4, ["somebody: not there."], {"single": [line_of(entry, runs) for entry in runs]})


def a_latency(tags: int, p99_ms: float, worst_ms: float, lost: int = 0) -> Latency:
    cores = dict.fromkeys(("flow", "broker", "producer", "consumer"), 0.1)
    trial = Trial(tags, 1, 3, 5)
    return Latency(trial, tags, 1.0, 0.01, 99, lost, 0, 5.0, p99_ms, worst_ms, 200.0, 210.0, 211.0, cores, 3.0)


def test_that_ratios_are_taken_within_a_round() -> None:
    lines = {(line.contender, line.processes): line for line in a_throughput().lines["single"]}
    assert lines["flow", 1].of_bare.median == pytest.approx(0.5)
    assert lines["stock", 1].flow_of_it.median == pytest.approx(8.0)
    assert lines["flow", 2].of_one is not None
    assert lines["flow", 2].of_one.median == pytest.approx(1.5)


def test_that_an_answer_that_differs_is_reported_as_such() -> None:
    good, bad = ("\n".join(throughput_tables(a_throughput(missed))) for missed in (0, 3))
    assert "NO" not in good
    assert "**NO: 3 events differ**" in bad
    assert "Not measured: somebody: not there." in good


def test_that_an_alert_that_never_came_stands_out() -> None:
    assert "| **2** |" in "\n".join(latency_tables([a_latency(50_000, 20, 90, lost=2)]))


def test_that_every_target_of_what_was_measured_is_judged() -> None:
    trials = [a_latency(50_000, 49, 251), a_latency(500_000, 101, 300)]
    found = {target.what: target.reached for target in targets(None, None, a_throughput(), trials)}
    assert list(found.values()) == [True, True, True, False, False]
    assert [what.rpartition(": ")[2] for what in found][2:] == ["p99 [ms]", "worst [ms]", "p99 [ms]"]


def test_that_a_rate_that_rests_on_a_wrong_answer_reaches_nothing() -> None:
    assert [target.reached for target in targets(None, None, a_throughput(missed=1), [])] == [True, False]


def test_that_without_one_process_nothing_is_said_of_two() -> None:
    runs = {
        Entry("flow", 2): [a_run(1.0)],
        Entry("bare", 2): [a_run(1.0)],
        Entry("stock", 1): [],
        Entry("stock", 2): [a_run(0.2)],
    }
    assert line_of(Entry("stock", 2), runs).of_one is None


def test_that_a_process_that_fails_is_named_with_its_last_words(tmp_path: Path) -> None:
    with (
        Child("flow", Trial(1, 1, 1, 1), tmp_path / "log") as child,
        pytest.raises(Failed, match=r"(?s)flow: must .*bootstrap"),
    ):
        child.join(60)


def test_that_alerts_that_were_lost_reach_nothing() -> None:
    assert not any(target.reached for target in targets(None, None, None, [a_latency(50_000, 1, 1, lost=1)]))


def test_that_a_trial_without_any_alert_is_told_and_reaches_nothing() -> None:
    trial = msgspec.structs.replace(a_latency(50_000, 1, 1, lost=9), p50_ms=None, p99_ms=None, worst_ms=None)
    assert "| **9** | - | - | - |" in "\n".join(latency_tables([trial]))
    assert not any(target.reached for target in targets(None, None, None, [trial]))


def test_that_a_table_is_markdown() -> None:
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_that_a_meter_that_was_not_read_twice_says_nothing() -> None:
    assert Meter({"gone": [2**22]}).cores("gone") == 0


@pytest.fixture(scope="session")
def peers() -> None:
    """Have quixstreams."""
    done = subprocess.run(["sh", REPO / "scripts" / "peers.sh"], capture_output=True, text=True, check=False)
    if done.returncode == OUT_OF_REACH:
        pytest.skip(f"NOT PROVEN: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    assert PEERS_PYTHON.exists()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where a broker may be started, if Apache Kafka can be had."""
    try:
        with ApacheKafka(tmp_path / "tried", BROKER):
            return tmp_path
    except NoKafka as error:
        pytest.skip(f"NOT PROVEN: {error}" if error.out_of_reach else str(error))


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.usefixtures("folder", "peers")
def test_that_all_contenders_through_kafka_find_what_is_in_the_samples_and_the_report_is_complete(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Here an alert may be late, and not lost.
    monkeypatch.setattr("benchmarks.kafka.latency._TAIL_S", 15.0)
    size = msgspec.structs.replace(
        throughput.QUICK,
        seconds={"single": 0, "scans": 60, "arrow": 60},
        slow_seconds={"single": 0, "scans": 60, "arrow": 0},
    )
    kinds: tuple[Kind, ...] = ("scans", "arrow")
    report = measure(("throughput", "latency"), True, Sizes(size, (Trial(1000, 1, 2, 3),), kinds), lambda _: None)
    assert report.throughput is not None
    lines = report.throughput.lines
    assert [(line.contender, line.processes) for line in lines["scans"]] == [
        (who, n) for who in CONTENDERS for n in (1, 2)
    ]
    assert [(line.contender, line.processes) for line in lines["arrow"]] == [
        (who, n) for who in ("flow", "bare") for n in (1, 2)
    ]
    for line in (line for own in lines.values() for line in own):
        assert line.agrees, line
        assert line.rate.median > 0
        if line.contender != "bare":
            assert line.runs[0].events > 20
    assert report.latency is not None
    (trial,) = report.latency
    assert (trial.lost, trial.dead_letters) == (0, 0)
    assert trial.alerts > 50
    text = "\n".join(text_of(report))
    assert all(words in text for words in CONTENDERS.values())
    assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report
