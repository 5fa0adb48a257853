"""The rig without its server: wells, their requests and their faults, moved on one second at a time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from welltegra.simulator.rig.asks import Ask, as_json, fault_of, said, tag_of
from welltegra.simulator.rig.faults import Fault, Faults
from welltegra.simulator.rig.request import Envelope, Request, Result, Shown
from welltegra.simulator.rig.tags import TAG
from welltegra.simulator.rig.well import Well
from welltegra.simulator.rig.wires import Reading, Wires, unit_shown


class Scan(NamedTuple):
    """One well's second. units: of every tag with numbers, also of one that is not heard of."""

    well: str
    readings: list[Reading]
    units: dict[str, str]
    request: Shown


class _RigWell:
    def __init__(self, name: str, seed: int, envelope: Envelope) -> None:
        self.well, self.wires = Well(name, seed), Wires(name, seed)
        self.request, self.faults = Request(envelope), Faults()

    def step(self, second: int, time_us: int) -> Scan:
        self.faults.expire(second)
        self.request.put(any(fault.kind == "local" for fault in self.faults))
        breach = self.faults.on("breach", "pump_rate")
        measured = self.well.step(
            lambda driller, rate: self.request.set_point_spm(second, driller, rate),
            None if breach is None else breach.amount,
        )
        return Scan(
            self.well.name,
            self.wires.readings(time_us, measured, self.well.operating_state, self.faults),
            {tag: unit_shown(tag, self.faults) for tag in TAG},
            self.request.shown(),
        )


class Rig:
    """Wells by name. What is asked or written between two seconds holds from the later one on."""

    def __init__(self, wells: Sequence[str], seed: int, envelope: Envelope | None = None) -> None:
        self.envelope = envelope or Envelope()
        self.seed = seed
        self._wells = {name: _RigWell(name, seed, self.envelope) for name in wells}
        self._second = -1

    @property
    def wells(self) -> tuple[str, ...]:
        return tuple(self._wells)

    def step(self, time_us: int) -> list[Scan]:
        """Return the next second of every well, stamped with `time_us` but for what is wrong with its clock."""
        self._second += 1
        return [well.step(self._second, time_us) for well in self._wells.values()]

    def write_request(self, well: str, value: object) -> Result:
        """Return how the PLC of a well answers to a value written into its request tag."""
        return self._wells[well].request.write(value, self._second + 1)

    def shown(self, well: str) -> Shown:
        return self._wells[well].request.shown()

    def ask(self, ask: Ask) -> str:
        """Put a fault on, or clear; return what is so from the next second on, as a sentence.

        Raises:
            ConnectorError: It cannot be so.
        """
        if ask.what == "clear":
            return self._clear(ask)
        fault = fault_of(ask, self._wells, self._second + 1)
        found = self._wells[fault.well]
        found.faults.put_on(fault)
        if fault.kind == "local":
            found.request.put(True)  # a key that was turned holds at once
        return f"{said(fault)}."

    def on(self) -> list[str]:
        """Return the faults that are on, each as JSON."""
        return [as_json(fault, self._second + 1) for fault in self._faults()]

    def _faults(self) -> list[Fault]:
        return [
            fault
            for well in self._wells.values()
            for fault in well.faults
            if fault.end is None or self._second + 1 < fault.end
        ]

    def _clear(self, ask: Ask) -> str:
        """Take faults off: of a tag, of a well, or without a well of all."""
        tag = tag_of(ask, self._wells) if ask.well else None
        wells = [ask.well] if ask.well else list(self._wells)
        count = sum(self._wells[well].faults.clear(tag) for well in wells)
        what = "all wells" if not ask.well else ask.well if tag is None else f"{ask.well}/{tag}"
        return f"{what}: {count} fault{'s' if count != 1 else ''} taken off."
