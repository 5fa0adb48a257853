"""From messages to arrays the kernel takes: slots, times, values in the tag's unit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from connectors.delivery import DeadLetter, Delivery
from connectors.errors import IncompatibleUnits, UnknownUnit
from connectors.kafka.partition import PARTITIONER
from connectors.units import conversion
from flows.code_table import CodeTables, Unreadable
from rules.sample import BACKFILL, BAD, GOOD, NO_TIME, UNCERTAIN
from rules.tag_index import UNWATCHED, TagIndex, WellTags
from schemas.columns import ColumnsFault, read_stream
from schemas.scan import ScanFault, ScanStruct, decode_scans
from schemas.times import LAST_TIME, time_us, times_us

# What is made of so many scans is still in the processor's cache when it is read: up to twice as quick as all at once.
_SCANS_AT_ONCE = 1000
# So far below any index that no well's first index brings it back.
_FAR_BELOW = -(1 << 40)
# A well without any tag, still further below: so it can be told from a tag that its well does not have.
_NO_WELL: WellTags = (4 * _FAR_BELOW, {})
_NO_TAG = 2 * _FAR_BELOW
_NO_SCAN = ScanStruct("", "", {})
_QUALITY: dict[str | None, int] = {None: GOOD, "good": GOOD, "uncertain": UNCERTAIN, "bad": BAD}


class Samples(NamedTuple):
    """Samples in arrival order, all of shape (n,); what each is stands at rules.conditions.Conditions.judge.

    messages: by which message of its delivery each came, None where they came by no messages.
    """

    tags: npt.NDArray[np.int32]
    times: npt.NDArray[np.int64]
    arrivals: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    flags: npt.NDArray[np.uint8]
    messages: npt.NDArray[np.int64] | None = None

    @classmethod
    def none(cls) -> Samples:
        """Return no samples."""
        zero = np.zeros(0, np.int64)
        return cls(np.zeros(0, np.int32), zero, zero, np.zeros(0), np.zeros(0, np.uint8))

    def message_of(self, tag: int, time: int) -> int:
        """Return the number of the message that brought the sample of a tag at `time` [us since epoch].

        The last one's where there is no such sample: its clock was ahead, and it was judged at another time.
        """
        assert self.messages is not None, "only what came by messages is asked about"
        found = np.flatnonzero((self.times == time) & (self.tags == tag))
        return int(self.messages[found[0] if len(found) else -1])

    def only(self, known: npt.NDArray[np.bool_]) -> Samples:
        """Return those of the samples that are `known`, shape (n,)."""
        return Samples(
            self.tags[known],
            self.times[known],
            self.arrivals[known],
            self.values[known],
            self.flags[known],
            None if self.messages is None else self.messages[known],
        )


class Decoder:
    """Turns messages into samples of the tags that are watched; what cannot be read becomes dead letters.

    tags: index of each watched tag. unit_of: the unit of each, by index. shard: whose samples these are. home_of: the
    shard that a well is judged in, None where that does not matter.
    """

    def __init__(
        self,
        tags: TagIndex,
        unit_of: Callable[[int], str],
        shard: int = 0,
        home_of: Callable[[str], int | None] = lambda _well_id: None,
    ) -> None:
        self._tags = tags
        self._unit_of = unit_of
        self._shard = shard
        self._home_of = home_of
        self._unreadable: dict[tuple[int, str], Unreadable] = {}
        self._tables = CodeTables()

    def decode(self, delivery: Delivery) -> Iterator[tuple[Samples, list[DeadLetter]]]:
        """Yield the samples of a delivery, in order and a part at a time, and what of each part could not be read."""
        arrivals, origin = delivery.arrivals, delivery.origin
        if delivery.kind == "columns":
            for batch in delivery.messages:
                assert isinstance(batch, pa.RecordBatch), "deliveries of columns carry record batches"
                yield self.columns(batch, origin)
            return
        messages = [message for message in delivery.messages if isinstance(message, bytes)]
        if delivery.kind == "arrow":
            yield from self.streams(messages, arrivals, origin)
            return
        for at in range(0, len(messages), _SCANS_AT_ONCE):
            end = at + _SCANS_AT_ONCE
            yield self.scans(messages[at:end], None if arrivals is None else arrivals[at:end], origin, at + 1)

    def scans(
        self,
        messages: Sequence[bytes],
        arrivals: npt.NDArray[np.int64] | None,
        origin: str = "",
        first_line: int = 1,
    ) -> tuple[Samples, list[DeadLetter]]:
        """Decode JSON scans, one a message. arrivals: of each message [us since epoch], None where unknown."""
        dead: list[DeadLetter] = []
        tags: list[int] = []
        values: list[float | None] = []
        counts: list[int] = []
        texts: list[str] = []
        wells: list[str] = []
        odd: list[tuple[int, int, ScanStruct]] = []  # line, first reading and scan, of those that are not plain
        tags_of = self._tags.wells.get
        for at, scan in enumerate(decode_scans(messages)):
            if type(scan) is ScanFault:
                dead.append(DeadLetter(origin, first_line + at, scan.reason, 1, messages[at]))
                scan = _NO_SCAN  # noqa: PLW2901  # one pass: scans are many, and a second finds them out of the cache
            base, offsets = tags_of(scan.well_id, _NO_WELL)
            readings = scan.values
            if scan.units is not None or scan.quality is not None or scan.backfill:
                odd.append((at, len(tags), scan))
            counts.append(len(readings))
            texts.append(scan.time)
            wells.append(scan.well_id)
            for name, value in readings.items():
                tags.append(base + offsets.get(name, _FAR_BELOW))
                values.append(value)
        times = times_us(texts)
        per_scan = np.array(counts, np.int64)
        indices = np.array(tags, np.int64)
        scan_of = np.repeat(np.arange(len(messages)), per_scan)
        for at in np.unique(scan_of[indices < _NO_TAG]).tolist():
            reason = self._why_elsewhere(wells[at])
            if reason is not None:
                dead.append(DeadLetter(origin, first_line + at, reason, 1, messages[at]))
        samples = Samples(
            np.maximum(indices, UNWATCHED).astype(np.int32),
            _of_each(times, per_scan),
            _of_each(arrivals, per_scan),
            np.array(values, np.float64),
            np.zeros(len(tags), np.uint8),
            scan_of + (first_line - 1),
        )
        for at, first, scan in odd:
            reasons = self._mark(scan, samples, first)
            dead += [DeadLetter(origin, first_line + at, reason, 1, messages[at]) for reason in reasons]
        untimed = np.flatnonzero((times == NO_TIME) & (per_scan > 0))
        dead += [
            DeadLetter(origin, first_line + at, _why_no_time(texts[at]), 1, messages[at]) for at in untimed.tolist()
        ]
        if not dead:
            return samples, dead
        return samples.only(samples.times != NO_TIME), sorted(dead, key=lambda letter: letter.line or 0)

    def _why_elsewhere(self, well_id: str) -> str | None:
        """Return why the samples of a well are not judged here; None if they are nobody's or ours."""
        home = self._home_of(well_id)
        if home in (None, self._shard):
            return None
        return (
            f"samples of well {well_id!r} must come by partition {home}, where they are judged; came by {self._shard}."
            f" Key messages by the well's id, and hash keys by {PARTITIONER!r}."
        )

    def _mark(self, scan: ScanStruct, samples: Samples, first: int) -> list[str]:
        """Flag and convert the readings of `scan`, in place from `first` on; return why the unreadable ones are."""
        reasons = []
        units, quality = scan.units or {}, scan.quality or {}
        backfill = BACKFILL if scan.backfill else 0
        for at, name in enumerate(scan.values, first):
            tag, unit = int(samples.tags[at]), units.get(name)
            samples.flags[at] = backfill | _QUALITY[quality.get(name)]
            if unit is None or tag == UNWATCHED:
                continue
            factors = self._conversion(tag, unit, scan.well_id, name)
            if isinstance(factors, Unreadable):
                reasons.append(factors.reason)
                samples.flags[at] = backfill | BAD
            else:
                samples.values[at] = factors[0] * float(samples.values[at]) + factors[1]
        return reasons

    def streams(
        self, messages: Sequence[bytes], arrivals: npt.NDArray[np.int64] | None, origin: str = ""
    ) -> Iterator[tuple[Samples, list[DeadLetter]]]:
        """Decode Arrow IPC streams, one a message. arrivals: of each message [us since epoch], None where unknown."""
        for at, message in enumerate(messages):
            try:
                batches = read_stream(message)
            except ColumnsFault as error:
                yield Samples.none(), [DeadLetter(origin, at + 1, str(error), 1, message)]
                continue
            for batch in batches:
                samples, dead = self.columns(batch, origin)
                if arrivals is not None:
                    size = len(samples.times)
                    samples = samples._replace(
                        arrivals=np.full(size, arrivals[at], np.int64), messages=np.full(size, at, np.int64)
                    )
                yield samples, [replace(letter, line=at + 1) for letter in dead]

    def columns(self, batch: pa.RecordBatch, origin: str = "") -> tuple[Samples, list[DeadLetter]]:
        """Decode a batch of schemas.columns.SAMPLE_COLUMNS."""
        times = _integers(batch.column("time"))
        arrivals = _integers(batch.column("received_at"))
        raw = batch.column("value").to_numpy(zero_copy_only=False).astype(np.float64, copy=False)
        tags, factors, offsets, unreadable = self._look_up(batch)
        flags = _quality_flags(batch.column("quality"))
        backfill = batch.column("backfill")
        if backfill.null_count < len(backfill):
            flags[backfill.fill_null(False).to_numpy(zero_copy_only=False)] |= BACKFILL
        # What is too large in the tag's unit is infinite, and so bad.
        with np.errstate(over="ignore"):
            values = raw if factors is None or offsets is None else factors * raw + offsets
        dead = []
        # In the order of the rows: that of the table is the order in which it came to know them.
        for reason, rows in sorted(unreadable, key=lambda found: int(found[1][0])):
            flags[rows] = flags[rows] & BACKFILL | BAD  # uncertain and bad together would be no quality
            dead.append(_dead_row(batch, rows, origin, reason))
        samples = Samples(tags, times, arrivals, values, flags)
        # All at once first: nearly always all are there.
        if len(times) and not (
            NO_TIME < times.min() <= times.max() <= LAST_TIME
            and NO_TIME <= arrivals.min() <= arrivals.max() <= LAST_TIME
        ):
            known = (times > NO_TIME) & (times <= LAST_TIME) & (arrivals >= NO_TIME) & (arrivals <= LAST_TIME)
            reason = "time and received_at must be after 1970-01-01T00:00:00Z and before the year 10000"
            dead.append(_dead_row(batch, np.flatnonzero(~known), origin, reason))
            samples = samples.only(known)
        return samples, dead

    def _look_up(
        self, batch: pa.RecordBatch
    ) -> tuple[
        npt.NDArray[np.int32],
        npt.NDArray[np.float64] | None,
        npt.NDArray[np.float64] | None,
        list[tuple[str, npt.NDArray[np.int64]]],
    ]:
        """Return each row's tag, factor and offset (None: all as they are), and the rows of each unreadable unit."""
        columns = [batch.column(name) for name in ("well_id", "tag", "unit")]
        table = self._tables.of(columns)
        codes, of_code = table.codes(columns)
        for code in table.new(of_code):
            well_id, name, unit = table.names(int(code))
            tag = self._tags.find(well_id, name) if well_id is not None and name is not None else UNWATCHED
            factors: tuple[float, float] | Unreadable = (1.0, 0.0)
            if tag != UNWATCHED and unit is not None:
                factors = self._conversion(tag, unit, str(well_id), str(name))
            elif tag == UNWATCHED and (reason := self._why_elsewhere(str(well_id))) is not None:
                factors = Unreadable(reason)
            table.learn(int(code), tag, factors)
        tags = table.tag[codes]
        unreadable = [
            (reason, np.flatnonzero(codes == at)) for at, reason in table.reasons.items() if (of_code == at).any()
        ]
        if table.converts:
            return tags, table.factor[codes], table.offset[codes], unreadable
        return tags, None, None, unreadable

    def _conversion(self, tag: int, unit: str, well_id: str, name: str) -> tuple[float, float] | Unreadable:
        # Only what cannot be read is kept: saying why takes long, and it comes again with every sample.
        unreadable = self._unreadable.get((tag, unit))
        if unreadable is not None:
            return unreadable
        own = self._unit_of(tag)
        try:
            found = conversion(unit, own)
        except (UnknownUnit, IncompatibleUnits) as error:
            why = Unreadable(f"well {well_id!r} tag {name!r}: unit must convert to {own!r}; {error}")
            self._unreadable[tag, unit] = why
            return why
        return found.factor, found.offset


def _dead_row(batch: pa.RecordBatch, rows: npt.NDArray[np.int64], origin: str, reason: str) -> DeadLetter:
    """Return one letter for all `rows`, with the first as it stands."""
    first = int(rows[0])
    # Arrow's own words, because its times may be outside Python's calendar.
    words = {name: batch.column(name).slice(first, 1).cast(pa.string())[0].as_py() for name in batch.schema.names}
    line = batch.column("line")[first].as_py()
    return DeadLetter(origin, line, reason, len(rows), json.dumps(words, ensure_ascii=False).encode())


def _integers(column: Any) -> npt.NDArray[np.int64]:
    numbers = column.cast(pa.int64())
    if numbers.null_count:
        numbers = numbers.fill_null(NO_TIME)
    integers: npt.NDArray[np.int64] = numbers.to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
    return integers


def _quality_flags(column: Any) -> npt.NDArray[np.uint8]:
    if column.null_count == len(column):
        return np.zeros(len(column), np.uint8)
    # A word that is not in the contract is no reason to trust the reading.
    words = column.dictionary.to_pylist()
    codes = np.array([_QUALITY.get(word, BAD) for word in words] + [GOOD], np.uint8)
    indices = column.indices.fill_null(len(words)) if column.null_count else column.indices
    flags: npt.NDArray[np.uint8] = codes[indices.to_numpy(zero_copy_only=False)]
    return flags


def _of_each(of_scan: npt.NDArray[np.int64] | None, counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return a scan's number for each of its readings; zeros for None."""
    if of_scan is None:
        return np.zeros(int(counts.sum()), np.int64)
    return of_scan if (counts == 1).all() else np.repeat(of_scan, counts)


def _why_no_time(text: str) -> str:
    try:
        time_us(text)
    except ValueError as error:
        return str(error)
    raise AssertionError(f"{text!r} is a time to time_us and none to times_us")
