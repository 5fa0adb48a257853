from __future__ import annotations

import re

from connectors.opcua.errors import KINDS
from tests.test_layers import REPO
from welltegra.ingest.metrics import IngestMetrics
from welltegra.registry import Exposition


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def metrics() -> tuple[IngestMetrics, Clock]:
    ticks = Clock()
    return IngestMetrics(clock=lambda: ticks.now + 1_700_000_000.0, ticks=ticks), ticks


def said(found: IngestMetrics) -> dict[str, float]:
    """Return every line of ours."""
    lines = Exposition(found.registry).text().decode().splitlines()
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in lines if line.startswith("welltegra_ingest"))
    }


def test_that_everything_that_is_told_is_counted() -> None:
    found, _ = metrics()
    found.sampled(5, 2, 1)
    found.sampled(1, 0, 0)
    found.untimed(3)
    found.overflowed(4)
    found.gap(2, 7.5)
    found.unfilled(1)
    found.filled(9)
    found.given_up(11)
    found.lost(0, 12)
    found.delivered(False)
    found.delivered(False)
    found.delivered(True)
    found.clock_differs(-0.7)
    found.clock_differs(30.0)
    found.served(10, 8)
    found.waiting(6, 600)
    found.undelivered(13)
    found.disconnected("silent", "why")
    for name, value in {
        'samples_total{quality="good"}': 6, 'samples_total{quality="uncertain"}': 2, 'samples_total{quality="bad"}': 1,
        "samples_untimed_total": 3, "queue_overflows_total": 4, "gaps_total": 2, "gap_seconds_total": 7.5,
        "gaps_unfilled_total": 1, "samples_filled_total": 9, "scans_dropped_total": 11,
        "scans_undelivered_total": 12, 'scans_delivered_total{kind="live"}': 2,
        'scans_delivered_total{kind="backfill"}': 1, 'clock_difference_seconds_bucket{le="0.5"}': 0,
        'clock_difference_seconds_bucket{le="1.0"}': 1, "clock_difference_seconds_count": 2,
        'tags{state="served"}': 8, 'tags{state="refused"}': 2, "scans_waiting": 6, "scans_waiting_bytes": 600,
        "scans_unacknowledged": 13, 'connections_failed_total{kind="silent"}': 1,
    }.items():  # fmt: skip
        assert said(found)[f"welltegra_ingest_{name}"] == value, name


def test_that_counters_begin_at_zero() -> None:
    found, _ = metrics()
    for kind in KINDS:
        assert said(found)[f'welltegra_ingest_connections_failed_total{{kind="{kind}"}}'] == 0
    assert said(found)['welltegra_ingest_samples_total{quality="bad"}'] == 0


def test_that_the_page_names_every_metric_and_no_other() -> None:
    page = (REPO / "docs" / "ingest.md").read_text(encoding="utf-8").partition("## Metrics and health")[2]
    table = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `") and "welltegra" not in line]
    named = {name.partition("{")[0] for cell in table for name in re.findall("`([^`]+)`", cell)}
    found, _ = metrics()
    found.heard()
    exposed = {name.removeprefix("welltegra_ingest_").partition("{")[0] for name in said(found)}
    assert named == {re.sub("_(bucket|sum|count)$", "", name) for name in exposed}


def test_that_it_is_ready_while_both_ends_are_there_and_says_since_when_one_is_not() -> None:
    found, ticks = metrics()
    assert [reason.partition(";")[0] for reason in found.why_not_ready()] == [
        "the OPC UA server must be connected",
        "Kafka must take scans",
    ]
    found.connected()
    found.kafka(True, "")
    assert found.why_not_ready() == []
    ticks.now += 10
    found.disconnected("silent", "it said nothing")
    ticks.now += 5
    found.disconnected("unreachable", "it is gone")
    ticks.now += 5
    assert found.why_not_ready() == ["the OPC UA server must be connected; has not been for 10 s: it is gone"]
    assert said(found)["welltegra_ingest_opcua_connected"] == 0
    assert said(found)["welltegra_ingest_opcua_connected_since_timestamp_seconds"] == 1_700_001_010


def test_that_it_lives_while_the_engine_comes_round() -> None:
    found, ticks = metrics()
    assert found.why_not_live() == []
    found.turned()
    ticks.now += 10
    assert found.why_not_live() == []
    ticks.now += 1
    assert found.why_not_live() == ["the engine must come round every 10 s; last did 11 s ago"]
