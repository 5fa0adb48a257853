"""One well, one step of time: what pump, choke, blocks and rock do to rate, pressures, temperature and depth.

Pure: no clock, no chance, no files. A recorded day calls `step` 86,400 times; a live rig calls it when it reads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class WellModel:
    """The numbers that make one well differ from another; the defaults are an 8 1/2" section with one triplex pump."""

    # Triplex, 6" liner, 12" stroke: 3 * pi/4 * (0.1524 m)^2 * 0.3048 m = 16.7 L, at 96.5 % volumetric efficiency.
    litres_per_stroke: float = 16.1
    pump_ramp_spm_per_s: float = 4.0
    pump_lag_s: float = 1.5
    # Turbulent losses go with the square of the flow: bit and surface lines at any depth, the pipe with its length.
    fixed_loss_psi: float = 1_000.0  # at reference_flow_l_per_min
    pipe_loss_psi_per_m: float = 0.53  # at reference_flow_l_per_min, per metre MD of the bit
    reference_flow_l_per_min: float = 1_610.0
    standpipe_lag_s: float = 4.0  # the mud in the pipe is compressible
    motor_psi_per_m_per_s: float = 18_000.0  # a drilling motor costs pressure only while it cuts: 5 psi per m/h
    choke_lag_s: float = 6.0
    # Mud comes back warmer the deeper the hole and the faster it circulates, and the flow line takes its time.
    surface_degc: float = 24.0
    heating_degc_per_m: float = 0.016
    half_heating_l_per_min: float = 400.0
    pumping_lag_s: float = 1_500.0
    standing_lag_s: float = 5_400.0


class Controls(NamedTuple):
    """What the crew and the rock impose during one step."""

    pump_set_point_spm: float
    block_speed_m_per_s: float  # downwards positive
    drillability_m_per_s: float  # how fast the rock gives way to a bit that is pushed; 0 is no drilling
    choke_set_point_psi: float  # held by the choke while the well is open
    closed_in: bool  # rams and valves shut: the choke has no say
    charge_psi_per_s: float  # what a test pump, a leak or a bleed valve does to a closed-in well
    governor_upset_spm: float  # the pump's governor off its set point, at once


class WellState(NamedTuple):
    """The well at the end of a step. Depths are MD; temperature is that of the returning mud."""

    governed_spm: float
    pump_rate_spm: float
    flow_in_l_per_min: float
    standpipe_pressure_psi: float
    wellhead_pressure_psi: float
    temperature_degc: float
    bit_depth_m: float
    hole_depth_m: float


def standing(model: WellModel, hole_depth_m: float, wellhead_pressure_psi: float, temperature_degc: float) -> WellState:
    """Return a well with its pump stopped and the bit on bottom."""
    return WellState(0.0, 0.0, 0.0, 0.0, wellhead_pressure_psi, temperature_degc, hole_depth_m, hole_depth_m)


def step(model: WellModel, state: WellState, controls: Controls, dt_s: float) -> WellState:
    """Return the well `dt_s` seconds after `state`, under constant controls."""
    governed = _governed(model, state.governed_spm, controls.pump_set_point_spm, dt_s)
    # A stopped pump has no governor to be upset.
    rate = max(0.0, governed + controls.governor_upset_spm) if governed > 0.0 else 0.0
    flow = rate * model.litres_per_stroke

    # The bit goes where the blocks put it, but through rock only as fast as the rock gives way.
    floor = state.hole_depth_m + controls.drillability_m_per_s * dt_s
    bit = min(state.bit_depth_m + controls.block_speed_m_per_s * dt_s, floor)
    hole = max(state.hole_depth_m, bit)
    drilling_m_per_s = (hole - state.hole_depth_m) / dt_s

    loss = _circulating_loss(model, flow, bit) + (model.motor_psi_per_m_per_s * drilling_m_per_s if flow > 0.0 else 0.0)
    return WellState(
        governed_spm=governed,
        pump_rate_spm=rate,
        flow_in_l_per_min=flow,
        standpipe_pressure_psi=_lagged(state.standpipe_pressure_psi, loss, model.standpipe_lag_s, dt_s),
        wellhead_pressure_psi=_wellhead(model, state.wellhead_pressure_psi, controls, dt_s),
        temperature_degc=_return_temperature(model, state.temperature_degc, flow, hole, dt_s),
        bit_depth_m=bit,
        hole_depth_m=hole,
    )


def _lagged(value: float, target: float, lag_s: float, dt_s: float) -> float:
    """Return a first-order lag's exact answer after `dt_s` of constant target."""
    return target + (value - target) * math.exp(-dt_s / lag_s)


def _governed(model: WellModel, rate_spm: float, set_point_spm: float, dt_s: float) -> float:
    """Return the rate the drive reaches: a lag towards the set point, never faster than its ramp."""
    change = _lagged(rate_spm, set_point_spm, model.pump_lag_s, dt_s) - rate_spm
    limit = model.pump_ramp_spm_per_s * dt_s
    reached = rate_spm + min(max(change, -limit), limit)
    # A stroke a minute is where the drive trips out: a pump told to stop stands still.
    return 0.0 if set_point_spm == 0.0 and reached < 1.0 else reached


def _circulating_loss(model: WellModel, flow_l_per_min: float, bit_depth_m: float) -> float:
    """Return the pressure [psi] it takes to push the flow round."""
    at_reference = model.fixed_loss_psi + model.pipe_loss_psi_per_m * bit_depth_m
    return at_reference * (flow_l_per_min / model.reference_flow_l_per_min) ** 2


def _wellhead(model: WellModel, pressure_psi: float, controls: Controls, dt_s: float) -> float:
    if controls.closed_in:
        return max(0.0, pressure_psi + controls.charge_psi_per_s * dt_s)
    return _lagged(pressure_psi, controls.choke_set_point_psi, model.choke_lag_s, dt_s)


def _return_temperature(
    model: WellModel, temperature_degc: float, flow_l_per_min: float, hole_depth_m: float, dt_s: float
) -> float:
    exchange = flow_l_per_min / (flow_l_per_min + model.half_heating_l_per_min)
    target = model.surface_degc + model.heating_degc_per_m * hole_depth_m * exchange
    lag_s = model.pumping_lag_s if flow_l_per_min > 0.0 else model.standing_lag_s
    return _lagged(temperature_degc, target, lag_s, dt_s)
