"""The one stateful operator: a shard of wells around the kernel. It decodes, calls and wraps; it judges nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypedDict

import numpy as np
from bytewax.operators import StatefulBatchLogic

from connectors.delivery import Delivery, Wake
from flows.decode import Decoder
from flows.records import is_opened, to_record, to_tally
from flows.summary import Record, Summary
from rules.conditions import Conditions, Records, SavedConditions, transitions
from rules.rule_set import RuleSet
from rules.sample import NO_TIME
from rules.tag_index import UNWATCHED

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
_CHECK_EVERY = timedelta(milliseconds=500)


class SavedShard(TypedDict):
    """What a shard is between two runs."""

    shard: int
    next_position: int
    conditions: SavedConditions


class Shard(StatefulBatchLogic[Delivery, Record, SavedShard | None]):
    """Judges the deliveries of one shard.

    rule_sets_of: the rule sets of a shard's wells. dry_run: violations are told once, when they close. clock: what
    timers go by; None for no timers, because the next sample finds all that they would.
    """

    def __init__(
        self,
        saved: SavedShard | None,
        rule_sets_of: Callable[[int], Iterable[RuleSet]],
        dry_run: bool,
        clock: Clock | None,
    ) -> None:
        self._rule_sets_of = rule_sets_of
        self._dry_run = dry_run
        self._clock = clock
        self._shard = -1
        self._next_position: int | None = None
        self._check_at: datetime | None = None
        self._activated = NO_TIME
        self._samples = 0
        self._unwatched = 0
        self._conditions: Conditions | None = None
        self._decoder: Decoder | None = None
        if saved is not None:
            self._build(saved["shard"]).restore(saved["conditions"], f"shard {saved['shard']}")
            self._next_position = saved["next_position"]

    def _build(self, shard: int) -> Conditions:
        self._shard = shard
        self._conditions = Conditions(self._rule_sets_of(shard))
        self._decoder = Decoder(self._conditions.tags, self._conditions.unit)
        return self._conditions

    def on_batch(self, values: list[Delivery]) -> tuple[Iterable[Record], bool]:
        """Judge what came, in order."""
        records: list[Record] = []
        for delivery in values:
            conditions = self._conditions or self._build(delivery.shard)
            if self._next_position not in (None, delivery.position):
                log.error(
                    "position_mismatch shard=%d source_at=%d state_at=%d",
                    delivery.shard, delivery.position, self._next_position,
                )  # fmt: skip
            if delivery.wake:
                records.append(Wake())
            assert self._decoder is not None, "the decoder is built with the conditions"
            for samples, dead in self._decoder.decode(delivery):
                records += dead
                self._samples += len(samples.tags)
                self._unwatched += int(np.count_nonzero(samples.tags == UNWATCHED))
                for rows in conditions.judge(*samples):
                    records += self._wrap(conditions, rows)
            self._next_position = delivery.next_position
            if self._clock is not None and delivery.caught_up and self._check_at is None:
                self._activated = _us(self._clock())
                self._check_at = self._clock() + _CHECK_EVERY
            if delivery.ended:
                records += self._finish(conditions)
        return records, StatefulBatchLogic.RETAIN

    def _wrap(self, conditions: Conditions, rows: Records) -> Iterator[Record]:
        for row in transitions(rows):
            if not (self._dry_run and is_opened(row)):
                yield to_record(conditions, row)

    def _finish(self, conditions: Conditions) -> Iterator[Record]:
        for rows in conditions.finish():
            yield from self._wrap(conditions, rows)
        tallies = tuple(to_tally(conditions, slot) for slot in conditions.in_file_order())
        yield Summary(self._shard, self._samples, self._unwatched, tallies)

    def on_notify(self) -> tuple[Iterable[Record], bool]:
        """Find what has gone silent."""
        assert self._clock is not None, "only a shard with a clock asks to be woken"
        assert self._conditions is not None, "and only once it has judged"
        now = self._clock()
        self._check_at = now + _CHECK_EVERY
        records: list[Record] = []
        for rows in self._conditions.lapse(_us(now), self._activated):
            records += self._wrap(self._conditions, rows)
        return records, StatefulBatchLogic.RETAIN

    def notify_at(self) -> datetime | None:
        """Return when to look for silence next: one timer a shard, not one a tag."""
        return self._check_at

    def snapshot(self) -> SavedShard | None:
        """Return what a later run needs to go on."""
        if self._conditions is None or self._next_position is None:
            return None
        return {"shard": self._shard, "next_position": self._next_position, "conditions": self._conditions.save()}


def _us(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
