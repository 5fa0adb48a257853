"""Between a well's sensors and its tags: what a server shows of each second, with the faults that are on. Pure."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from connectors.units import conversion, unit
from welltegra.simulator.rig.faults import SENSOR_FAILURE, Faults
from welltegra.simulator.rig.tags import STATE_TAG, TAG, TAGS, RigTag
from welltegra.simulator.rig.well import Measured, reading

GOOD = "Good"


class Reading(NamedTuple):
    """What a tag shows. time_us: by the well's own clock [us since epoch, UTC]. status: its name in OPC UA."""

    tag: str
    time_us: int
    value: float | str
    unit: str
    status: str


class Wires:
    """One well's wires. `seed` is for the noise that is asked for."""

    def __init__(self, name: str, seed: int) -> None:
        self._rng = np.random.default_rng([seed, 1, *name.encode()])
        self._held: dict[str, float | str] = {}

    def readings(self, time_us: int, measured: dict[str, Measured], state: str, faults: Faults) -> list[Reading]:
        """Return a reading of each tag that is heard of this second."""
        found = [self._reading(tag, time_us, self._number(tag, measured[tag.name], faults), faults) for tag in TAGS]
        held = state if faults.on("freeze", STATE_TAG) is None else self._held.get(STATE_TAG, state)
        self._held[STATE_TAG] = held
        found.append(_sent(STATE_TAG, time_us, held, "", faults))
        return [each for each in found if each is not None]

    def _number(self, tag: RigTag, measured: Measured, faults: Faults) -> float:
        """Return what the sensor shows, in the tag's unit."""
        value = reading(measured, tag.decimals)
        if (breach := faults.on("breach", tag.name)) is not None and breach.amount is not None:
            value = _beyond(breach.amount, measured, tag.decimals)
        if (noise := faults.on("noise", tag.name)) is not None:
            sigma = tag.noise if noise.amount is None else noise.amount
            shaken = value + sigma * float(self._rng.standard_normal())
            value = round(max(shaken, 0.0), tag.decimals) + 0.0
        if faults.on("freeze", tag.name) is not None:
            value = float(self._held.get(tag.name, value))
        self._held[tag.name] = value
        return value

    def _reading(self, tag: RigTag, time_us: int, value: float, faults: Faults) -> Reading | None:
        shown = unit_shown(tag.name, faults)
        if shown != tag.unit:
            factor, offset = conversion(tag.unit, shown)
            value = value * factor + offset
        if faults.on("nan", tag.name) is not None:
            value = math.nan
        return _sent(tag.name, time_us, value, shown, faults)


def unit_shown(tag: str, faults: Faults) -> str:
    """Return the symbol of the unit that a tag of numbers is shown in."""
    changed = faults.on("unit-change", tag)
    if changed is None:
        return TAG[tag].unit
    return unit(changed.word or TAG[tag].other_unit).symbol


def offset_us(tag: str, faults: Faults) -> int:
    """Return how far the clock that stamps a tag is off."""
    on = (faults.on("clock-skew", tag), faults.on("clock-step", tag))
    return sum(round(fault.amount * 1e6) for fault in on if fault is not None and fault.amount is not None)


def _sent(tag: str, time_us: int, value: float | str, shown: str, faults: Faults) -> Reading | None:
    if faults.on("dropout", tag) is not None:
        return None
    bad = faults.on("bad-status", tag)
    status = GOOD if bad is None else bad.word or SENSOR_FAILURE
    return Reading(tag, time_us + offset_us(tag, faults), value, shown, status)


def _beyond(target: float, measured: Measured, decimals: int) -> float:
    """Return a reading at `target` or, by the sensor's error, beyond it; on the far side of where the well is."""
    if target >= measured.value:
        return max(target, round(target + abs(measured.error), decimals))
    return min(target, round(target - abs(measured.error), decimals)) + 0.0
