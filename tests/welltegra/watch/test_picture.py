"""What the terminal shows: levels in words, numbers whole, nothing wider or longer than there is room."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from rules.rule_set import Constraint, RuleSet, Tag
from schemas.times import time_us, to_datetime
from tests.welltegra.samples import START, alert
from tests.welltegra.watch.test_board import board, scan
from welltegra.watch.board import Board
from welltegra.watch.parts import Standing
from welltegra.watch.picture import picture, summary

READY, NOT = Standing(True, ()), Standing(False, ("the database must be reachable; is not",))
NOW = to_datetime(time_us("2026-01-01T00:00:09Z"))


def shown(
    found: Board,
    width: int = 120,
    height: int = 40,
    unreachable: str | None = None,
    standing: Mapping[str, Standing | None] | None = None,
    notes: Sequence[str] = ("Try it.",),
) -> list[str]:
    out = Console(width=width, height=height, file=io.StringIO(), highlight=False, markup=False, emoji=False)
    standing = standing or {"ingest": READY, "constraints": None, "record": NOT}
    out.print(picture(found, standing, notes, NOW, (width, height), unreachable))
    file = out.file
    assert isinstance(file, io.StringIO)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_that_values_limits_levels_and_health_stand_in_words() -> None:
    found = board()
    found.scan(scan('"pump_rate":126.3,"wellhead_pressure":20', 8))
    found.alert(alert("raised", 4, level="red").model_copy(update={"time": NOW - timedelta(seconds=5)}))
    lines = shown(found)
    assert lines[0] == "WellTegra  2026-01-01 00:00:09 UTC   1 RED  0 YELLOW  0 NOT LIVE"
    assert "ready: ingest" in lines
    assert "constraints: not asked yet" in lines
    assert "record is NOT READY: the database must be reachable; is not" in lines
    (rate,) = (line for line in lines if line.startswith("W-1"))
    assert rate.split() == [
        "W-1",
        "pump-rate",
        "126.3",
        "spm",
        "<",
        "120",
        *rate.split()[6:7],
        "105",
        "%",
        "RED",
        "5",
        "s",
        "live",
    ]
    assert any("back-pressure" in line and "290.08 psi" in line and "< 500 > 100" in line for line in lines)
    assert lines[-1] == "Try it."


def test_that_what_cannot_be_seen_says_since_when() -> None:
    found = board()
    found.scan(scan('"pump_rate":90', 1))
    assert any(line.endswith("live 8 s") for line in shown(found)), "silent, and not told yet"
    found.alert(alert("monitoring_lost", 6, level="normal", view="stale"))
    lines = shown(found, unreachable="0/1 brokers are down")
    assert any(line.endswith("STALE 8 s") for line in lines)
    assert any(line.endswith("nothing yet") for line in lines)
    assert "Kafka cannot be reached: 0/1 brokers are down" in lines


@pytest.mark.parametrize("width, height", [(80, 24), (100, 30), (200, 50)])
def test_that_numbers_are_never_cut_and_the_screen_never_overflows(width: int, height: int) -> None:
    constraints = tuple(
        Constraint(f"a-rather-long-name-{number}", "pump_rate", "psi", high=12_345.0) for number in range(4)
    )
    found = Board([RuleSet("15/9-F-7", 1, (Tag("pump_rate", "psi"),), constraints)])
    found.scan(scan('"pump_rate":12344', 8, well="15/9-F-7"))
    for number in range(100):
        found.alert(alert("raised", number, well_id="15/9-F-7", constraint_id="a-rather-long-name-1"))
    lines = shown(found, width, height)
    assert len(lines) <= height
    assert max(map(len, lines)) <= width
    assert sum("12,344 psi" in line and "< 12,345" in line for line in lines) == 4
    if width >= 100:
        assert sum(" 99 %" in line for line in lines) == 4, "cut, not rounded"


def test_that_on_a_small_terminal_what_stands_last_is_seen() -> None:
    constraints = tuple(Constraint(f"rate-{number}", "pump_rate", "spm", high=120.0) for number in range(12))
    found = Board([RuleSet("W-1", 1, (Tag("pump_rate", "spm"),), constraints)])
    for number in range(9):
        found.alert(alert("raised", number, constraint_id="rate-1"))
    notes = [f"note {number}" for number in range(5)]
    lines = shown(found, 80, 24, standing={"ingest": READY}, notes=notes)
    assert len(lines) == 24
    assert lines[-5:] == notes
    assert lines[16] == "Last alerts"
    assert "" in shown(found, 80, 30, standing={"ingest": READY}, notes=notes), "with room, there are gaps"


def test_that_all_fits_into_a_line_where_there_is_no_screen() -> None:
    found = board()
    one = alert("raised", 1)
    found.alert(one.model_copy(update={"emitted_at": datetime.fromtimestamp(START.timestamp() + 1.02, UTC)}))
    line = summary(found, {"ingest": READY, "record": NOT})
    assert line.startswith(
        "2 conditions: 0 red, 1 yellow, 0 not live; 0 samples; 1 alerts; sample to alert: half within 20 ms"
    )
    assert "ready: ingest; record is NOT READY: the database must be reachable" in line
