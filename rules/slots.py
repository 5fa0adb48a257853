"""What each slot stands for, kept small: half a million conditions are a few kinds of constraint with many limits."""

from __future__ import annotations

import hashlib
import math
from array import array
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rules.limit import LIMIT, limit_row
from rules.memory import EXCURSION, MEMORY, NOTE
from rules.rule_set import Constraint, RuleSet, Tag
from rules.tag_index import TagIndex

_CONDITIONS_AT_HAND = 1024


class Condition(NamedTuple):
    """What a slot stands for; `limit` is its row of LIMIT, in Python's own numbers."""

    well_id: str
    rule_version: int
    constraint: Constraint
    tag: Tag
    limit: SimpleNamespace


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
        # A constraint without its limit, which stands in `limits`, and its tag: the same in many wells, kept once.
        self._kinds: list[tuple[Constraint, Tag]] = []
        first, number, kind, well, in_file_order = (array("i") for _ in range(5))
        number_of_kind: dict[tuple[Constraint, Tag], int] = {}
        limits = bytearray()  # grows in place: arrays gathered and joined would take the room twice
        # What is saved is read back by these types, so they are part of what it belongs to.
        digest = hashlib.sha256(repr([kind.descr for kind in (LIMIT, MEMORY, EXCURSION, NOTE)]).encode())
        for rule_set in rule_sets:
            digest.update(_names(rule_set))
            rows: list[tuple[float, ...]] = []
            tags: dict[str, int] = {}
            watched: dict[str, list[int]] = {}
            for index, constraint in enumerate(rule_set.constraints):
                if constraint.mode != "disabled":
                    watched.setdefault(constraint.tag, []).append(index)
            slot_of: dict[int, int] = {}
            for name, indices in watched.items():
                tag = rule_set.tag(name)
                for index in indices:
                    constraint = rule_set.constraints[index]
                    own = (replace(constraint, high=None, low=None), tag)
                    at = number_of_kind.setdefault(own, len(self._kinds))
                    if at == len(self._kinds):
                        self._kinds.append(own)
                    slot_of[index] = len(kind)
                    kind.append(at)
                    well.append(len(self._well_ids))
                    rows.append(limit_row(constraint, tag))
                tags[name] = len(first)
                first.append(len(kind) - len(indices))
                number.append(len(indices))
            self.tags.add(rule_set.well_id, tags)
            in_file_order.extend(slot_of[index] for index in sorted(slot_of))
            self._well_ids.append(rule_set.well_id)
            self._versions.append(rule_set.version)
            limits += np.array(rows, LIMIT).tobytes()
        self.limits: npt.NDArray[np.void] = np.frombuffer(limits, LIMIT)
        digest.update(limits)
        self.fingerprint = digest.hexdigest()
        self.first, self.number, self.well = _integers(first), _integers(number), _integers(well)
        self._kind, self.in_file_order = _integers(kind), _integers(in_file_order)
        # An episode asks for its condition at each of its records, and few conditions are in one.
        self._condition = lru_cache(maxsize=_CONDITIONS_AT_HAND)(self._make_condition)

    def __len__(self) -> int:
        return len(self._kind)

    def unit(self, tag: int) -> str:
        """Return the unit of a tag, by index."""
        kind: int = self._kind[self.first[tag]]
        return self._kinds[kind][1].unit

    def __getitem__(self, slot: int) -> Condition:
        return self._condition(slot)

    def _make_condition(self, slot: int) -> Condition:
        constraint, tag = self._kinds[self._kind[slot]]
        limit = SimpleNamespace(**dict(zip(LIMIT.names or (), self.limits[slot].item(), strict=True)))
        limited = replace(
            constraint,
            high=None if math.isnan(limit.high) else limit.high,
            low=None if math.isnan(limit.low) else limit.low,
        )
        well = self.well[slot]
        return Condition(self._well_ids[well], self._versions[well], limited, tag, limit)


def _names(rule_set: RuleSet) -> bytes:
    names = [rule_set.well_id, str(rule_set.version)]
    names += [f"{constraint.id}\t{constraint.tag}\t{constraint.mode}" for constraint in rule_set.constraints]
    return "\n".join([*names, ""]).encode()


def _integers(column: array[int]) -> npt.NDArray[np.int32]:
    return np.array(column, np.int32)
