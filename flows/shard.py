"""The one stateful operator: a shard of wells around the kernel. It decodes, calls and wraps; it judges nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
from bytewax.operators import StatefulBatchLogic

from connectors.delivery import DeadLetter, Delivery, Located, Wake
from connectors.rule_files.control import Activate, parse_control
from flows.decode import Decoder, Samples
from flows.records import is_opened, to_record, to_tally
from flows.saved import pack, unpack
from flows.status import status
from flows.summary import Record, Summary
from flows.trail import Trail
from rules.conditions import Conditions, transitions
from rules.memory import Transition
from rules.sample import NO_TIME
from rules.tag_index import UNWATCHED
from schemas.violation import Violation

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
ConditionsOf = Callable[[int, Mapping[str, int] | None], Conditions]
HomeOf = Callable[[str], int | None]

_CHECK_EVERY = timedelta(milliseconds=500)
_NEVER = datetime.max.replace(tzinfo=UTC)
_MOST_AT_ONCE = 4096
_LONGEST_REASON = 2000
# At the first check after the end, all is found that a dead run's timers had found; one more for what came meanwhile.
_CHECKS_TO_SETTLE = 3


def nowhere(_well_id: str) -> None:
    """Return None: no place is wrong for a well."""


class Shard(StatefulBatchLogic[Delivery, Record, bytes | None]):
    """Judges the deliveries of one shard.

    conditions_of: a shard's conditions, which have judged nothing, by the rules of the wells and versions that are
    named, or by the latest of all its wells. dry_run: violations are told once, when they close. clock: what timers go
    by; None for no timers, because the next sample finds all that they would. home_of: the shard that a well is judged
    in, None if that does not matter or nobody watches it. conditions_shown: of how many conditions the status is told
    one by one.
    """

    def __init__(
        self,
        packed: bytes | None,
        conditions_of: ConditionsOf,
        dry_run: bool,
        clock: Clock | None,
        home_of: HomeOf = nowhere,
        conditions_shown: int = 0,
    ) -> None:
        self._conditions_of = conditions_of
        self._dry_run = dry_run
        self._clock = clock
        self._home_of = home_of
        self._conditions_shown = conditions_shown
        self._shard = -1
        self._next_position: int | None = None
        self._check_at: datetime | None = None
        self._checks = 0
        self._activated = NO_TIME
        self._samples = 0
        self._unwatched = 0
        self._trail = Trail()
        self._conditions: Conditions | None = None
        self._decoder: Decoder | None = None
        if packed is not None:
            saved = unpack(packed)
            self._build(saved["shard"], saved["versions"]).restore(saved["conditions"], f"shard {saved['shard']}")
            self._next_position = saved["next_position"]
            self._activated = saved["activated"]
            self._trail = Trail(saved["trail"])

    def _build(self, shard: int, versions: Mapping[str, int] | None = None) -> Conditions:
        self._shard = shard
        self._conditions = self._conditions_of(shard, versions)
        self._decode(self._conditions)
        return self._conditions

    def _decode(self, conditions: Conditions) -> None:
        self._decoder = Decoder(conditions.tags, conditions.unit, self._shard, self._home_of)
        self._versions = dict(conditions.versions)
        of = (conditions[slot] for slot in range(min(self._conditions_shown, len(conditions))))
        self._shown = [(each.well_id, each.constraint.id, each.constraint.tag) for each in of]

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
            if delivery.arrivals is not None and len(delivery.arrivals):
                self._trail.add(delivery.arrivals, delivery.position)
            if delivery.kind == "lost":
                records.append(_lost(delivery))
            elif delivery.kind == "control":
                records += self._control(conditions, delivery)
            else:
                records += self._judge(conditions, delivery)
            self._next_position = delivery.next_position
            if delivery.wake:
                records += [Wake()] if self._clock is None else [Wake(), self._status(conditions)]
            if self._clock is not None and delivery.caught_up:
                now = self._clock()
                # A condition that has had no sample yet is waited for since the first start, not since this one.
                self._activated = self._activated or _us(now)
                # A clock that was set back must not put the next check off.
                self._check_at = min(self._check_at or _NEVER, now + _CHECK_EVERY)
            if delivery.ended:
                records += self._finish(conditions)
        return records, StatefulBatchLogic.RETAIN

    def _judge(self, conditions: Conditions, delivery: Delivery) -> Iterator[Record]:
        assert self._decoder is not None, "the decoder is built with the conditions"
        letters: list[DeadLetter] = []
        for samples, dead in self._decoder.decode(delivery):
            if delivery.arrivals is None:
                yield from dead
            letters += [_placed(letter, delivery) for letter in dead if delivery.arrivals is not None]
            self._samples += len(samples.tags)
            self._unwatched += int(np.count_nonzero(samples.tags == UNWATCHED))
            for rows in conditions.judge(*samples[:5]):
                for row in transitions(rows):
                    yield from self._wrap(conditions, row, delivery, samples)
        yield from _merged(letters)

    def _control(self, conditions: Conditions, delivery: Delivery) -> Iterator[Record]:
        for at, raw in enumerate(delivery.messages):
            assert isinstance(raw, bytes), "control records are bytes"
            control = parse_control(raw)
            reason = control if isinstance(control, str) else self._why_not(control)
            if reason is not None:
                yield _placed(DeadLetter(delivery.origin, at + 1, reason, 1, raw), delivery)
            elif isinstance(control, Activate):
                arrived = NO_TIME if delivery.arrivals is None else int(delivery.arrivals[at])
                yield from self._activate(conditions, control, arrived or control.time_us, delivery, at)

    def _why_not(self, control: Activate) -> str | None:
        home = self._home_of(control.well_id)
        if home in (None, self._shard):
            return None
        return (
            f"control records of well {control.well_id!r} must come by partition {home}, where its samples are judged;"
            f" came by {self._shard}. Use `welltegra rules activate`."
        )

    def _activate(
        self, conditions: Conditions, control: Activate, at: int, delivery: Delivery, number: int
    ) -> Iterator[Record]:
        active = conditions.versions.get(control.well_id, 0)
        version = control.rule_set.version
        if version <= active:
            log.info("activation_repeated well_id=%s version=%d active=%d", control.well_id, version, active)
            return
        for rows in conditions.activate(control.rule_set, at):
            for row in transitions(rows):
                yield from self._wrap(conditions, row, delivery, None, number)
        self._decode(conditions)
        log.info("activated well_id=%s version=%d", control.well_id, version)

    def _wrap(
        self,
        conditions: Conditions,
        row: Transition,
        delivery: Delivery | None,
        samples: Samples | None = None,
        number: int = 0,
    ) -> Iterator[Record]:
        """Yield the record of `row`; of a live run, with when it was found and, of a violation, where."""
        if self._dry_run and is_opened(row):
            return
        record = to_record(conditions, row)
        if self._clock is None:
            yield record
            return
        record = record.model_copy(update={"detected_at": self._clock()})
        if isinstance(record, Violation):
            assert delivery is not None, "timers open and close no violations"
            if samples is not None:
                tag = conditions.tags.find(record.well_id, record.tag)
                number = samples.message_of(tag, _us(record.ended_at or record.started_at))
            yield self._located(record, delivery, number)
        else:
            yield record

    def _located(self, record: Violation, delivery: Delivery, number: int) -> Located:
        at = delivery.position + number
        arrived = NO_TIME if delivery.arrivals is None else int(delivery.arrivals[number])
        topic, _, partition = delivery.origin.rpartition("/")
        return Located(record, topic, int(partition), self._trail.before(arrived, at), at)

    def _finish(self, conditions: Conditions) -> Iterator[Record]:
        for rows in conditions.finish():
            for row in transitions(rows):
                yield from self._wrap(conditions, row, None)
        tallies = tuple(to_tally(conditions, slot) for slot in conditions.in_file_order())
        yield Summary(self._shard, self._samples, self._unwatched, tallies)

    def on_notify(self) -> tuple[Iterable[Record], bool]:
        """Find what has gone silent."""
        assert self._clock is not None, "only a shard with a clock asks to be woken"
        assert self._conditions is not None, "and only once it has judged"
        now = self._clock()
        records: list[Record] = []
        for rows in self._conditions.lapse(_us(now), self._activated):
            for row in transitions(rows):
                records += self._wrap(self._conditions, row, None)
            if len(records) >= _MOST_AT_ONCE:
                # Everything went silent, perhaps: the first of it leaves before the last of it is worded.
                self._check_at = now
                return records, StatefulBatchLogic.RETAIN
        self._check_at = now + _CHECK_EVERY
        self._checks += 1
        if self._checks == _CHECKS_TO_SETTLE:
            records.append(Wake(settled=True))
        return records, StatefulBatchLogic.RETAIN

    def _status(self, conditions: Conditions) -> Record:
        return status(
            conditions,
            self._shard,
            self._next_position or 0,
            self._versions,
            self._samples,
            self._unwatched,
            self._shown,
        )

    def notify_at(self) -> datetime | None:
        """Return when to look for silence next: one timer a shard, not one a tag."""
        return self._check_at

    def snapshot(self) -> bytes | None:
        """Return what a later run needs to go on."""
        if self._conditions is None or self._next_position is None:
            return None
        return pack(
            {
                "shard": self._shard,
                "next_position": self._next_position,
                "conditions": self._conditions.save(),
                "versions": self._versions,
                "activated": self._activated,
                "trail": self._trail.save(),
            }
        )


def _lost(delivery: Delivery) -> DeadLetter:
    lost = delivery.next_position - delivery.position
    reason = (
        f"messages must be judged before the topic's retention deletes them; {lost} were deleted unread. Keep samples"
        " longer than the flow is ever down (topics.samples_days)."
    )
    return DeadLetter(delivery.origin, None, reason, lost, b"", offset=delivery.position)


def _placed(letter: DeadLetter, delivery: Delivery) -> DeadLetter:
    """Return `letter` with its place in the topic, if it came by one: its line is the number of the message."""
    if delivery.arrivals is None or letter.line is None:
        return letter
    at = letter.line - 1
    # A reason quotes what it found, and that may be as long as a message; a letter that no broker takes would come
    # again at each start.
    reason = letter.reason if len(letter.reason) <= _LONGEST_REASON else f"{letter.reason[:_LONGEST_REASON]}..."
    return replace(letter, line=None, reason=reason, offset=delivery.position + at, arrived=int(delivery.arrivals[at]))


def _merged(letters: Iterable[DeadLetter]) -> Iterator[DeadLetter]:
    """Yield one letter for each message and reason: its id is made of these."""
    found: dict[tuple[int | None, int | None, str], DeadLetter] = {}
    for letter in letters:
        key = letter.line, letter.offset, letter.reason
        known = found.get(key)
        found[key] = letter if known is None else replace(known, count=known.count + letter.count)
    yield from found.values()


def _us(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
