"""One step of the simulated well, against what can be worked out by hand."""

from __future__ import annotations

import math

import pytest

from welltegra.simulator.physics import Controls, WellModel, WellState, standing, step

MODEL = WellModel()
REST = Controls(0.0, 0.0, 0.0, 300.0, closed_in=False, charge_psi_per_s=0.0, governor_upset_spm=0.0)


def a_well() -> WellState:
    return standing(MODEL, hole_depth_m=2_500.0, wellhead_pressure_psi=300.0, temperature_degc=30.0)


def after(seconds: int, controls: Controls, state: WellState | None = None) -> WellState:
    state = a_well() if state is None else state
    for _ in range(seconds):
        state = step(MODEL, state, controls, dt_s=1.0)
    return state


def test_that_doubling_the_rate_takes_four_times_the_pressure() -> None:
    slow = after(300, REST._replace(pump_set_point_spm=50.0))
    fast = after(300, REST._replace(pump_set_point_spm=100.0))
    assert fast.standpipe_pressure_psi == pytest.approx(4.0 * slow.standpipe_pressure_psi, rel=1e-6)
    assert fast.standpipe_pressure_psi == pytest.approx(1_000.0 + 0.53 * 2_500.0, rel=1e-6)


def test_that_the_pump_ramps_no_faster_than_its_drive_and_stops_at_exactly_zero() -> None:
    assert after(10, REST._replace(pump_set_point_spm=100.0)).pump_rate_spm == pytest.approx(40.0)
    running = after(60, REST._replace(pump_set_point_spm=100.0))
    assert after(60, REST, running).pump_rate_spm == 0.0


def test_that_a_governor_upset_does_not_turn_a_stopped_pump() -> None:
    assert after(1, REST._replace(governor_upset_spm=25.0)).pump_rate_spm == 0.0


def test_that_return_temperature_covers_63_percent_of_its_way_in_one_lag() -> None:
    pumping = REST._replace(pump_set_point_spm=100.0)
    running = after(60, pumping)._replace(temperature_degc=30.0)
    one_lag = after(round(MODEL.pumping_lag_s), pumping, running).temperature_degc
    settled = after(20 * round(MODEL.pumping_lag_s), pumping, running).temperature_degc
    assert (one_lag - 30.0) / (settled - 30.0) == pytest.approx(1.0 - math.exp(-1.0), abs=1e-4)


def test_that_the_bit_stops_on_bottom_and_drills_only_as_fast_as_the_rock_gives_way() -> None:
    lowering = REST._replace(block_speed_m_per_s=0.1)
    assert after(60, lowering).hole_depth_m == 2_500.0
    drilled = after(100, lowering._replace(drillability_m_per_s=0.006))
    assert drilled.bit_depth_m == drilled.hole_depth_m == pytest.approx(2_500.6)
    lifted = after(100, REST._replace(block_speed_m_per_s=-0.1), drilled)
    assert lifted.bit_depth_m == pytest.approx(2_490.6)
    assert lifted.hole_depth_m == drilled.hole_depth_m


def test_that_a_closed_in_well_answers_to_what_is_pumped_into_it_and_an_open_one_to_its_choke() -> None:
    closed = REST._replace(closed_in=True, charge_psi_per_s=12.0, choke_set_point_psi=50.0)
    assert after(100, closed).wellhead_pressure_psi == pytest.approx(1_500.0)
    assert after(100, closed._replace(closed_in=False)).wellhead_pressure_psi == pytest.approx(50.0, abs=0.01)


def test_that_one_long_step_of_a_lag_ends_where_many_short_ones_do() -> None:
    cooling = step(MODEL, a_well(), REST, dt_s=600.0)
    assert cooling.temperature_degc == pytest.approx(after(600, REST).temperature_degc)
