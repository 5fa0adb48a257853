"""The kernel driven as the flow drives it, its records in the oracle's terms."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

import numpy as np

from flows.records import is_opened, to_record
from rules.conditions import Conditions, Records, transitions
from rules.rule_set import RuleSet
from rules.sample import BACKFILL, NO_TIME, QUALITIES
from schemas.alert import Alert
from schemas.ids import condition_id
from schemas.violation import Violation
from tests.oracle import Row
from tests.streams import Activation

Fields = dict[str, Any]
_TIMES = ("time", "onset_time", "started_at", "ended_at", "peak_time")
_COUNTS = ("judged", "late", "duplicate", "bad", "suspect", "breaching", "episodes")


class Kernel:
    """Conditions that collect what they say."""

    def __init__(self, rule_sets: Sequence[RuleSet]) -> None:
        self.rule_sets = {rule_set.well_id: rule_set for rule_set in rule_sets}
        self.conditions = Conditions(rule_sets)
        self.alerts: list[Fields] = []
        self.violations: list[Fields] = []
        self._counted: dict[str, Fields] = {}  # before the last restart

    def feed(self, rows: Sequence[Row]) -> None:
        """Judge `rows` as one batch."""
        find = self.conditions.tags.find
        self._take(
            self.conditions.judge(
                np.array([find(row.well_id, row.tag) for row in rows], np.int32),
                np.array([row.time for row in rows], np.int64),
                np.array([row.received_at or NO_TIME for row in rows], np.int64),
                np.array([row.value for row in rows], np.float64),
                np.array([QUALITIES.index(row.quality) | (BACKFILL if row.backfill else 0) for row in rows], np.uint8),
            )
        )

    def lapse(self, now: int, activated: int = NO_TIME) -> None:
        """Let the timer look, at `now` [us]; activated: see Conditions.lapse."""
        self._take(self.conditions.lapse(now, activated))

    def activate(self, rule_set: RuleSet, at: int) -> None:
        """Go over to other rules of a well, at `at` [us]."""
        before = self.rule_sets.get(rule_set.well_id)
        self._take(self.conditions.activate(rule_set, at))
        self.rule_sets[rule_set.well_id] = rule_set
        watched = [c for c in before.constraints if c.mode != "disabled"] if before is not None else []
        goes_on = {(c.id, c.tag, before.tag(c.tag).unit) for c in watched if before is not None}
        for slot in self.conditions._slots.of_well(rule_set.well_id):
            of = self.conditions[slot]
            if (of.constraint.id, of.tag.name, of.tag.unit) not in goes_on:
                self._counted.pop(self._id(slot), None)

    def finish(self) -> None:
        """End the file."""
        self._take(self.conditions.finish())

    def restart(self) -> None:
        """Go on in a new process: from what was saved alone."""
        self._count()
        saved = pickle.loads(pickle.dumps(self.conditions.save()))  # noqa: S301  # our own bytes
        versions = self.conditions.versions
        self.conditions = Conditions(self.rule_sets[well_id] for well_id in versions)
        assert self.conditions.versions == versions
        self.conditions.restore(saved, "shard 0")

    def counts(self) -> dict[str, Fields]:
        """Return what was counted of each condition, over all restarts."""
        self._count()
        ids = [self._id(slot) for slot in range(len(self.conditions))]
        return {condition: dict(self._counted[condition]) for condition in ids}

    def _id(self, slot: int) -> str:
        of = self.conditions[slot]
        return condition_id(of.well_id, of.constraint.id, of.constraint.tag)

    def _count(self) -> None:
        for slot in range(len(self.conditions)):
            counted = self._counted.setdefault(self._id(slot), dict.fromkeys(_COUNTS, 0))
            for name in _COUNTS:
                counted[name] += int(self.conditions.tally[slot][name])
        self.conditions.tally[:] = 0

    def _take(self, batches: Iterator[Records]) -> None:
        for rows in batches:
            for row in transitions(rows):
                if is_opened(row):
                    continue
                record = to_record(self.conditions, row)
                into = self.alerts if isinstance(record, Alert) else self.violations
                into.append(in_oracle_terms(record))


def in_oracle_terms(record: Alert | Violation) -> Fields:
    """Return a record's fields with times in microseconds and ids as text, without the words for people."""
    fields = record.model_dump(exclude={"message", "recommended_response", "detected_at", "emitted_at"})
    for name, value in fields.items():
        if name in _TIMES and value is not None:
            since = value - datetime(1970, 1, 1, tzinfo=UTC)
            fields[name] = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        elif name.endswith("_id") and value is not None:
            fields[name] = str(value)
    return fields


def run(
    rule_sets: Sequence[RuleSet],
    rows: Sequence[Row],
    batch_sizes: Sequence[int],
    between: Callable[[Kernel, int], None] = lambda _kernel, _judged: None,
    activations: Sequence[Activation] = (),
) -> Kernel:
    """Return a kernel that has judged `rows` in batches of these sizes, in turn; `between` is called after each.

    activations: in the order of their places.
    """
    kernel = Kernel(rule_sets)
    sizes = cycle(batch_sizes)
    coming = list(activations)
    at = 0
    while at < len(rows) or coming:
        while coming and coming[0].place <= at:
            activation = coming.pop(0)
            kernel.activate(activation.rule_set, activation.at)
        stop = min(at + next(sizes), coming[0].place if coming else len(rows), len(rows))
        kernel.feed(rows[at:stop])
        at = stop
        between(kernel, at)
    kernel.finish()
    return kernel
