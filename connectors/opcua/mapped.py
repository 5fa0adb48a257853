"""What is known of each tag of the map, from one connection to the next."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from connectors.errors import UnknownUnit
from connectors.opcua.tag_map import MappedTag, TagMap
from connectors.units import unit as known_unit

log = logging.getLogger(__name__)

# Steps between samples jitter; what is less than so many is none.
_MISSED: Final = 1.8
_MOST_TOLD: Final = 20


@dataclass(slots=True)
class TagState:
    """A tag of the map, as it stands.

    unit: as a scan states it; None where nobody does. is_unit_known: whether its readings can be used. refused: why
    the server does not serve it, None if it does. last, period: source time of the last reading, and the usual step
    [us]; None before there were any. is_fresh: nothing has come since the subscription was made.
    """

    number: int
    mapped: MappedTag
    unit: str | None = None
    is_unit_known: bool = True
    refused: str | None = None
    last: int | None = None
    period: int | None = None
    is_fresh: bool = True

    def came(self, time: int) -> None:
        """Note the source time of a reading that came."""
        if self.last is not None and (step := time - self.last) > 0:
            # The shortest step is the usual one; it may grow, as a source may be made slower.
            self.period = step if self.period is None else min(step, 2 * self.period)
        self.last = time
        self.is_fresh = False

    def missed_before(self, time: int) -> bool:
        """Return whether there should have been readings between the last and the one of `time`."""
        if self.last is None or time <= self.last:
            return False
        return self.period is None or time - self.last > _MISSED * self.period


@dataclass
class Mapped:
    """The tags of a map, by their positions in it."""

    tag_map: TagMap
    states: list[TagState] = field(init=False)
    _told: set[str] = field(init=False, default_factory=set)
    _tellings: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Begin with what the map itself says."""
        self.states = [TagState(number, tag, tag.unit) for number, tag in enumerate(self.tag_map.tags)]
        self._numbers = {(tag.well, tag.tag): number for number, tag in enumerate(self.tag_map.tags)}

    def number(self, well: str, tag: str) -> int:
        """Return the position of a tag."""
        return self._numbers[well, tag]

    def served(self) -> Iterator[TagState]:
        """Yield the tags that the server serves."""
        return (state for state in self.states if state.refused is None)

    def begin_connection(self) -> None:
        """Forget what another connection may find otherwise."""
        for state in self.states:
            state.refused, state.is_fresh = None, True
        self._tellings = 0

    def refuse(self, state: TagState, must: str, found: str, remedy: str) -> None:
        """Note that a tag is not served, and tell it once for each reason."""
        if state.refused != found:
            self._tell(state, must, found, remedy)
        state.refused = found

    def set_unit(self, state: TagState, spelling: str | None) -> None:
        """Note the unit that a node says it has; tell it where it is another than before, or none of the table."""
        before, was_known = state.unit, state.is_unit_known
        state.unit, state.is_unit_known = spelling, True
        if spelling is not None:
            try:
                known_unit(spelling)
            except UnknownUnit as error:
                # In the unit that the rules declare it might be judged wrongly; so it is not judged at all.
                state.unit, state.is_unit_known = None, False
                remedy = f"{error.remedy} Until then its readings are bad; state `unit:` in the tag map."
                self._tell(state, "its EngineeringUnits must be of the closed unit table", repr(spelling), remedy)
                return
        if state.last is not None and (state.unit != before or not was_known):
            log.warning("unit_changed place=%r from=%r to=%r", self.tag_map.place(state.mapped), before, spelling)

    def tell_untimed(self, state: TagState, timed_by: str) -> None:
        """Tell once that a node's samples come without a time of their source."""
        found = f"none; the time is {'the server' if timed_by == 'server' else 'our clock'}'s"
        self._tell(state, "its samples must have a source time", found, "Have the server give it one.")

    def _tell(self, state: TagState, must: str, found: str, remedy: str) -> None:
        sentence = f"{self.tag_map.place(state.mapped)}: {must}; was {found}. {remedy}"
        if sentence in self._told:
            return
        self._told.add(sentence)
        self._tellings += 1
        if self._tellings <= _MOST_TOLD:
            log.warning("tag_faulty %s", sentence)
        elif self._tellings == _MOST_TOLD + 1:
            log.warning("tag_faulty more tags of %s are; see welltegra_ingest_tags", self.tag_map.where)
