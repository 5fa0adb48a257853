"""All conditions of some wells: their limits, their memory, and the batch calls on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypedDict

import numpy as np
import numpy.typing as npt

from rules.activation import Memories, carry_over, enter, leave, same_conditions
from rules.compiled import plain
from rules.errors import StateMismatch
from rules.judge import judge, lapse, lapse_at_end, still_open
from rules.limit import HIGH, is_breaching, side
from rules.memory import EXCURSION, MEMORY, MOST_RECORDS_PER_SAMPLE, NOTE, TALLY, TRANSITION, Transition, forget
from rules.rule_set import RuleSet
from rules.sample import NO_TIME
from rules.slots import Condition, Slots, splice
from rules.step import level_of, view_of

_OUT_ROWS = 4096
_FEWEST_NOTES = 4096

_side, _is_breaching = plain(side), plain(is_breaching)

Records = npt.NDArray[np.void]


class SavedConditions(TypedDict):
    """Memory between two runs, small: rows that never left normal take no room but their last sample."""

    rules: str
    memory: bytes
    excursion_slots: bytes
    excursion: bytes
    notes: bytes


class Conditions:
    """The conditions of some wells, in slots: those of one tag side by side, tags in rule-file order."""

    def __init__(self, rule_sets: Iterable[RuleSet]) -> None:
        self._slots = Slots(rule_sets)
        self.tags = self._slots.tags
        self._limits = _records(self._slots.limits)
        slots = len(self._slots)
        self.memory = _records(np.zeros(slots, MEMORY))
        self._excursions = _records(np.zeros(slots, EXCURSION))
        self.tally = _records(np.zeros(slots, TALLY))
        self._notes = _records(np.zeros(self._fewest_notes, NOTE))
        self._noted = np.zeros(1, np.int64)
        self._out = _records(np.zeros(self._out_rows, TRANSITION))

    def __len__(self) -> int:
        return len(self._slots)

    def __getitem__(self, slot: int) -> Condition:
        return self._slots[slot]

    def unit(self, tag: int) -> str:
        """Return the unit of a tag, by its index in `tags`."""
        return self._slots.unit(tag)

    @property
    def versions(self) -> Mapping[str, int]:
        """Return the version of each well's rules, in the order of the rule sets."""
        return self._slots.versions

    @property
    def _fewest_notes(self) -> int:
        # Twice what one sample may write: half full, there is still room for the next.
        return max(_FEWEST_NOTES, 2 * self._slots.most_of_a_tag)

    @property
    def _out_rows(self) -> int:
        return max(_OUT_ROWS, MOST_RECORDS_PER_SAMPLE * self._slots.most_of_a_tag)

    def in_file_order(self) -> list[int]:
        """Return the slots in the order of the rule sets and of the constraints in each."""
        return [int(slot) for slot in self._slots.in_file_order]

    def compare(self, slot: int, value: float) -> tuple[int, float, bool]:
        """Return the side that `value` is nearest to or furthest beyond, the limit there, and if it is breached."""
        limit = self[slot].limit
        at = _side(limit, value)
        return at, limit.high if at == HIGH else limit.low, _is_breaching(limit, value)

    def state(self, slot: int) -> tuple[int, int]:
        """Return level and view of a condition, as indices into LEVELS and VIEWS."""
        memory = self.memory[slot]
        return int(level_of(memory.bits)), int(view_of(memory))

    def judge(
        self,
        tags: npt.NDArray[np.int32],
        times: npt.NDArray[np.int64],
        arrivals: npt.NDArray[np.int64],
        values: npt.NDArray[np.float64],
        flags: npt.NDArray[np.uint8],
    ) -> Iterator[Records]:
        """Judge samples in arrival order; yield transitions: rows of TRANSITION, valid until the next are asked for.

        tags: index from `tags`, UNWATCHED for a tag that no constraint watches. times, arrivals: [us since epoch],
        arrivals 0 where unknown. values: [the tag's unit]. flags: quality and BACKFILL of rules.sample. All of shape
        (n,).
        """
        start = 0
        samples = (
            _read_only(tags),
            _read_only(times),
            _read_only(arrivals),
            _read_only(values),
            _read_only(flags),
        )
        while True:
            start, written = judge(
                self._limits, self.memory, self._excursions, self.tally, self._notes, self._noted,
                self._slots.first, self._slots.number, *samples, start, self._out, 0,
            )  # fmt: skip
            if written:
                yield self._out[:written]
            if start >= len(tags):
                return
            self._make_room()

    def activate(self, rule_set: RuleSet, at: int) -> Iterator[Records]:
        """Judge a well by other rules from now on; yield transitions as `judge` does, to be asked for to the end.

        What was yielded must be read before more is asked for: the slots then stand for other conditions, and the
        indices in `tags` for other tags, all as if built from the rule sets that now hold. at: since when [us]. The
        version must be above the one in `versions`.
        """
        assert rule_set.version > self.versions.get(rule_set.well_id, 0), "a version that is active came again"
        slots = self._slots
        place = slots.of_well(rule_set.well_id)
        block = slots.block(rule_set)
        old, new = [slots[slot] for slot in place], slots.conditions(rule_set, block)
        held = slice(place.start, place.stop)
        memories = Memories(self.memory[held], self._excursions[held], self.tally[held])
        continued = same_conditions(old, memories, new)
        leaving = slots.in_file_order[held].astype(np.int64)
        stays = np.isin(leaving - place.start, continued)
        yield from self._drain(
            lambda start, out: leave(self._limits, self.memory, self._excursions, leaving, stays, at, start, out, 0),
            len(leaving),
        )
        carried = carry_over(old, memories, new, continued, at)
        slots.replace(rule_set, block)
        self._take_over(place, carried.memories, continued)
        entering = place.start + np.array(block.in_file_order, np.int64)
        seeded, high, low = (
            column[block.in_file_order] for column in (carried.seeded, carried.furthest_high, carried.furthest_low)
        )
        start = 0
        while start < len(entering):
            start, written = enter(
                self._limits, self.memory, self._excursions, self.tally, self._notes, self._noted,
                entering, seeded, high, low, at, start, self._out, 0,
            )  # fmt: skip
            if written:
                yield self._out[:written]
            self._make_room()

    def _take_over(self, place: range, memories: Memories, continued: Sequence[int]) -> None:
        """Put the memories of a well's new conditions where those of the old ones stand.

        continued: the old condition that each continues, -1 for none.
        """
        self._limits = _records(self._slots.limits)
        self.memory = _records(splice(self.memory, place, memories.memory))
        self._excursions = _records(splice(self._excursions, place, memories.excursion))
        self.tally = _records(splice(self.tally, place, memories.tally))
        stands_at = np.full(len(place), -1)
        for number, before in enumerate(continued):
            if before >= 0:
                stands_at[before] = place.start + number
        noted = self._notes["slot"][: self._noted[0]]
        behind = noted >= place.stop
        inside = (noted >= place.start) & ~behind
        noted[inside] = stands_at[noted[inside] - place.start]
        noted[behind] += len(continued) - len(place)
        if len(self._notes) < self._fewest_notes:
            self._grow_notes(self._fewest_notes)
        if len(self._out) < self._out_rows:
            self._out = _records(np.zeros(self._out_rows, TRANSITION))

    def lapse(self, now: int, activated: int = NO_TIME) -> Iterator[Records]:
        """Yield the losses of monitoring that a timer finds at `now` [us, the clock of arrivals].

        activated: since when [us, as now] samples are waited for; without it a condition that had none is not lost.
        """
        return self._drain(
            lambda at, out: lapse(self._limits, self.memory, self._excursions, now, activated, at, out, 0), len(self)
        )

    def finish(self) -> Iterator[Records]:
        """Yield what the end of a file brings: tags gone silent, then the violations still open."""
        slots = self._slots.in_file_order.astype(np.int64)
        wells = self._slots.well.astype(np.int64)
        well_last = np.zeros(int(wells.max(initial=-1)) + 1, np.int64)
        np.maximum.at(well_last, wells, self.memory["last"])
        yield from self._drain(
            lambda at, out: lapse_at_end(
                self._limits, self.memory, self._excursions, slots, wells, well_last, at, out, 0
            ),
            len(slots),
        )
        yield from self._drain(lambda at, out: still_open(self.memory, self._excursions, slots, at, out, 0), len(slots))

    def save(self) -> SavedConditions:
        """Return what a later run needs to go on as if nothing had happened."""
        forget(self._notes, self._noted, self.memory, self._excursions)
        as_words = self._excursions.view(np.uint64).reshape(len(self), EXCURSION.itemsize // 8)
        slots = np.flatnonzero(as_words.any(axis=1))
        return {
            "rules": self.fingerprint(),
            "memory": self.memory.tobytes(),
            "excursion_slots": slots.astype(np.int64).tobytes(),
            "excursion": self._excursions[slots].tobytes(),
            "notes": self._notes[: self._noted[0]].tobytes(),
        }

    def restore(self, saved: SavedConditions, shard: str) -> None:
        """Take over what `save` returned. Raise StateMismatch if it was saved under other rules."""
        if saved["rules"] != self.fingerprint():
            raise StateMismatch(shard, saved["rules"], self.fingerprint())
        self.memory[:] = np.frombuffer(saved["memory"], MEMORY)
        slots = np.frombuffer(saved["excursion_slots"], np.int64)
        self._excursions[slots] = np.frombuffer(saved["excursion"], EXCURSION)
        notes = np.frombuffer(saved["notes"], NOTE)
        self._notes = _records(np.zeros(max(self._fewest_notes, 2 * len(notes)), NOTE))
        self._notes[: len(notes)] = notes
        self._noted[0] = len(notes)

    def fingerprint(self) -> str:
        """Return a hash of every limit and of what it stands on; the memory means nothing under another."""
        return self._slots.fingerprint

    def _drain(self, call: Callable[[int, Records], tuple[int, int]], end: int) -> Iterator[Records]:
        at = 0
        while at < end:
            at, written = call(at, self._out)
            if written:
                yield self._out[:written]

    def _make_room(self) -> None:
        # The notes are full, or the transitions were: forget what is too old to matter, and grow if that is not enough.
        forget(self._notes, self._noted, self.memory, self._excursions)
        if 2 * self._noted[0] > len(self._notes):
            self._grow_notes(2 * len(self._notes))

    def _grow_notes(self, room: int) -> None:
        grown = _records(np.zeros(room, NOTE))
        grown[: len(self._notes)] = self._notes
        self._notes = grown


def transitions(rows: Records) -> Iterator[Transition]:
    """Return what `rows` of TRANSITION say, one by one."""
    return map(Transition._make, rows.tolist())


def _records(rows: npt.NDArray[Any]) -> Records:
    # Plain structured arrays have no attributes outside compiled code; record arrays work both ways.
    return rows.view(np.recarray)


def _read_only(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    # What comes from Arrow cannot be written, to the compiler another type: without this it would compile twice.
    view = column.view()
    view.flags.writeable = False
    return view
