"""From messages to samples: JSON, Arrow and columns say the same, and one bad message hurts no other."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.delivery import DeadLetter, Delivery
from flows.decode import Decoder
from rules.conditions import Conditions
from rules.rule_set import Constraint, RuleSet, Tag
from rules.sample import BACKFILL, BAD, GOOD, UNCERTAIN
from schemas.columns import SAMPLE_COLUMNS, WIRE_COLUMNS, ColumnsFault, as_sample_columns, read_stream
from schemas.times import LAST_TIME, format_time

START = 1_767_225_600_000_000
INT32, STRING = pa.int32(), pa.string()
NAMES = ("well_id", "tag", "unit", "quality")


def well(well_id: str) -> RuleSet:
    return RuleSet(
        well_id,
        1,
        (Tag("pump_rate", "spm"), Tag("temperature", "degC")),
        (
            Constraint("pump-rate", "pump_rate", "spm", high=120.0),
            Constraint("temperature", "temperature", "degC", high=90.0),
        ),
    )


CONDITIONS = Conditions([well("W-1"), well("W-2")])
PUMP_1, HEAT_1, PUMP_2, HEAT_2 = range(4)


class Reading(NamedTuple):
    well_id: str | None = "W-1"
    tag: str | None = "pump_rate"
    time: int | None = START
    value: float | None = 60.0
    unit: str | None = None
    quality: str | None = None


# Ways to send

Sent = tuple[list[tuple[int, ...]], list[DeadLetter]]


def decoder() -> Decoder:
    return Decoder(CONDITIONS.tags, CONDITIONS.unit)


def take(delivery: Delivery, by: Decoder | None = None) -> Sent:
    """Return each sample as (tag, time, arrival, value as bits, flags), and the dead letters."""
    rows: list[tuple[int, ...]] = []
    dead: list[DeadLetter] = []
    for samples, letters in (by or decoder()).decode(delivery):
        assert [column.dtype for column in samples[:5]] == [np.int32, np.int64, np.int64, np.float64, np.uint8]
        bits = (np.where(np.isnan(samples.values), math.nan, samples.values) + 0.0).view(np.int64)  # no -0.0
        columns = (samples.tags, samples.times, samples.arrivals, bits, samples.flags)
        rows += zip(*(column.tolist() for column in columns), strict=True)
        dead += letters
    return rows, dead


def to_scan(reading: Reading) -> bytes:
    scan: dict[str, Any] = {"well_id": reading.well_id, "time": reading.time and format_time(reading.time)}
    scan["values"] = {reading.tag: reading.value}
    if reading.unit is not None:
        scan["units"] = {reading.tag: reading.unit}
    if reading.quality is not None:
        scan["quality"] = {reading.tag: reading.quality}
    return json.dumps(scan).encode()


def as_json(readings: Sequence[Reading]) -> Delivery:
    return Delivery(0, "json", [to_scan(reading) for reading in readings])


def arrays(readings: Sequence[Reading]) -> dict[str, pa.Array]:
    """Return the columns of readings, names as plain strings."""
    columns: dict[str, list[Any]] = {name: [] for name in Reading._fields}
    for reading in readings:
        for name, value in zip(Reading._fields, reading, strict=True):
            columns[name].append(value)
    types = {name: pa.string() if name in NAMES else WIRE_COLUMNS.field(name).type for name in columns}
    return {name: pa.array(column, types[name]) for name, column in columns.items()}


def encoded(column: pa.Array, index: pa.DataType = INT32, words: pa.DataType = STRING) -> pa.Array:
    plain = column.dictionary_encode()
    return pa.DictionaryArray.from_arrays(plain.indices.cast(index), plain.dictionary.cast(words))


def batch_of(readings: Sequence[Reading], **instead: pa.Array | None) -> pa.RecordBatch:
    """Return readings as a batch of the wire, columns changed as `instead` says, None for left out."""
    columns = arrays(readings)
    columns = {name: encoded(column) if name in NAMES else column for name, column in columns.items()} | instead
    return pa.RecordBatch.from_pydict({name: column for name, column in columns.items() if column is not None})


def stream(*batches: pa.RecordBatch, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batches[0].schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        for batch in batches:
            writer.write_batch(batch)
    message: bytes = sink.getvalue().to_pybytes()
    return message


def plain(readings: Sequence[Reading]) -> Delivery:
    return Delivery(0, "arrow", [stream(pa.RecordBatch.from_pydict(arrays(readings)))])


def indexed(index: pa.DataType, words: pa.DataType = STRING) -> Callable[[Sequence[Reading]], Delivery]:
    def send(readings: Sequence[Reading]) -> Delivery:
        columns = {name: encoded(column, index, words) for name, column in arrays(readings).items() if name in NAMES}
        return Delivery(0, "arrow", [stream(batch_of(readings, **columns))])

    return send


def one_batch_each(readings: Sequence[Reading]) -> Delivery:
    """Send a stream of as many batches as readings; each brings dictionaries that replace those before."""
    return Delivery(0, "arrow", [stream(*(batch_of([reading]) for reading in readings))])


def growing(readings: Sequence[Reading]) -> Delivery:
    """Send a batch a reading; each adds to the dictionaries of those before."""
    columns = {name: encoded(column) for name, column in arrays(readings).items() if name in NAMES}
    batches = []
    for at, reading in enumerate(readings):
        own = {
            name: pa.DictionaryArray.from_arrays(
                column.indices.slice(at, 1), column.dictionary.slice(0, max([-1, *_known(column, at)]) + 1)
            )
            for name, column in columns.items()
        }
        batches.append(batch_of([reading], **own))
    return Delivery(0, "arrow", [stream(*batches, emit_dictionary_deltas=True)])


def _known(column: pa.Array, at: int) -> list[int]:
    return [index for index in column.indices.slice(0, at + 1).to_pylist() if index is not None]


def sliced(readings: Sequence[Reading]) -> Delivery:
    fringe = [Reading("W-9", "x", 1, 1.0, "psi", "bad"), Reading()]
    whole = batch_of([*fringe, *readings, *fringe])
    half = len(readings) // 2
    return Delivery(0, "arrow", [stream(whole.slice(2, half), whole.slice(2 + half, len(readings) - half))])


def in_columns(readings: Sequence[Reading]) -> Delivery:
    fringe = [Reading("W-9", "x", 1, 1.0, "psi", "bad")]
    return Delivery(0, "columns", [as_sample_columns(batch_of([*fringe, *readings])).slice(1)])


def null_in_dictionary(readings: Sequence[Reading]) -> Delivery:
    """Send units and qualities whose null is a word of the dictionary."""
    columns = {
        name: column.dictionary_encode(null_encoding="encode")
        for name, column in arrays(readings).items()
        if name in ("unit", "quality")
    }
    return Delivery(0, "arrow", [stream(batch_of(readings, **columns))])


def nan_for_null(readings: Sequence[Reading]) -> Delivery:
    values = [math.nan if reading.value is None else reading.value for reading in readings]
    return Delivery(0, "arrow", [stream(batch_of(readings, value=pa.array(values, pa.float64())))])


WAYS: dict[str, Callable[[Sequence[Reading]], Delivery]] = {
    "dictionaries": lambda readings: Delivery(0, "arrow", [stream(batch_of(readings))]),
    "plain strings": plain,
    "int8 indices": indexed(pa.int8()),
    "uint16 indices": indexed(pa.uint16()),
    "int64 indices": indexed(pa.int64()),
    "large strings": indexed(pa.int32(), pa.large_string()),
    "a message each": lambda readings: Delivery(0, "arrow", [stream(batch_of([reading])) for reading in readings]),
    "a batch each": one_batch_each,
    "deltas": growing,
    "slices": sliced,
    "columns": in_columns,
    "null in the dictionary": null_in_dictionary,
    "NaN for null": nan_for_null,
    "compressed": lambda readings: Delivery(0, "arrow", [stream(batch_of(readings), compression="lz4")]),
}

readings = st.lists(
    st.builds(
        Reading,
        st.sampled_from(["W-1", "W-2", "W-3"]),
        st.sampled_from(["pump_rate", "temperature", "flow_in"]),
        st.sampled_from([START, START + 1, START + 1_000_000, 1, LAST_TIME]),
        st.sampled_from([60.0, 0.0, -0.0, None, 1e308, -5.5, 1.0833333]),
        st.sampled_from([None, None, "spm", "Hz", "degC", "degF", "psi", "furlong", ""]),
        st.sampled_from([None, None, "uncertain", "bad"]),
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("way", WAYS)
def test_that_every_way_to_send_gives_the_same_samples(way: str) -> None:
    rng = random.Random(20260101)
    for _ in range(20):
        sent = [
            Reading(
                rng.choice(["W-1", "W-2", "W-3"]),
                rng.choice(["pump_rate", "temperature", "flow_in"]),
                START + number,
                rng.choice([60.0, 0.0, None, 1.0833333]),
                rng.choice([None, "spm", "Hz", "degF", "psi", "furlong"]),
                rng.choice([None, "uncertain", "bad"]),
            )
            for number in range(rng.choice([1, 2, 30]))
        ]
        assert take(WAYS[way](sent))[0] == take(as_json(sent))[0]


@given(readings, st.sampled_from([*WAYS]))
def test_that_any_readings_are_the_same_samples_however_sent(sent: list[Reading], way: str) -> None:
    rows, dead = take(WAYS[way](sent))
    rows_of_json, dead_of_json = take(as_json(sent))
    assert rows == rows_of_json
    assert sum(letter.count for letter in dead) == len(dead_of_json)
    assert {letter.reason for letter in dead} == {letter.reason for letter in dead_of_json}


@given(st.lists(readings, max_size=4), st.sampled_from([*WAYS]))
def test_that_what_was_decoded_before_changes_nothing(sent: list[list[Reading]], way: str) -> None:
    one = decoder()
    for each in sent:
        assert take(WAYS[way](each), one) == take(WAYS[way](each))


# Units, qualities, wells


def flags_of(sent: Sequence[Reading], way: str) -> list[tuple[int, float, int]]:
    rows, _ = take(as_json(sent) if way == "json" else WAYS[way](sent))
    return [(row[0], float(np.int64(row[3]).view(np.float64)), row[4]) for row in rows]


@pytest.mark.parametrize("way", ["json", "dictionaries", "columns"])
def test_that_each_row_is_in_its_own_unit(way: str) -> None:
    sent = [
        Reading(value=1.0, unit="Hz"),
        Reading(value=90.0, unit=None),
        Reading("W-2", "temperature", value=212.0, unit="degF"),
        Reading(value=90.0, unit="spm"),
        Reading("W-2", value=2.0, unit="Hz", quality="uncertain"),
        Reading("W-2", "temperature", value=20.0),
    ]
    assert flags_of(sent, way) == [
        (PUMP_1, 60.0, GOOD),
        (PUMP_1, 90.0, GOOD),
        (HEAT_2, 100.0, GOOD),
        (PUMP_1, 90.0, GOOD),
        (PUMP_2, 120.0, UNCERTAIN),
        (HEAT_2, 20.0, GOOD),
    ]


@pytest.mark.parametrize("way", ["json", "dictionaries", "columns"])
def test_that_a_unit_of_another_kind_makes_the_reading_bad_and_is_said_once_a_tag_and_unit(way: str) -> None:
    sent = [
        Reading(value=1.0, unit="psi", quality="uncertain"),
        Reading(value=60.0),
        Reading(value=2.0, unit="psi"),
        Reading("W-2", "temperature", value=3.0, unit="furlong"),
        Reading("W-2", "flow_in", value=3.0, unit="furlong"),
    ]
    rows, dead = take(as_json(sent) if way == "json" else WAYS[way](sent))
    assert [(row[0], row[4]) for row in rows] == [
        (PUMP_1, BAD),
        (PUMP_1, GOOD),
        (PUMP_1, BAD),
        (HEAT_2, BAD),
        (-1, GOOD),
    ]
    assert sum(letter.count for letter in dead) == 3
    assert any("well 'W-1' tag 'pump_rate': unit must convert to 'spm'" in letter.reason for letter in dead)
    assert any("'furlong'" in letter.reason for letter in dead)
    for letter in dead:
        assert b"psi" in letter.raw or b"furlong" in letter.raw


def test_that_a_word_that_is_no_quality_is_no_reason_to_trust_the_reading() -> None:
    sent = [Reading(quality="good"), Reading(quality="GOOD"), Reading(quality="")]
    assert [row[4] for row in take(WAYS["dictionaries"](sent))[0]] == [GOOD, BAD, BAD]


def test_that_backfill_is_marked_beside_the_quality() -> None:
    columns = as_sample_columns(
        batch_of(
            [Reading(), Reading(quality="bad"), Reading(unit="psi"), Reading(quality="uncertain"), Reading()],
            backfill=pa.array([True, True, True, None, False]),
        )
    )
    flags = [row[4] for row in take(Delivery(0, "columns", [columns]))[0]]
    assert flags == [BACKFILL, BACKFILL | BAD, BACKFILL | BAD, UNCERTAIN, GOOD]
    scan = (
        b'{"well_id":"W-1","time":"2026-01-01T00:00:00Z","values":{"pump_rate":1,"temperature":null},"backfill":true}'
    )
    assert [row[4] for row in take(Delivery(0, "json", [scan]))[0]] == [BACKFILL, BACKFILL]


def test_that_a_scan_of_many_tags_is_a_sample_of_each_in_its_order() -> None:
    scan = b"""{"well_id": "W-2", "time": "2026-01-01T00:00:00.000001Z",
        "units": {"temperature": "degF", "flow_in": "x"},
        "values": {"temperature": 212, "flow_in": 1, "pump_rate": null}, "quality": {"flow_in": "bad"}}"""
    rows, dead = take(Delivery(0, "json", [scan], np.array([START + 7])))
    assert [row[:3] for row in rows] == [(tag, START + 1, START + 7) for tag in (HEAT_2, -1, PUMP_2)]
    assert np.array([row[3] for row in rows]).view(np.float64).tolist()[0] == 100.0
    assert not dead


# Arrival


def test_that_arrival_is_that_of_the_message_or_else_of_the_row_or_else_unknown() -> None:
    received = pa.array([START + 5, None], pa.timestamp("us", tz="UTC"))
    message = stream(batch_of([Reading(), Reading()], received_at=received))
    assert [row[2] for row in take(Delivery(0, "arrow", [message]))[0]] == [START + 5, 0]
    arrivals = np.array([START + 8, START + 9])
    assert [row[2] for row in take(Delivery(0, "arrow", [message, message], arrivals))[0]] == [
        *[START + 8] * 2,
        *[START + 9] * 2,
    ]
    scans = [to_scan(Reading()), b"{", to_scan(Reading())]
    found, _ = take(Delivery(0, "json", scans, np.array([START + 8, START + 9, START + 10])))
    assert [row[2] for row in found] == [START + 8, START + 10]


# What is taken and what is refused

ONE = [Reading(), Reading(quality="bad")]
UTC_US = pa.timestamp("us", tz="UTC")


def times_in(unit: str, zone: str | None = "UTC") -> pa.Array:
    per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    return pa.array([START // 10**6 * per_second] * 2, pa.timestamp(unit, tz=zone))


@pytest.mark.parametrize(
    "column, instead",
    [
        ("time", times_in("s")),
        ("time", times_in("ms")),
        ("time", times_in("ns")),
        ("time", pa.array([START * 1000 + 999] * 2, pa.timestamp("ns", tz="UTC"))),
        ("value", pa.array([60.0, 60.0], pa.float32())),
        ("value", pa.array([60, 60], pa.int16())),
        ("unit", None),
        ("unit", pa.nulls(2)),
    ],
)
def test_that_a_column_of_another_type_is_taken_where_nothing_must_be_guessed(column: str, instead: Any) -> None:
    assert take(Delivery(0, "arrow", [stream(batch_of(ONE, **{column: instead}))])) == take(as_json(ONE))


def test_that_whole_numbers_too_large_for_a_double_are_rounded_as_in_json() -> None:
    large = 2**53 + 1
    (row, *_), _ = take(Delivery(0, "arrow", [stream(batch_of(ONE, value=pa.array([large] * 2, pa.int64())))]))
    assert row == take(as_json([Reading(value=large)]))[0][0]


def test_that_optional_columns_may_be_missing() -> None:
    sent = [Reading(), Reading("W-2", value=None)]
    assert take(Delivery(0, "arrow", [stream(batch_of(sent, unit=None, quality=None))]))[0] == take(as_json(sent))[0]


@pytest.mark.parametrize(
    "column, instead, must",
    [
        ("well_id", None, "the first four always"),
        ("tag", None, "the first four always"),
        ("time", None, "the first four always"),
        ("value", None, "the first four always"),
        ("colour", pa.array(["red", "red"]), "columns must be of well_id, tag, time"),
        ("well_id", pa.array(["W-1", None]), "well_id must be given in every row; was null or empty in 1"),
        ("well_id", encoded(pa.array(["W-1", None])), "well_id must be given in every row"),
        ("well_id", pa.array(["W-1", None]).dictionary_encode(null_encoding="encode"), "was null or empty in 1"),
        ("tag", pa.array(["", "pump_rate"]), "tag must be given in every row; was null or empty in 1"),
        ("tag", pa.nulls(2), "tag must be dictionary"),
        ("tag", pa.array([1, 2]), "tag must be dictionary"),
        ("well_id", encoded(pa.array(["1", "2"]), pa.int32()).dictionary_decode().cast(pa.binary()), "well_id must be"),
        ("time", times_in("us", None), "time must be timestamp[us, tz=UTC]; was timestamp[us]"),
        ("time", times_in("us", "Europe/Oslo"), "time must be timestamp[us, tz=UTC]"),
        ("time", times_in("us", "+00:00"), "time must be timestamp[us, tz=UTC]"),
        ("time", pa.array([START, START]), "time must be timestamp[us, tz=UTC]; was int64"),
        ("time", pa.array(["2026-01-01T00:00:00Z"] * 2), "time must be timestamp[us, tz=UTC]; was string"),
        ("time", pa.array([20454, 20454], pa.date32()), "time must be timestamp[us, tz=UTC]; was date32"),
        ("time", pa.array([2**62, 0], pa.timestamp("s", tz="UTC")), "would result in out of bounds"),
        ("value", pa.array(["60", "60"]), "value must be double; was string"),
        ("value", pa.array([True, False]), "value must be double; was bool"),
        ("value", pa.array([60.0, 60.0]).cast(pa.decimal128(10, 2)), "value must be double; was decimal128(10, 2)"),
        ("unit", pa.array([1, 2]), "unit must be dictionary"),
        ("quality", pa.array([0, 2]), "quality must be dictionary"),
        ("backfill", pa.array([1, 0]), "backfill must be bool; was int64"),
        ("received_at", times_in("us", None), "received_at must be timestamp[us, tz=UTC]"),
        ("line", pa.array(["1", "2"]), "line must be int64; was string"),
    ],
)
def test_that_a_stream_of_other_columns_is_a_dead_letter(column: str, instead: Any, must: str) -> None:
    message = stream(batch_of(ONE, **{column: instead}))
    rows, dead = take(Delivery(0, "arrow", [message], origin="well.samples.v1/3"))
    assert not rows
    (letter,) = dead
    assert must in letter.reason
    assert (letter.origin, letter.line, letter.count, letter.raw) == ("well.samples.v1/3", 1, 1, message)


def test_that_a_column_given_twice_is_refused() -> None:
    batch = batch_of(ONE)
    twice = pa.RecordBatch.from_arrays([*batch.columns, batch.column("value")], names=[*batch.schema.names, "value"])
    with pytest.raises(ColumnsFault, match="each once"):
        read_stream(stream(twice))


def codes(column: Sequence[int], words: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(column, pa.int32()), pa.array(words), safe=False)


@pytest.mark.parametrize("index", [2, -1, 2**31 - 1, -(2**31)])
def test_that_an_index_outside_its_dictionary_is_refused(index: int) -> None:
    for name in NAMES:
        message = stream(batch_of(ONE, **{name: codes([0, index], ["W-1", "pump_rate"])}))
        with pytest.raises(ColumnsFault, match="must have every index"):
            read_stream(message)


def test_that_words_that_are_not_utf_8_are_refused() -> None:
    message = stream(batch_of([Reading("WELL-ONE"), Reading("WELL-ONE")]))
    with pytest.raises(ColumnsFault, match="UTF8"):
        read_stream(message.replace(b"WELL-ONE", b"WELL-\xff\xfe\x80"))


def test_that_a_stream_cut_anywhere_in_a_batch_or_followed_by_more_is_a_dead_letter() -> None:
    message = stream(batch_of(ONE), batch_of(ONE))
    whole = read_stream(message)
    for end in range(len(message)):
        try:
            found = read_stream(message[:end])
        except ColumnsFault:
            continue
        # A sender may leave out the end of the stream: what is whole is read.
        assert [batch.to_pylist() for batch in found] == [batch.to_pylist() for batch in whole[: len(found)]]
    for more in (b"\x00", b"x", message):
        with pytest.raises(ColumnsFault, match="must be one Arrow IPC stream"):
            read_stream(message + more)


@given(st.data())
def test_that_no_damage_to_a_stream_stops_the_decoder(data: st.DataObject) -> None:
    message = bytearray(stream(batch_of([Reading(unit="Hz"), Reading("W-2", quality="bad", value=None)])))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(message) - 1))
        message[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    neighbour = stream(batch_of(ONE))
    rows, _ = take(Delivery(0, "arrow", [neighbour, bytes(message), neighbour]))
    good = take(as_json(ONE))[0]
    assert rows[:2] == good
    assert rows[-2:] == good


@pytest.mark.parametrize("junk", [b"", b"x", b"\xff" * 100, b"ARROW1\x00\x00", b'{"well_id":"W-1"}', b"\x00" * 64])
def test_that_what_is_no_stream_is_a_dead_letter_and_hurts_no_neighbour(junk: bytes) -> None:
    good = stream(batch_of(ONE))
    rows, dead = take(Delivery(0, "arrow", [good, junk, good], np.array([1, 2, 3])))
    assert [row[2] for row in rows] == [1, 1, 3, 3]
    assert [(letter.line, letter.raw) for letter in dead] == [(2, junk)]
    assert dead[0].reason.startswith("a message must be an Arrow IPC stream; ")


@pytest.mark.parametrize("junk", [b"", b" ", b"x", b"\xff", to_scan(Reading()) * 2, to_scan(Reading(well_id=""))])
def test_that_a_message_that_is_no_scan_is_a_dead_letter_and_hurts_no_neighbour(junk: bytes) -> None:
    good = to_scan(Reading())
    rows, dead = take(Delivery(0, "json", [good, junk, good], np.array([1, 2, 3]), origin="topic"))
    assert [row[2] for row in rows] == [1, 3]
    assert [(letter.origin, letter.line, letter.count, letter.raw) for letter in dead] == [("topic", 2, 1, junk)]


def test_that_lines_are_counted_over_the_whole_delivery() -> None:
    messages = [to_scan(Reading())] * 2500
    messages[1999] = b"x"
    rows, dead = take(Delivery(0, "json", messages, np.arange(2500)))
    assert [row[2] for row in rows] == [*range(1999), *range(2000, 2500)]
    assert [letter.line for letter in dead] == [2000]


@pytest.mark.parametrize("way", ["dictionaries", "columns"])
def test_that_rows_without_a_usable_time_are_left_out_and_said_so_with_the_first(way: str) -> None:
    beyond = [None, 0, -1, -(2**63), LAST_TIME + 1, 2**63 - 1]
    for time in beyond:
        sent = [Reading(), Reading("W-2", time=time, value=7.25), Reading(time=time), Reading(value=61.0)]
        rows, dead = take(WAYS[way](sent))
        assert [row[1] for row in rows] == [START, START]
        (letter,) = dead
        assert letter.count == 2
        assert "time and received_at must be after 1970-01-01T00:00:00Z" in letter.reason
        assert b'"W-2"' in letter.raw
        assert b"7.25" in letter.raw


def test_that_rows_that_arrived_outside_the_calendar_are_left_out() -> None:
    # Arrival never goes back: one of the year 292278 would make every later sample of the tag early for ever.
    received = pa.array([START, 2**63 - 1, -1], UTC_US)
    rows, dead = take(Delivery(0, "arrow", [stream(batch_of([Reading()] * 3, received_at=received))]))
    assert [row[2] for row in rows] == [START]
    assert [letter.count for letter in dead] == [2]


@pytest.mark.parametrize("time", ["noon", "2026-01-01T00:00:00", "1970-01-01T00:00:00Z", "2026-02-30T00:00:00Z"])
def test_that_a_scan_without_a_usable_time_is_a_dead_letter_and_its_neighbours_are_not(time: str) -> None:
    scan = json.dumps({"well_id": "W-1", "time": time, "values": {"pump_rate": 1, "temperature": 2}}).encode()
    rows, dead = take(Delivery(0, "json", [to_scan(Reading()), scan, to_scan(Reading("W-2"))]))
    assert [row[0] for row in rows] == [PUMP_1, PUMP_2]
    assert [(letter.line, letter.raw) for letter in dead] == [(2, scan)]
    assert f"was {time!r}" in dead[0].reason


# Sizes


def test_that_no_rows_are_no_samples() -> None:
    empty = batch_of([Reading()]).slice(0, 0)
    for delivery in (
        Delivery(0, "arrow", [stream(empty)]),
        Delivery(0, "arrow", [stream(empty, empty)]),
        Delivery(0, "arrow", [stream(empty.slice(0, 0))], np.array([START])),
        Delivery(0, "columns", [as_sample_columns(empty)]),
        Delivery(0, "columns", []),
        Delivery(0, "arrow", []),
        Delivery(0, "json", []),
    ):
        assert take(delivery) == ([], [])


def test_that_dictionaries_too_large_for_a_table_of_all_combinations_give_the_same() -> None:
    rng = random.Random(7)
    strangers = [f"stranger-{number}" for number in range(1500)]
    sent = [
        Reading(
            rng.choice(["W-1", "W-2", *strangers]) if number % 3 else "W-1",
            rng.choice(["pump_rate", "temperature", *strangers]) if number % 2 else "pump_rate",
            START + number,
            float(number),
            rng.choice([None, "Hz", "psi"]),
        )
        for number in range(6000)
    ]
    one = decoder()
    for _ in range(2):
        rows, dead = take(WAYS["dictionaries"](sent), one)
        rows_of_json, dead_of_json = take(as_json(sent))
        assert rows == rows_of_json
        assert sum(letter.count for letter in dead) == len(dead_of_json) > 0


def test_that_the_wire_contract_is_the_first_six_columns() -> None:
    assert WIRE_COLUMNS.names == ["well_id", "tag", "time", "value", "unit", "quality"]
    assert [str(field.type) for field in WIRE_COLUMNS] == [
        "dictionary<values=string, indices=int32, ordered=0>",
        "dictionary<values=string, indices=int32, ordered=0>",
        "timestamp[us, tz=UTC]",
        "double",
        "dictionary<values=string, indices=int32, ordered=0>",
        "dictionary<values=string, indices=int32, ordered=0>",
    ]
    assert [field.nullable for field in WIRE_COLUMNS] == [False, False, False, True, True, True]
    assert SAMPLE_COLUMNS.names[6:] == ["received_at", "backfill", "line"]
