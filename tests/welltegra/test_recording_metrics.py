from __future__ import annotations

from datetime import UTC, datetime

from welltegra.recording_metrics import RecordMetrics

NOW = 1_800_000_000.0


class Clocks:
    """Both clocks, put forward by hand."""

    def __init__(self) -> None:
        self.passed = 0.0

    def clock(self) -> float:
        return NOW + self.passed

    def ticks(self) -> float:
        return self.passed


def value(of: RecordMetrics, name: str, **labels: str) -> float | None:
    return of.registry.get_sample_value(f"welltegra_recorder_{name}", labels)


def test_that_records_are_counted_by_kind_from_zero_on() -> None:
    clocks = Clocks()
    of = RecordMetrics(clocks.clock, clocks.ticks)
    assert value(of, "stored_timestamp_seconds") is None
    clocks.passed = 7
    of.stored("alert", 3, datetime.fromtimestamp(NOW + 5, UTC))
    of.stored("capture", 1, None)
    assert [value(of, "stored_total", kind=kind) for kind in ("alert", "violation", "capture")] == [3, 0, 1]
    assert value(of, "stored_timestamp_seconds") == NOW + 7
    assert value(of, "event_timestamp_seconds") == NOW + 5


def test_that_lag_is_what_was_last_told() -> None:
    of = RecordMetrics()
    assert value(of, "lag_messages") is None
    of.behind(12)
    assert value(of, "lag_messages") == 12


def test_that_a_database_that_is_away_is_said_with_since_when_and_why() -> None:
    clocks = Clocks()
    of = RecordMetrics(clocks.clock, clocks.ticks)
    assert len(of.why_not_ready()) == 1
    of.reachable(True)
    assert of.why_not_ready() == []
    clocks.passed = 10
    of.waiting("the disk is full")
    clocks.passed = 40
    of.waiting("the disk is still full")
    assert of.why_not_ready() == ["the database must take records; has not for 30 s: the disk is still full"]
    assert value(of, "database_reachable") == 0
    assert value(of, "database_reachable_since_timestamp_seconds") == NOW + 10
    of.stored("alert", 1, None)
    assert of.why_not_ready() == []
    assert value(of, "database_reachable_since_timestamp_seconds") == NOW + 40
