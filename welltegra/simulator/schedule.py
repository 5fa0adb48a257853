"""The driller's timetable for one day, the controls it means second by second, and the breaches planned into it.

The day: drill five stands, circulate, trip out to the shoe, pressure-test, trip in, circulate, drill until midnight.
Its first quarter of an hour is a digest: a demo plays it at ten times life speed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from welltegra.simulator.physics import Controls

DAY_S = 86_400
DAY_START = datetime(2026, 3, 2, tzinfo=UTC)
DIGEST_S = 900

Activity = Literal["connection", "drilling", "circulating", "tripping_out", "pressure_test", "tripping_in"]
Floats = npt.NDArray[np.float64]

_MORNING_STANDS = 5
_STAND_M, _STAND_FROM_S, _STAND_TO_S = 28.5, 3_600, 4_680
_TRIP_STANDS = 22
_TRIP_MOVE_S, _TRIP_SLIPS_S = 90, 100
_PICK_UP_M, _PICK_UP_S = 2.0, 20
_TESTS = 4
_TEST_S = 1_320
_TEST_LOW_PSI, _TEST_HIGH_PSI = 300.0, 4_200.0
_TEST_CHARGE_PSI_PER_S = 12.0
# The choke holds more back pressure while the pump stands, to make up for the friction that stopped with it.
_CHOKE_PUMPING_PSI, _CHOKE_STANDING_PSI, _CHOKE_BLED_PSI = 280.0, 430.0, 50.0


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    """Something put into the day on purpose, and what the engine should say of it.

    Attributes:
        kind: What it is, as a word: `rate_creep`, `dropout`, `two_values`, ...
        tag: The tag it happens to.
        start: Every affected sample, and every alert about them, has its time in [start, end].
        end: See start.
        expected: The transitions of the tag's condition, in order; empty when the engine should stay silent.
        level: The worst level reached, None when the level does not move.
        rows: Rows of the file that were tampered with: changed, added or left out; 0 for a breach honestly reported.
        note: The same for people.
    """

    kind: str
    tag: str
    start: datetime
    end: datetime
    expected: tuple[str, ...]
    level: Literal["yellow", "red"] | None
    rows: int
    note: str


class Phase(NamedTuple):
    """One activity of the day, from second `start_s` up to, and without, second `end_s`."""

    activity: Activity
    start_s: int
    end_s: int


class ControlTable:
    """The controls of each second of the day, as arrays of shape (seconds,)."""

    def __init__(self, seconds: int = DAY_S) -> None:
        self.pump_spm: Floats = np.zeros(seconds)
        self.block_m_per_s: Floats = np.zeros(seconds)
        self.drillability_m_per_s: Floats = np.zeros(seconds)
        self.choke_psi: Floats = np.full(seconds, _CHOKE_STANDING_PSI)
        self.closed_in: npt.NDArray[np.bool_] = np.zeros(seconds, dtype=bool)
        self.charge_psi_per_s: Floats = np.zeros(seconds)
        self.upset_spm: Floats = np.zeros(seconds)

    def __iter__(self) -> Iterator[Controls]:
        columns = (
            self.pump_spm,
            self.block_m_per_s,
            self.drillability_m_per_s,
            self.choke_psi,
            self.closed_in,
            self.charge_psi_per_s,
            self.upset_spm,
        )
        return map(Controls._make, zip(*(column.tolist() for column in columns), strict=True))


def at(second: float) -> datetime:
    """Return the time of a second of the day."""
    return DAY_START + timedelta(seconds=second)


def timetable(rng: np.random.Generator) -> tuple[Phase, ...]:
    """Return the day's activities without gap or overlap, from 0 to DAY_S."""
    phases = [Phase("connection", 0, 50)]  # midnight finds the crew at the end of a connection

    def then(activity: Activity, seconds: int) -> None:
        start = phases[-1].end_s
        phases.append(Phase(activity, start, min(start + seconds, DAY_S)))

    def drill(stands: int) -> None:
        for _ in range(stands):
            then("drilling", int(rng.integers(_STAND_FROM_S, _STAND_TO_S)))
            then("connection", int(rng.integers(240, 420)))

    drill(_MORNING_STANDS)
    then("circulating", 3_000)
    then("tripping_out", _TRIP_STANDS * (_TRIP_MOVE_S + _TRIP_SLIPS_S))
    then("pressure_test", _TESTS * _TEST_S)
    then("tripping_in", _TRIP_STANDS * (_TRIP_MOVE_S + _TRIP_SLIPS_S))
    then("circulating", 1_800)
    while phases[-1].end_s < DAY_S:
        drill(1)
    return tuple(phase for phase in phases if phase.start_s < phase.end_s)


def stands(phases: tuple[Phase, ...]) -> list[Phase]:
    """Return the drilling phases, in order."""
    return [phase for phase in phases if phase.activity == "drilling"]


def controls(phases: tuple[Phase, ...], rng: np.random.Generator) -> ControlTable:
    """Return the controls of an uneventful day."""
    table = ControlTable()
    rate_spm = 100.0
    for phase in phases:
        match phase.activity:
            case "connection":
                next_rate = float(rng.integers(98, 104))
                _connection(table, phase, rate_spm, next_rate)
                rate_spm = next_rate
            case "drilling":
                _drilling(table, phase, rate_spm, rng)
            case "circulating":
                _circulating(table, phase)
            case "tripping_out":
                _tripping(table, phase, direction=-1.0)
            case "tripping_in":
                _tripping(table, phase, direction=1.0)
            case "pressure_test":
                for test in range(_TESTS):
                    _pressure_test(table, phase.start_s + test * _TEST_S)
    return table


def _connection(table: ControlTable, phase: Phase, rate_spm: float, next_rate_spm: float) -> None:
    """Pick up off bottom, stop the pump, add a stand, stage the pump up. The day may start or end inside one."""
    start, end = phase.start_s, phase.end_s
    table.choke_psi[start:end] = _CHOKE_STANDING_PSI
    if start > 0:
        table.block_m_per_s[start : start + _PICK_UP_S] = -_PICK_UP_M / _PICK_UP_S
        table.pump_spm[start : min(start + _PICK_UP_S, end)] = rate_spm
    if end < DAY_S:
        table.pump_spm[end - 30 : end - 12] = 50.0
        table.pump_spm[end - 12 : end] = next_rate_spm
        table.choke_psi[end - 30 : end] = _CHOKE_PUMPING_PSI


def _drilling(table: ControlTable, phase: Phase, rate_spm: float, rng: np.random.Generator) -> None:
    seconds = slice(phase.start_s, phase.end_s)
    length = phase.end_s - phase.start_s
    table.pump_spm[seconds] = rate_spm
    table.choke_psi[seconds] = _CHOKE_PUMPING_PSI
    # The blocks push faster than any rock gives way: what limits the bit is the rock.
    table.block_m_per_s[seconds] = 0.1
    whole_stand_s = max(length, _STAND_FROM_S)  # midnight cuts the last stand short
    table.drillability_m_per_s[seconds] = _STAND_M / whole_stand_s * _softness(length, rng)


def _softness(length: int, rng: np.random.Generator) -> Floats:
    """Return factors around 1 that wander as the layers change: noise averaged over two minutes of hole."""
    window = 120
    noise = rng.standard_normal(length + window - 1)
    layers = np.convolve(noise, np.full(window, 1.0 / window), mode="valid") * np.sqrt(window)
    factor: Floats = np.clip(1.0 + 0.22 * layers, 0.3, 1.8)
    return factor


def _circulating(table: ControlTable, phase: Phase) -> None:
    """Pump off bottom while the pipe is worked slowly up and down; the last stroke ends where the first began."""
    start, end = phase.start_s, phase.end_s
    table.pump_spm[start:end] = 96.0
    table.pump_spm[start : start + 60] = 50.0
    table.choke_psi[start:end] = _CHOKE_PUMPING_PSI
    stroke_s, speed = 300, 0.03
    for k, second in enumerate(range(start, end, stroke_s)):
        table.block_m_per_s[second : second + stroke_s] = -speed if k % 2 == 0 else speed


def _tripping(table: ControlTable, phase: Phase, direction: float) -> None:
    ramp = 15
    shape = np.minimum(1.0, np.minimum(np.arange(1, _TRIP_MOVE_S + 1), np.arange(_TRIP_MOVE_S, 0, -1)) / ramp)
    speed = direction * _STAND_M * shape / shape.sum()
    for start in range(phase.start_s, phase.end_s, _TRIP_MOVE_S + _TRIP_SLIPS_S):
        table.block_m_per_s[start : start + _TRIP_MOVE_S] = speed


def _pressure_test(table: ControlTable, start: int) -> None:
    """Bleed down, close in, hold the low test for five minutes and the high test for ten, bleed down."""
    table.choke_psi[start : start + _TEST_S] = _CHOKE_BLED_PSI
    closed = slice(start + 60, start + 1_290)
    table.closed_in[closed] = True
    table.charge_psi_per_s[closed] = -0.02  # a sound barrier loses a little as the fluid cools
    low_s = round((_TEST_LOW_PSI - _CHOKE_BLED_PSI) / _TEST_CHARGE_PSI_PER_S)
    high_s = round((_TEST_HIGH_PSI - _TEST_LOW_PSI) / _TEST_CHARGE_PSI_PER_S)
    table.charge_psi_per_s[start + 60 : start + 60 + low_s] = _TEST_CHARGE_PSI_PER_S
    table.charge_psi_per_s[start + 360 : start + 360 + high_s] = _TEST_CHARGE_PSI_PER_S


# Breaches. Each changes the controls, never a reading: rate, flow and pressures then agree, as on a rig.

_EPISODE = ("raised", "escalated", "deescalated", "cleared")
_SETTLE_S = 40  # ramp down, and the 10 s after which a level resets


def yellow_excursion(table: ControlTable, start: int, rate_spm: float, hold_s: int) -> PlannedEvent:
    """Raise the pump rate into yellow for `hold_s` and return it."""
    table.pump_spm[start : start + hold_s] = rate_spm
    note = f"pump rate at {rate_spm:g} spm for {hold_s} s to lift cuttings"
    end = at(start + hold_s + _SETTLE_S)
    return PlannedEvent("yellow_excursion", "pump_rate", at(start), end, ("raised", "cleared"), "yellow", 0, note)


def rate_creep(table: ControlTable, start: int, peak_spm: float, ramp_s: int) -> PlannedEvent:
    """Let the pump rate creep to `peak_spm` in `ramp_s`, stay 25 s, then ease it back by way of 112 spm."""
    base = float(table.pump_spm[start])
    table.pump_spm[start : start + ramp_s] = np.linspace(base, peak_spm, ramp_s)
    top, eased, end = start + ramp_s, start + ramp_s + 25, start + ramp_s + 55
    table.pump_spm[top:eased] = peak_spm
    table.pump_spm[eased:end] = 112.0
    note = f"pump rate creeps from {base:g} to {peak_spm:g} spm in {ramp_s} s, then is eased back"
    return PlannedEvent("rate_creep", "pump_rate", at(start), at(end + _SETTLE_S), _EPISODE, "red", 0, note)


def overspeed(table: ControlTable, start: int, upsets_spm: tuple[float, ...]) -> PlannedEvent:
    """Upset the governor for a few seconds: straight from normal to red and back."""
    table.upset_spm[start : start + len(upsets_spm)] = upsets_spm
    peak = float(table.pump_spm[start]) + max(upsets_spm)
    note = f"governor upset: {len(upsets_spm)} s of over-speed to about {peak:.0f} spm"
    end = at(start + len(upsets_spm) + _SETTLE_S)
    return PlannedEvent("overspeed", "pump_rate", at(start), end, ("raised", "cleared"), "red", 0, note)


def chatter(table: ControlTable, start: int, length_s: int = 60) -> PlannedEvent:
    """Hold 119 spm, with the governor hunting to 121 spm and back every second for `length_s`."""
    settled = start + 15
    table.pump_spm[start : settled + length_s] = 119.0
    table.upset_spm[settled : settled + length_s] = np.resize([0.0, 2.0], length_s)
    note = f"pump rate hunts between 119 and 121 spm for {length_s} s: one episode"
    end = at(settled + length_s + _SETTLE_S)
    return PlannedEvent("chatter", "pump_rate", at(start), end, _EPISODE, "red", 0, note)


def pressure_build_up(table: ControlTable, phase: Phase, test: int) -> PlannedEvent:
    """Let the test pump feed past a leaking valve during a high test: past 5,000 psi, then bled back to the test."""
    held = phase.start_s + test * _TEST_S + 360 + 325
    feed_s, feed_psi_per_s, bleed_s = 400, 2.7, 135
    bled = held + feed_s
    table.charge_psi_per_s[held:bled] = feed_psi_per_s
    table.charge_psi_per_s[bled : bled + bleed_s] = -8.0
    peak = _TEST_HIGH_PSI + feed_s * feed_psi_per_s
    note = f"pressure test {test + 1}: wellhead builds up to about {peak:,.0f} psi, then is bled off"
    end = at(bled + bleed_s + _SETTLE_S)
    return PlannedEvent("pressure_build_up", "wellhead_pressure", at(held), end, _EPISODE, "red", 0, note)
