"""What wires, clocks and gateways do to good readings between the well and a file.

Each function spoils a recording in one way and returns the event that tells of it. Whether the engine should answer
follows from its rules: more than 5 s without a judged sample is `monitoring_lost`, less is silence.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from welltegra.simulator.schedule import DAY_START, PlannedEvent, at

GOOD, UNCERTAIN, BAD = 0, 1, 2
QUALITIES = ("good", "uncertain", "bad")

_LOST = ("monitoring_lost", "monitoring_restored")
_AFTER = 0.050  # a row that comes again follows the first by this much [s]; the next second's rows come later


class Extra(NamedTuple):
    """A row beside the one a second of a tag."""

    tag: int
    time_ms: int
    value: float
    quality: int
    received_ms: int


@dataclass(slots=True)
class Recording:
    """One row a tag and second: arrays of shape (tags, seconds), times in ms since 1970-01-01T00:00:00Z.

    `sent` is false where no row was written. `value_texts` and `zoneless` say where text replaces the cell's own;
    their keys are (index of the tag, second).
    """

    tags: tuple[str, ...]
    time_ms: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    quality: npt.NDArray[np.int8]
    received_ms: npt.NDArray[np.int64]
    sent: npt.NDArray[np.bool_]
    extras: list[Extra] = field(default_factory=list)
    value_texts: dict[tuple[int, int], str] = field(default_factory=dict)
    zoneless: set[tuple[int, int]] = field(default_factory=set)


def record(tags: tuple[str, ...], value: npt.NDArray[np.float64], rng: np.random.Generator) -> Recording:
    """Return clean readings, one a second, each received 0.1 to 0.4 s after it was measured."""
    seconds = value.shape[1]
    start_ms = round(DAY_START.timestamp() * 1_000)
    time_ms = np.broadcast_to(start_ms + 1_000 * np.arange(seconds, dtype=np.int64), value.shape).copy()
    return Recording(
        tags=tags,
        time_ms=time_ms,
        value=value,
        quality=np.full(value.shape, GOOD, dtype=np.int8),
        received_ms=time_ms + rng.integers(100, 401, size=value.shape),
        sent=np.ones(value.shape, dtype=bool),
    )


def dropout(rec: Recording, tag: str, start: int, length: int) -> PlannedEvent:
    """Leave out `length` seconds of a tag."""
    rec.sent[rec.tags.index(tag), start : start + length] = False
    return _event("dropout", tag, start, length, _unseen(length), f"{length} s without a sample")


def frozen(rec: Recording, tag: str, start: int, length: int) -> PlannedEvent:
    """Repeat the reading at `start` for `length` seconds. A steady value is a value: the engine stays silent."""
    row = rec.tags.index(tag)
    rec.value[row, start : start + length] = rec.value[row, start]
    return _event("frozen", tag, start, length, (), f"stuck at {rec.value[row, start]:g} while the well moves on")


def bad_quality(rec: Recording, tag: str, start: int, length: int) -> PlannedEvent:
    """Mark a run of readings as bad."""
    rec.quality[rec.tags.index(tag), start : start + length] = BAD
    return _event("bad_quality", tag, start, length, _unseen(length), f"bad quality for {length} s")


def uncertain_quality(rec: Recording, tag: str, start: int, length: int) -> PlannedEvent:
    """Mark a run of readings as uncertain; they are judged all the same."""
    rec.quality[rec.tags.index(tag), start : start + length] = UNCERTAIN
    return _event("uncertain_quality", tag, start, length, (), f"uncertain quality for {length} s")


def not_a_number(rec: Recording, tag: str, start: int, length: int) -> PlannedEvent:
    """Replace readings by NaN with good quality."""
    rec.value[rec.tags.index(tag), start : start + length] = np.nan
    return _event("nan", tag, start, length, _unseen(length), f"NaN with good quality for {length} s")


def out_of_range(rec: Recording, tag: str, second: int, value: float) -> PlannedEvent:
    """Replace one reading by a value no such instrument can measure: red, and suspect."""
    rec.value[rec.tags.index(tag), second] = value
    end = at(second + 12)
    note = f"one reading of {value:g}, outside the instrument's range: red, marked suspect"
    return PlannedEvent("out_of_range", tag, at(second), end, ("raised", "cleared"), "red", 1, note)


def chunk_join(rec: Recording, second: int) -> list[PlannedEvent]:
    """Send one second of every tag twice, as the last rows of one chunk and the first of the next."""
    for row in range(len(rec.tags)):
        rec.extras.append(_again(rec, row, second, float(rec.value[row, second])))
    return [_event("duplicate", tag, second, 1, (), "the same sample twice, at a chunk join") for tag in rec.tags]


def two_values(rec: Recording, tag: str, second: int, difference: float) -> PlannedEvent:
    """Send a second reading for one time, `difference` above the first."""
    row = rec.tags.index(tag)
    rec.extras.append(_again(rec, row, second, float(rec.value[row, second]) + difference))
    return _event("two_values", tag, second, 1, (), f"two readings at one time, {difference:g} apart")


def delivered_late(
    rec: Recording, tag: str, start: int, length: int, delivered: int, late_breaches: int = 0
) -> PlannedEvent:
    """Hold back `length` seconds of a tag and deliver them, in order and 20 ms apart, at second `delivered`."""
    row = rec.tags.index(tag)
    rec.received_ms[row, start : start + length] = (
        rec.time_ms[row, delivered] + 450 + 20 * np.arange(length, dtype=np.int64)
    )
    kind = "late_breach" if late_breaches else "late"
    expected = _unseen(length) + ("late_breach",) * late_breaches
    note = f"{length} samples delivered {delivered - start} s late"
    if late_breaches:
        note += f", {late_breaches} of them at or above the limit"
    return _event(kind, tag, start, length, expected, note)


def clock_ahead(rec: Recording, tag: str, start: int, length: int, ahead_s: float) -> PlannedEvent:
    """Let the sensor's clock run `ahead_s` ahead of the receiver for a while."""
    rec.time_ms[rec.tags.index(tag), start : start + length] += round(ahead_s * 1_000)
    event = _event("clock_ahead", tag, start, length, ("clock_skew",), f"its clock {ahead_s:g} s ahead for {length} s")
    return replace(event, end=event.end + timedelta(seconds=ahead_s))


def clock_set_back(rec: Recording, tag: str, start: int, length: int, back_s: int) -> PlannedEvent:
    """Set the sensor's clock back by `back_s`; after `length` seconds NTP sets it right again."""
    rec.time_ms[rec.tags.index(tag), start : start + length] -= back_s * 1_000
    note = f"its clock set back {back_s} s; NTP sets it right {length} s later"
    expected = ("monitoring_lost", "clock_reset", "monitoring_restored", *_LOST)
    return replace(_event("clock_set_back", tag, start, length, expected, note), start=at(start - back_s))


def unreadable(rec: Recording, tag: str, second: int, text: str) -> PlannedEvent:
    """Write text where a reading should be."""
    rec.value_texts[rec.tags.index(tag), second] = text
    return _event("unreadable", tag, second, 1, (), f"a value that reads {text!r}: the row is reported")


def without_zone(rec: Recording, tag: str, second: int) -> PlannedEvent:
    """Write one time without its zone."""
    rec.zoneless.add((rec.tags.index(tag), second))
    return _event("without_zone", tag, second, 1, (), "a time without zone: the row is reported")


def _unseen(length: int) -> tuple[str, ...]:
    """Return what is said of `length` seconds without a judged sample."""
    # Between its neighbours lie length + 1 seconds. At 4, arrival alone decides: too close to call.
    assert length != 4
    return _LOST if length > 4 else ()


def _event(kind: str, tag: str, start: int, length: int, expected: tuple[str, ...], note: str) -> PlannedEvent:
    # One second more: what the engine says of a silence it says at the first sample after it.
    end = at(start + length) + timedelta(seconds=1)
    return PlannedEvent(kind, tag, at(start), end, expected, None, length, note)


def _again(rec: Recording, row: int, second: int, value: float) -> Extra:
    received_ms = int(rec.received_ms[row, second]) + round(_AFTER * 1_000)
    return Extra(row, int(rec.time_ms[row, second]), value, int(rec.quality[row, second]), received_ms)
