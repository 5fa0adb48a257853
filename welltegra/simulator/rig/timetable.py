"""What a crew does all day, second by second and without end: the state it would report, and the controls it sets.

Stands and tests are those of the well day (`welltegra.simulator.schedule`), cut shorter: who watches a rig for half an
hour is to see a connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from welltegra.simulator import schedule
from welltegra.simulator.physics import Controls
from welltegra.simulator.schedule import ControlTable, Phase

_JOINT_FROM_S, _JOINT_TO_S = 900, 1_500
_CONNECTION_FROM_S, _CONNECTION_TO_S = 180, 300
_TEST_S = 1_320
# After a joint: how often what comes. Well control is rare on a rig, and here.
_TEST_SHARE, _SHUT_IN_SHARE, _WELL_CONTROL_SHARE = 0.10, 0.10, 0.01
_UNKNOWN_SHARE = 0.15
_OPENING_S = 60
_KILL_SPM = 40.0
_CHOKE_PSI = 430.0


class Second(NamedTuple):
    """One second: a word of `tags.STATES`, and what crew and rock impose during it."""

    state: str
    controls: Controls


def seconds(rng: np.random.Generator) -> Iterator[Second]:
    """Yield the seconds of a well, the first one drilling. The same generator state gives the same seconds."""
    connection, drilling = _joint(rng)
    yield from drilling
    while True:
        yield from _between(rng)
        connection, drilling = _joint(rng)
        yield from connection
        yield from drilling


def _joint(rng: np.random.Generator) -> tuple[list[Second], list[Second]]:
    """Return a connection, and the drilling of the joint that it added."""
    made_up = int(rng.integers(_CONNECTION_FROM_S, _CONNECTION_TO_S))
    drilled = made_up + int(rng.integers(_JOINT_FROM_S, _JOINT_TO_S))
    phases = (Phase("connection", 0, made_up), Phase("drilling", made_up, drilled))
    controls = _first(schedule.controls(phases, rng), drilled)
    states = ["connection"] * made_up + ["pumping"] * (drilled - made_up)
    if rng.random() < _UNKNOWN_SHARE:
        # The crew's tablet has lost its network: the well goes on, and nobody says what it does.
        lost = int(rng.integers(made_up, drilled - 60))
        states[lost : lost + 60] = ["unknown"] * 60
    both = [Second(*pair) for pair in zip(states, controls, strict=True)]
    return both[:made_up], both[made_up:]


def _between(rng: np.random.Generator) -> list[Second]:
    """Return what happens between two joints; mostly nothing."""
    draw = rng.random()
    if draw < _TEST_SHARE:
        table = schedule.controls((Phase("pressure_test", 0, _TEST_S),), rng)
        return _seconds("pressure_test", _first(table, _TEST_S))
    if draw < _TEST_SHARE + _SHUT_IN_SHARE:
        return _seconds("shut_in", list(_closed_in(int(rng.integers(300, 600)), charge_psi_per_s=4.0)))
    if draw < _TEST_SHARE + _SHUT_IN_SHARE + _WELL_CONTROL_SHARE:
        return _well_control()
    return []


def _well_control() -> list[Second]:
    """Return a kick: closed in while the pressure builds up, then circulated out slowly, through the choke."""
    closed = _closed_in(300, charge_psi_per_s=6.0, opening_s=0)
    out = ControlTable(900)
    out.pump_spm[:] = _KILL_SPM
    out.choke_psi[:] = np.linspace(1_150.0, _CHOKE_PSI, 900)
    return _seconds("well_control", [*closed, *out])


def _closed_in(length: int, charge_psi_per_s: float, opening_s: int = _OPENING_S) -> ControlTable:
    """Return the controls of a well whose valves are shut: what flows in below builds up pressure, and levels off."""
    table = ControlTable(length)
    table.choke_psi[:] = _CHOKE_PSI
    table.closed_in[: length - opening_s] = True
    table.charge_psi_per_s[: length - opening_s] = charge_psi_per_s * np.exp(-np.arange(length - opening_s) / 120.0)
    return table


def _first(table: ControlTable, length: int) -> list[Controls]:
    """Return the controls of the first seconds of a table that is a day long."""
    short = ControlTable(length)
    for name, column in vars(table).items():
        setattr(short, name, column[:length])
    return list(short)


def _seconds(state: str, controls: list[Controls]) -> list[Second]:
    return [Second(state, each) for each in controls]
