"""What each slot stands for, kept small: half a million conditions are a few kinds of constraint with many limits."""

from __future__ import annotations

import hashlib
import math
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rules.limit import LIMIT, limit_row
from rules.memory import EXCURSION, MEMORY, NOTE
from rules.rule_set import Constraint, RuleSet, Tag
from rules.tag_index import TagIndex

_CONDITIONS_AT_HAND = 1024
# What is saved is read back by these types, so they are part of what it belongs to.
_LAYOUT = repr([kind.descr for kind in (LIMIT, MEMORY, EXCURSION, NOTE)]).encode()


class Condition(NamedTuple):
    """What a slot stands for; `limit` is its row of LIMIT, in Python's own numbers."""

    well_id: str
    rule_version: int
    constraint: Constraint
    tag: Tag
    limit: SimpleNamespace


class Block(NamedTuple):
    """The slots and tags of one rule set, both counted from its own first; attributes as those of Slots.

    watched: what each slot stands for.
    """

    tags: dict[str, int]
    first: list[int]
    number: list[int]
    in_file_order: list[int]
    watched: list[tuple[Constraint, Tag]]
    kinds: list[int]
    limits: npt.NDArray[np.void]
    digest: bytes


class Slots:
    """Slots of the conditions that are watched: those of one tag side by side, tags in rule-file order.

    Of the rule sets only this is kept; they may come one by one from where they are read.

    tags: index of each watched tag. first, number: of each tag, its first slot and how many it has, shape (tags,).
    well: number of each slot's rule set, shape (slots,). in_file_order: the slots in the order of the rule sets and of
    the constraints in each. limits: LIMIT of each slot.
    """

    def __init__(self, rule_sets: Iterable[RuleSet]) -> None:
        self.tags = TagIndex()
        self._well_ids: list[str] = []
        self._versions: list[int] = []
        self._digests: list[bytes] = []
        # A constraint without its limit, which stands in `limits`, and its tag: the same in many wells, kept once.
        self._kinds: list[tuple[Constraint, Tag]] = []
        self._number_of_kind: dict[tuple[Constraint, Tag], int] = {}
        first, number, kind, well, in_file_order = (array("i") for _ in range(5))
        limits = bytearray()  # grows in place: arrays gathered and joined would take the room twice
        for rule_set in rule_sets:
            block = self.block(rule_set)
            slots, tags = len(kind), len(first)
            self.tags.add(rule_set.well_id, {name: tags + at for name, at in block.tags.items()})
            first.extend(slots + at for at in block.first)
            number.extend(block.number)
            in_file_order.extend(slots + at for at in block.in_file_order)
            kind.extend(block.kinds)
            well.extend([len(self._well_ids)] * len(block.kinds))
            limits += block.limits.tobytes()
            self._well_ids.append(rule_set.well_id)
            self._versions.append(rule_set.version)
            self._digests.append(block.digest)
        self.limits: npt.NDArray[np.void] = np.frombuffer(limits, LIMIT)
        self.first, self.number, self.well = _integers(first), _integers(number), _integers(well)
        self._kind, self.in_file_order = _integers(kind), _integers(in_file_order)
        # An episode asks for its condition at each of its records, and few conditions are in one.
        self._condition = lru_cache(maxsize=_CONDITIONS_AT_HAND)(self._make_condition)
        self._note_rules()

    def __len__(self) -> int:
        return len(self._kind)

    def __getitem__(self, slot: int) -> Condition:
        return self._condition(slot)

    def unit(self, tag: int) -> str:
        """Return the unit of a tag, by index."""
        kind: int = self._kind[self.first[tag]]
        return self._kinds[kind][1].unit

    @property
    def most_of_a_tag(self) -> int:
        """Return how many slots the tag with most of them has."""
        return int(self.number.max(initial=1))

    def of_well(self, well_id: str) -> range:
        """Return the slots of a well; the place behind all others if it has no rules."""
        if well_id not in self.versions:
            return range(len(self), len(self))
        well = self._well_ids.index(well_id)
        return range(int(np.searchsorted(self.well, well, "left")), int(np.searchsorted(self.well, well, "right")))

    def block(self, rule_set: RuleSet) -> Block:
        """Return the slots of a rule set, not yet among the others."""
        of_tag: dict[str, list[int]] = {}
        for index, constraint in enumerate(rule_set.constraints):
            if constraint.mode != "disabled":
                of_tag.setdefault(constraint.tag, []).append(index)
        first: list[int] = []
        kinds: list[int] = []
        watched: list[tuple[Constraint, Tag]] = []
        slot_of: dict[int, int] = {}
        for name, indices in of_tag.items():
            tag = rule_set.tag(name)
            first.append(len(kinds))
            for index in indices:
                constraint = rule_set.constraints[index]
                own = (replace(constraint, high=None, low=None), tag)
                kind = self._number_of_kind.setdefault(own, len(self._kinds))
                if kind == len(self._kinds):
                    self._kinds.append(own)
                slot_of[index] = len(kinds)
                kinds.append(kind)
                watched.append((constraint, tag))
        limits = np.array([limit_row(constraint, tag) for constraint, tag in watched], LIMIT)
        return Block(
            tags={name: at for at, name in enumerate(of_tag)},
            first=first,
            number=[len(indices) for indices in of_tag.values()],
            in_file_order=[slot_of[index] for index in sorted(slot_of)],
            watched=watched,
            kinds=kinds,
            limits=limits,
            digest=hashlib.sha256(_names(rule_set) + limits.tobytes()).digest(),
        )

    def conditions(self, rule_set: RuleSet, block: Block) -> list[Condition]:
        """Return what the slots of a block will stand for."""
        return [
            Condition(rule_set.well_id, rule_set.version, constraint, tag, _numbers(limit))
            for (constraint, tag), limit in zip(block.watched, block.limits, strict=True)
        ]

    def replace(self, rule_set: RuleSet, block: Block) -> None:
        """Put a well's rules in the place of those it has, or behind all others; no other well may have two."""
        assert len(self.tags.wells) == len(self._well_ids), "a well with two rule sets cannot be given another"
        old = self.of_well(rule_set.well_id)
        if rule_set.well_id in self.versions:
            well = self._well_ids.index(rule_set.well_id)
        else:
            well = len(self._well_ids)
            self._well_ids.append(rule_set.well_id)
            self._versions.append(0)
            self._digests.append(b"")
        self._versions[well], self._digests[well] = rule_set.version, block.digest
        slots, tags = len(block.kinds), len(block.first)
        tag, tag_stop = (int(np.searchsorted(self.first, at)) for at in (old.start, old.stop))
        self.first[tag_stop:] += slots - len(old)
        self.in_file_order[old.stop :] += slots - len(old)
        self.first = splice(self.first, range(tag, tag_stop), [old.start + at for at in block.first])
        self.number = splice(self.number, range(tag, tag_stop), block.number)
        self.in_file_order = splice(self.in_file_order, old, [old.start + at for at in block.in_file_order])
        self.well = splice(self.well, old, [well] * slots)
        self._kind = splice(self._kind, old, block.kinds)
        self.limits = splice(self.limits, old, block.limits)
        self.tags.drop(rule_set.well_id)
        self.tags.move(tag_stop, tags - (tag_stop - tag))
        self.tags.add(rule_set.well_id, {name: tag + at for name, at in block.tags.items()})
        self._condition.cache_clear()
        self._note_rules()

    def _note_rules(self) -> None:
        self.versions: Mapping[str, int] = dict(zip(self._well_ids, self._versions, strict=True))
        self.fingerprint = hashlib.sha256(_LAYOUT + b"".join(self._digests)).hexdigest()

    def _make_condition(self, slot: int) -> Condition:
        constraint, tag = self._kinds[self._kind[slot]]
        limit = _numbers(self.limits[slot])
        limited = replace(
            constraint,
            high=None if math.isnan(limit.high) else limit.high,
            low=None if math.isnan(limit.low) else limit.low,
        )
        well = self.well[slot]
        return Condition(self._well_ids[well], self._versions[well], limited, tag, limit)


def splice(column: npt.NDArray[Any], place: range, rows: Any) -> npt.NDArray[Any]:
    """Return `column` with `rows` in place of what stood at `place`; itself, changed, if they are as many."""
    if len(rows) == len(place):
        column[place.start : place.stop] = rows
        return column
    return np.concatenate((column[: place.start], np.asarray(rows, column.dtype), column[place.stop :]))


def _numbers(limit: np.void) -> SimpleNamespace:
    return SimpleNamespace(**dict(zip(LIMIT.names or (), limit.item(), strict=True)))


def _names(rule_set: RuleSet) -> bytes:
    names = [rule_set.well_id, str(rule_set.version)]
    names += [f"{constraint.id}\t{constraint.tag}\t{constraint.mode}" for constraint in rule_set.constraints]
    return "\n".join([*names, ""]).encode()


def _integers(column: array[int]) -> npt.NDArray[np.int32]:
    return np.array(column, np.int32)
