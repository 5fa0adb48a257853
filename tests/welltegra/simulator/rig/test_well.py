"""One well of the rig: sensible, and the same for the same seed."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import pytest

from welltegra.simulator.physics import WellModel
from welltegra.simulator.rig.tags import TAG
from welltegra.simulator.rig.well import Measured, Well, reading

DAY_S = 86_400


class Row(NamedTuple):
    state: str
    measured: dict[str, Measured]

    def __getattr__(self, tag: str) -> float:
        return self.measured[tag].value


def live(well: Well, count: int) -> list[Row]:
    found = []
    for _ in range(count):
        measured = well.step(lambda driller_spm, _rate_spm: driller_spm)
        found.append(Row(well.operating_state, measured))
    return found


@pytest.fixture(scope="module")
def day() -> list[Row]:
    return live(Well("W-1", 3), DAY_S)


@pytest.mark.slow
def test_that_flow_is_the_pump_rate_by_the_volume_of_its_liners(day: list[Row]) -> None:
    litres = WellModel().litres_per_stroke
    assert all(row.flow_rate == pytest.approx(row.pump_rate * litres) for row in day)


@pytest.mark.slow
def test_that_standpipe_pressure_follows_the_square_of_the_rate_and_grows_with_depth(day: list[Row]) -> None:
    steady = [
        now
        for before, now in zip(day[:-60], day[60:], strict=True)
        if now.state == "pumping" and abs(before.pump_rate - now.pump_rate) < 0.01 < now.pump_rate
    ]
    # Less the motor's share, which goes with how fast it drills: at most a fifth here.
    per_square = [row.standpipe_pressure / row.pump_rate**2 for row in steady]
    assert max(per_square) / min(per_square) < 1.35
    first, last = per_square[: len(per_square) // 10], per_square[-len(per_square) // 10 :]
    assert sum(last) / len(last) > sum(first) / len(first)


@pytest.mark.slow
def test_that_the_pump_ramps_as_its_drive_can(day: list[Row]) -> None:
    most = max(abs(now.pump_rate - before.pump_rate) for before, now in itertools.pairwise(day))
    assert 1.0 < most <= WellModel().pump_ramp_spm_per_s + 1.0 + 1e-9  # and the last stroke, at which it trips out


@pytest.mark.slow
def test_that_depth_grows_only_while_drilling_and_never_shrinks(day: list[Row]) -> None:
    moves = [(now.state, now.depth - before.depth) for before, now in itertools.pairwise(day)]
    assert min(move for _, move in moves) == 0.0
    assert {state for state, move in moves if move > 0.0} <= {"pumping", "unknown"}
    assert 50.0 < day[-1].depth - day[0].depth < 1_000.0


@pytest.mark.slow
def test_that_temperature_lags(day: list[Row]) -> None:
    most = max(abs(now.temperature - before.temperature) for before, now in itertools.pairwise(day))
    assert most < 0.05
    assert max(row.temperature for row in day) - min(row.temperature for row in day) > 2.0


@pytest.mark.slow
def test_that_wellhead_pressure_answers_to_a_shut_in_and_to_a_test(day: list[Row]) -> None:
    peak = {state: max(row.wellhead_pressure for row in day if row.state == state) for state in ("shut_in", "pumping")}
    assert peak["shut_in"] > peak["pumping"] + 200.0
    tests = [row.wellhead_pressure for row in day if row.state == "pressure_test"]
    assert 4_000.0 < max(tests) < 5_000.0


@pytest.mark.slow
def test_that_no_limit_of_the_demo_is_passed_unasked(day: list[Row]) -> None:
    for tag in TAG.values():
        if tag.limit is not None:
            assert max(row.measured[tag.name].value for row in day) < tag.limit


def test_that_a_well_is_the_same_for_the_same_seed_and_another_for_another_seed_or_name() -> None:
    one, same, seed, name = (live(Well(well, seed), 500) for well, seed in (("W", 1), ("W", 1), ("W", 2), ("V", 1)))
    assert one == same
    assert one != seed
    assert one != name


def test_that_a_pump_driven_by_its_governor_takes_flow_and_pressure_along() -> None:
    well = Well("W", 1)
    calm = live(well, 10)[-1]
    steps = [well.step(lambda driller_spm, _rate_spm: driller_spm, pump_driven_to_spm=126.0) for _ in range(10)]
    driven = Row("pumping", steps[-1])
    assert driven.pump_rate == pytest.approx(126.0, abs=0.1)
    assert driven.flow_rate > calm.flow_rate * 1.15
    assert driven.standpipe_pressure > calm.standpipe_pressure * 1.2


@pytest.mark.parametrize(
    ("value", "error", "decimals", "shown"),
    [(100.04, 0.02, 1, 100.1), (0.0, 0.0, 1, 0.0), (0.3, -1.0, 0, 0.0), (2712.4, 0.3, 0, 2713.0)],
)
def test_that_a_sensor_shows_whole_digits_and_never_less_than_nothing(
    value: float, error: float, decimals: int, shown: float
) -> None:
    found = reading(Measured(value, error), decimals)
    assert found == shown
    assert str(found) != "-0.0"
