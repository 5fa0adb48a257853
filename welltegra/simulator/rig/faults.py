"""The faults that are on at a well. Pure: the second goes in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from welltegra.simulator.rig.tags import NAMES, STATE_TAG

Kind = Literal[
    "breach", "noise", "freeze", "dropout", "bad-status", "nan", "clock-skew", "clock-step", "unit-change", "local"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
# A word is no number: it cannot be driven past a limit, shaken, NaN or in another unit.
OF_NUMBERS: frozenset[Kind] = frozenset({"breach", "noise", "nan", "unit-change"})
# These are of the well, not of one tag.
OF_WELLS: frozenset[Kind] = frozenset({"clock-step", "local"})
SENSOR_FAILURE = "BadSensorFailure"
# What `bad-status` may be told. An uncertain status keeps the value; OPC UA takes it from a bad one.
STATUSES = (
    SENSOR_FAILURE,
    "BadDeviceFailure",
    "BadNotConnected",
    "BadCommunicationError",
    "BadOutOfService",
    "UncertainSensorNotAccurate",
    "UncertainLastUsableValue",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong on purpose, from second `start` up to, and without, second `end`.

    tag: None for all of the well that it can befall. end: None until it is cleared.
    amount: in breach the value to reach and in noise one sigma [the tag's unit]; for clocks the offset [s].
    word: in bad-status the name of the status; in unit-change the unit, empty for each tag's usual other one.
    """

    kind: Kind
    well: str
    tag: str | None
    start: int
    end: int | None
    amount: float | None = None
    word: str = ""

    def befalls(self, tag: str) -> bool:
        if self.tag is None:
            return tag != STATE_TAG or self.kind not in OF_NUMBERS
        return tag == self.tag


class Faults:
    """What is on at one well. A fault replaces one of its kind and tag."""

    def __init__(self) -> None:
        self._on: dict[tuple[Kind, str | None], Fault] = {}

    def put_on(self, fault: Fault) -> None:
        self._on.pop((fault.kind, fault.tag), None)  # so that it comes last
        self._on[fault.kind, fault.tag] = fault

    def clear(self, tag: str | None = None) -> int:
        """Take off the faults of a tag, or all; return how many."""
        off = [key for key in self._on if tag is None or key[1] == tag]
        for key in off:
            del self._on[key]
        return len(off)

    def expire(self, second: int) -> None:
        self._on = {key: fault for key, fault in self._on.items() if fault.end is None or second < fault.end}

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._on.values())

    def on(self, kind: Kind, tag: str) -> Fault | None:
        """Return the fault of a kind that befalls a tag: the one asked for last, where several do."""
        found = None
        for fault in self._on.values():
            if fault.kind == kind and fault.befalls(tag):
                found = fault
        return found


assert STATE_TAG in NAMES
