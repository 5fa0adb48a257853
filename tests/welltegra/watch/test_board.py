"""What samples and alerts come to on a board."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rules.rule_set import Constraint, RuleSet, Tag
from schemas.scan import ScanStruct, decode_scans
from tests.welltegra.samples import alert
from welltegra.watch.board import Board, Row

HIGH = Constraint("pump-rate", "pump_rate", "spm", high=120.0)
BAND = Constraint("back-pressure", "wellhead_pressure", "psi", high=500.0, low=100.0)
RULES = RuleSet("W-1", 1, (Tag("pump_rate", "spm"), Tag("wellhead_pressure", "bar")), (HIGH, BAND))


def board() -> Board:
    return Board([RULES])


def scan(values: str, second: int = 0, more: str = "", well: str = "W-1") -> ScanStruct:
    text = f'{{"well_id":"{well}","time":"2026-01-01T00:00:{second:02d}Z","values":{{{values}}}{more}}}'
    (found,) = decode_scans([text.encode()])
    assert isinstance(found, ScanStruct)
    return found


def test_that_the_last_reading_of_each_condition_is_shown_in_the_unit_of_its_constraint() -> None:
    found = board()
    found.scan(scan('"pump_rate":1.5,"wellhead_pressure":20', 1, ',"units":{"pump_rate":"Hz"}'))
    rate, pressure = (row.reading for row in found.rows)
    assert rate is not None
    assert rate.value == pytest.approx(90.0)
    assert pressure is not None
    assert pressure.value == pytest.approx(290.0755, rel=1e-6)
    found.scan(scan('"pump_rate":100', 0))
    assert found.rows[0].reading == rate, "an older one changes nothing"
    assert found.samples == 3


@pytest.mark.parametrize(
    "values, more",
    [
        ('"pump_rate":null', ""),
        ('"pump_rate":90', ',"quality":{"pump_rate":"bad"}'),
        ('"pump_rate":90', ',"units":{"pump_rate":"psi"}'),
        ('"pump_rate":90', ',"units":{"pump_rate":"furlongs"}'),
    ],
)
def test_that_what_has_no_value_shows_none(values: str, more: str) -> None:
    found = board()
    found.scan(scan('"pump_rate":90', 1))
    found.scan(scan(values, 2, more))
    assert found.rows[0].reading is not None
    assert found.rows[0].reading.value is None
    assert found.rows[0].part_of_limit is None


def test_that_history_strangers_and_what_has_no_time_change_nothing() -> None:
    found = board()
    found.scan(scan('"pump_rate":90', 1, ',"backfill":true'))
    found.scan(scan('"pump_rate":90', 1, well="W-2"))
    found.scan(scan('"depth":90', 1))
    (odd,) = decode_scans([b'{"well_id":"W-1","time":"yesterday","values":{"pump_rate":90}}'])
    assert isinstance(odd, ScanStruct)
    found.scan(odd)
    assert [row.reading for row in found.rows] == [None, None]


def test_that_levels_go_by_the_alerts() -> None:
    found = board()
    found.alert(alert("raised", 3))
    assert (found.rows[0].level, found.rows[0].view, found.rows[1].level) == ("yellow", "live", "normal")
    since = found.rows[0].since
    found.alert(alert("monitoring_lost", 9, view="stale"))
    assert (found.rows[0].level, found.rows[0].view, found.rows[0].since) == ("yellow", "stale", since)
    found.alert(alert("late_breach", 1, level="red"))
    assert found.rows[0].level == "yellow", "what is late changes no level"
    assert found.worst() == {"red": 0, "yellow": 1, "not live": 1}
    found.alert(alert("raised", 3, well_id="W-9"))
    assert found.told == 4


def test_that_latency_is_that_of_changes_of_level_and_of_nothing_else() -> None:
    found = board()
    assert found.latency() is None
    for number in range(1, 101):
        one = alert("raised", number)
        found.alert(one.model_copy(update={"emitted_at": one.time + timedelta(milliseconds=number)}))
    lost = alert("monitoring_lost", 200)
    found.alert(lost.model_copy(update={"emitted_at": lost.time + timedelta(seconds=5)}))
    old = alert("raised", 300)
    found.alert(old.model_copy(update={"emitted_at": old.time + timedelta(hours=5)}))
    latency = found.latency()
    assert latency is not None
    assert latency.alerts == 100
    assert latency[1::2] == pytest.approx((0.0505, 0.1))


def test_that_of_a_band_the_nearer_limit_counts() -> None:
    for value, part in ((250.0, 0.5), (125.0, 0.8), (450.0, 0.9), (0.0, float("inf"))):
        found = board()
        found.scan(scan(f'"wellhead_pressure":{value}', 1, ',"units":{"wellhead_pressure":"psi"}'))
        row: Row = found.rows[1]
        assert row.part_of_limit == pytest.approx(part), value
