"""One well of the rig: its physics, its timetable and its sensors. Pure: it is told when a second has passed."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from welltegra.simulator import physics
from welltegra.simulator.rig.tags import STATE_TAG, TAGS
from welltegra.simulator.rig.timetable import Second, seconds

_SETTLED_S = 120  # by then a pump that was started holds its rate and its pressure

# The set point that the pump is to follow [spm], from the driller's own and the rate that it has.
SetPoint = Callable[[float, float], float]


class Measured(NamedTuple):
    """What there is to measure, and the sensor's own error: `value + error` is what it would read, unrounded."""

    value: float
    error: float


class Well:
    """The same name and seed give the same seconds, whatever else runs beside it and whenever they are asked for."""

    def __init__(self, name: str, seed: int) -> None:
        self.name = name
        # By name and not by number: a well is the same alone and among others.
        timetable_rng, self._sensor_rng = np.random.default_rng([seed, *name.encode()]).spawn(2)
        self._model = physics.WellModel()
        depth_m = round(float(timetable_rng.uniform(1_800.0, 3_000.0)), 2)
        self._seconds = seconds(timetable_rng)
        self._next = next(self._seconds)
        self._state = self._settled(depth_m)
        self.operating_state = self._next.state

    def _settled(self, depth_m: float) -> physics.WellState:
        """Return the well with its pump at rate, before the bit touches bottom."""
        temperature_degc = self._model.surface_degc + 0.75 * self._model.heating_degc_per_m * depth_m
        state = physics.standing(self._model, depth_m, self._next.controls.choke_set_point_psi, temperature_degc)
        circulating = self._next.controls._replace(block_speed_m_per_s=0.0)
        for _ in range(_SETTLED_S):
            state = physics.step(self._model, state, circulating, dt_s=1.0)
        return state

    @property
    def pump_rate_spm(self) -> float:
        return self._state.pump_rate_spm

    def step(self, set_point: SetPoint, pump_driven_to_spm: float | None = None) -> dict[str, Measured]:
        """Return what the sensors of numbers see a second later; `operating_state` is of that second, too.

        pump_driven_to_spm: a governor that fails drives a running pump there at once; flow and pressure follow.
        """
        second: Second = self._next
        self._next = next(self._seconds)
        controls = second.controls
        followed = set_point(controls.pump_set_point_spm, self._state.governed_spm)
        controls = controls._replace(pump_set_point_spm=followed)
        if pump_driven_to_spm is not None:
            controls = controls._replace(governor_upset_spm=pump_driven_to_spm - self._state.governed_spm)
        self._state = physics.step(self._model, self._state, controls, dt_s=1.0)
        self.operating_state = second.state
        # A number for every tag, used or not: what is asked of one tag must not change the noise of another.
        noise = np.clip(self._sensor_rng.standard_normal(len(TAGS)), -3.0, 3.0).tolist()
        found = {}
        for tag, drawn in zip(TAGS, noise, strict=True):
            value = getattr(self._state, tag.measures)
            found[tag.name] = Measured(value, drawn * (tag.sigma + tag.relative_sigma * abs(value)))
        return found


def reading(measured: Measured, decimals: int) -> float:
    """Return what a sensor shows: no sensor here shows less than nothing, nor -0.0."""
    return round(max(measured.value + measured.error, 0.0), decimals) + 0.0


assert STATE_TAG not in {tag.name for tag in TAGS}
