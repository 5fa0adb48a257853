"""The scan: its contract in pydantic and its hot path in msgspec accept the same, and read the same from it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from rules.sample import NO_TIME
from schemas.scan import Scan, ScanFault, ScanStruct, decode_scans
from schemas.times import times_us
from tests.schemas.test_times import TIMES

PLAIN = b'{"well_id":"W-1","time":"2026-01-01T00:00:00.000Z","values":{"pump_rate":119.5}}'


def by_contract(message: bytes) -> str | None:
    """Return what the contract reads from a message, None if it refuses it."""
    try:
        return repr(dict(Scan.model_validate_json(message)))
    except ValidationError:
        return None


def by_hot_path(messages: Sequence[bytes]) -> list[str | None]:
    """Return what the hot path reads from each message, None where it refuses it."""
    found = decode_scans(messages)
    times = times_us([scan.time if isinstance(scan, ScanStruct) else "" for scan in found])
    return [
        None
        if isinstance(scan, ScanFault) or time == NO_TIME
        else repr({name: getattr(scan, name) for name in scan.__struct_fields__})
        for scan, time in zip(found, times, strict=True)
    ]


def assert_agree(message: bytes) -> str | None:
    (hot,) = by_hot_path([message])
    assert hot == by_contract(message)
    return hot


# Text of JSON, good and bad, for each place in a scan.

NUMBERS = [
    *"""
    0 -0 -0.0 1 -1 0.0 119.5 1e5 1E+5 1e-5 4.9e-324 2e-324 1e-400 1.7976931348623157e308 1.7976931348623159e308 1e308
    9007199254740993 18446744073709551616 19933688932870350000 123456789012345678901234567890 1e309 1e400 -1e400
    1e99999999999 0e99999999999 1e-99999999999 NaN -NaN nan Infinity -Infinity inf 01 -01 00 1. .5 +1 1e 1e+ - 0x1 1_0
    1,5 1e0400 true false null nul nulL "1" "NaN" "" [] [1] {} {"a":1}
    """.split(),
    *("- 1", "1 2", "", "1" * 309, "9" * 400, "0." + "0" * 400 + "1e400", "1" * 400 + "e-200", "0.1" + "3" * 2000),
]
STRINGS = [
    *r"""
    "W-1" "" "15/9-F-7" "é" "\u00e9" "\ud83d\ude00" "\ud800" "\udc00\ud800" "\ud83d\u0020" "\ud83dx" "\u12" "\x41"
    "\/\b\f\n\r\t\"\\" "\u0000" 'W' W null 1 true [] {} " "a "\"
    """.split(),
    *('"😀"', '" "', '"\x00"', '"a\nb"', '"a\tb"', '"\x1f"', '"\x7f"', '"\u2028"', '"\ufeff"', ""),
]
SEQS = """
    0 1 -1 -0 -0.0 1.0 1e3 1.5 9223372036854775807 9223372036854775808 9223372036854775807.0 18446744073709551615
    1e30 111111111111111111111111111111 NaN Infinity true null "1" []
    """.split()
BOOLS = 'true false null 1 0 True tru truex "true" []'.split()
UNITS = r'"spm" "" null 1 "bad" "uncertain" "good" "BAD" [] "\ud800"'.split()
TAGS = ["a", "pump_rate", "", "b", "é", "\\u0061", "\\ud800", "well_id", "x\ny", "a b"]
BLANKS = ["", "", "", " ", "\n", "\r\n", "\t", "\n  ", "\x0b", "\x0c", "\xa0", "\ufeff", "//\n", "/**/"]


def mostly(usual: st.SearchStrategy[str], *others: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Draw what is usual, and now and then something else: a message with many oddities is refused for the first."""
    return st.integers(0, 9).flatmap(lambda roll: usual if roll < 8 else st.one_of(usual, *others))


def members(pairs: Sequence[tuple[str, str]]) -> str:
    return "{" + ",".join(f'"{name}":{value}' for name, value in pairs) + "}"


def objects(values: st.SearchStrategy[str], least: int) -> st.SearchStrategy[str]:
    names = mostly(st.sampled_from(TAGS[:2]), st.sampled_from(TAGS))
    return st.lists(st.tuples(names, values), min_size=least, max_size=3).map(members)


strings = mostly(st.just('"W-1"'), st.sampled_from(STRINGS))
times = mostly(st.sampled_from(TIMES[:6]).map(json.dumps), st.sampled_from(TIMES).map(json.dumps), strings)
readings = mostly(st.sampled_from(["1", "0", "null", "119.5"]), st.sampled_from(NUMBERS))
fields = {
    "well_id": strings,
    "time": times,
    "values": mostly(objects(readings, 1), objects(readings, 0), strings),
    "units": mostly(objects(mostly(st.just('"spm"'), st.sampled_from(UNITS)), 0), st.just("null"), strings),
    "quality": mostly(objects(mostly(st.just('"bad"'), st.sampled_from(UNITS)), 0), st.just("null"), strings),
    "source": strings,
    "seq": st.sampled_from(SEQS),
    "backfill": st.sampled_from(BOOLS),
}


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """Return a scan, or nearly one: fields left out, doubled, moved, misspelled, and blanks between the tokens."""
    names = ["well_id", "time", "values", *draw(st.lists(st.sampled_from([*fields][3:]), unique=True))]
    if draw(st.integers(0, 4)) == 0:
        names = draw(st.lists(st.sampled_from([*fields, "x", "Time", "tim\\u0065", ""]), max_size=10))
    if draw(st.booleans()):
        names = draw(st.permutations(names))
    text = members([(name, draw(fields.get(name.replace("\\u0065", "e"), strings))) for name in names])
    if draw(st.booleans()):
        blanks = st.sampled_from(draw(st.sampled_from([BLANKS[:8], BLANKS])))
        text = "".join(char + draw(blanks) if char in '{},:"' else char for char in text)
    return text.encode("utf-8", "surrogatepass")


PIECES = [
    b"{",
    b"}",
    b",",
    b":",
    b'"',
    b"\n",
    b" ",
    b"\x00",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xc0\x80",
    b"\xef\xbb\xbf",
    b"\\",
    b"\\u",
    b"[",
    b"1",
]


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """Return a document, or one cut, glued, or with some bytes changed."""
    message = draw(documents())
    kind = draw(st.sampled_from(["whole"] * 5 + ["cut", "glued", "put in", "taken out", "junk"]))
    at = draw(st.integers(0, len(message)))
    if kind == "cut":
        return message[:at]
    if kind == "glued":
        return draw(st.sampled_from([b"", b" ", b"\n", b","])).join(
            [message, draw(st.sampled_from([message, PLAIN, b"", b" ", b"x", b"}"]))]
        )
    if kind == "put in":
        return message[:at] + draw(st.sampled_from(PIECES)) + message[at:]
    if kind == "taken out":
        return message[:at] + message[at + draw(st.integers(1, 5)) :]
    if kind == "junk":
        return draw(st.one_of(st.binary(max_size=20), st.lists(st.sampled_from(PIECES)).map(b"".join)))
    return message


@given(messages())
def test_that_contract_and_hot_path_read_the_same(message: bytes) -> None:
    assert_agree(message)


def with_value(text: str) -> bytes:
    return PLAIN.replace(b"119.5", text.encode("utf-8", "surrogatepass"))


def with_field(text: str) -> bytes:
    return PLAIN[:-1] + b"," + text.encode("utf-8", "surrogatepass") + b"}"


@pytest.mark.parametrize("text", NUMBERS)
def test_that_contract_and_hot_path_agree_on_numbers(text: str) -> None:
    assert_agree(with_value(text))
    assert_agree(with_field(f'"seq":{text}'))


@pytest.mark.parametrize("text", STRINGS)
def test_that_contract_and_hot_path_agree_on_strings(text: str) -> None:
    for name in ("source", "seq", "backfill", "units", "quality", "x"):
        assert_agree(with_field(f'"{name}":{text}'))
    assert_agree(PLAIN.replace(b'"W-1"', text.encode()))
    assert_agree(PLAIN.replace(b'"pump_rate"', text.encode()))
    assert_agree(with_field(f'"units":{{"pump_rate":{text}}}'))
    assert_agree(with_field(f'"quality":{{"pump_rate":{text}}}'))


@pytest.mark.parametrize("text", TIMES)
def test_that_contract_and_hot_path_agree_on_times(text: str) -> None:
    assert_agree(PLAIN.replace(b'"2026-01-01T00:00:00.000Z"', json.dumps(text).encode()))


@pytest.mark.parametrize(
    "message, accepted",
    [
        (PLAIN, True),
        (b" \r\n\t" + PLAIN + b"\n", True),
        (json.dumps(json.loads(PLAIN), indent=2).encode(), True),
        (with_value("null"), True),
        (with_value("0"), True),
        (with_value("-0.0"), True),
        (with_value("NaN"), False),
        (with_value("Infinity"), False),
        (with_value("1e400"), False),
        (with_value("9" * 400), False),
        (with_value('"119.5"'), False),
        (with_value("true"), False),
        (with_field('"units":null,"quality":null,"source":null,"seq":null'), True),
        (with_field('"backfill":null'), False),
        (with_field('"units":{"pump_rate":"Hz"},"quality":{"pump_rate":"bad"}'), True),
        (with_field('"units":{"pressure":"psi"}'), False),
        (with_field('"quality":{"pressure":"bad"}'), False),
        (with_field('"quality":{"pump_rate":"good"}'), False),
        (with_field('"seq":9223372036854775807'), True),
        (with_field('"seq":9223372036854775808'), False),
        (with_field('"seq":-1'), False),
        (with_field('"colour":"red"'), False),
        (PLAIN.replace(b'{"pump_rate":119.5}', b"{}"), False),
        (PLAIN.replace(b'"pump_rate"', b'""'), False),
        (PLAIN.replace(b'"W-1"', b'""'), False),
        (b"", False),
        (b" ", False),
        (b"\xef\xbb\xbf" + PLAIN, False),
        (PLAIN + PLAIN, False),
        (PLAIN + b"\n" + PLAIN, False),
        (PLAIN + b"\x00", False),
        (PLAIN[:-1] + b",}", False),
        (b"[" + PLAIN + b"]", False),
        (PLAIN.decode().encode("utf-16"), False),
        (b"[" * 100_000, False),
        (b'{"x":' * 100_000, False),
        (with_field('"source":' + "[" * 100_000 + "]" * 100_000), False),
        # A key given twice: the last counts, but all readings of a tag must be readings.
        (with_field('"well_id":"W-2"'), True),
        (with_field('"values":{}'), False),
        (b'{"values":{},' + PLAIN[1:], True),
        (b'{"well_id":5,"seq":"one","time":null,' + PLAIN[1:-1] + b',"seq":1}', True),
        (with_value('"x","pump_rate":1'), False),
        (with_value('1,"pump_rate":2'), True),
    ],
)
def test_that_what_is_a_scan_is_accepted_both_ways_and_nothing_else_either_way(message: bytes, accepted: bool) -> None:
    assert (assert_agree(message) is not None) == accepted


def test_that_only_the_hot_path_reads_a_number_longer_than_pydantic_looks_at() -> None:
    # The contract's parser stops after 4,300 digits before the point; JSON does not. The value is right.
    message = with_value("1" * 4301 + "e-4301")
    assert by_contract(message) is None
    (scan,) = decode_scans([message])
    assert isinstance(scan, ScanStruct)
    assert scan.values == {"pump_rate": 0.1111111111111111}


# Neighbours

HALVES = (PLAIN[: PLAIN.index(b',"values"')], PLAIN[PLAIN.index(b',"values"') :])
OTHER = PLAIN.replace(b"W-1", b"W-2")
NEIGHBOURS = [
    *(PLAIN, OTHER, PLAIN + OTHER, PLAIN + b" " + OTHER, b"", b" ", b"\r", b"{", b"}", b"{}", b"null", *HALVES),
    *(
        HALVES[1] + OTHER,
        HALVES[0][:-1],
        b'"' + HALVES[1],
        PLAIN + HALVES[0],
        PLAIN[:-1],
        b"}" + PLAIN,
        b"\xff",
        b"\n",
        b"\n\n",
    ),
    *(
        PLAIN + b"\n" + OTHER,
        PLAIN + b"\n",
        b"\n" + PLAIN,
        b" " + PLAIN,
        PLAIN + b" ",
        PLAIN + b"\x00",
        b"{" + PLAIN + b"}",
    ),
    *(
        with_field('"units":{"x":"y"}'),
        with_field('"source":"}'),
        with_field('"source":"{"'),
        with_field('"source":"}\n{"'),
    ),
]


def assert_alone_as_together(batch: Sequence[bytes]) -> None:
    assert decode_scans(batch) == [scan for message in batch for scan in decode_scans([message])]


def test_that_no_neighbour_changes_what_a_message_says() -> None:
    for batch in permutations(NEIGHBOURS, 2):
        assert_alone_as_together(batch)
    for message in NEIGHBOURS:
        assert_alone_as_together([message, message])
        assert_alone_as_together([PLAIN, message, OTHER])
        assert_alone_as_together([HALVES[0], message, HALVES[1]])


@given(st.lists(st.one_of(st.sampled_from(NEIGHBOURS), messages()), max_size=6))
@example([])
@example([PLAIN + OTHER, b" "])
@example([HALVES[0], HALVES[1] + OTHER])
def test_that_no_batch_changes_what_a_message_says(batch: list[bytes]) -> None:
    assert_alone_as_together(batch)
    assert by_hot_path(batch) == [by_contract(message) for message in batch]


def test_that_a_fault_says_what_must_hold() -> None:
    faults = decode_scans([with_value('"fast"'), with_field('"units":{"pressure":"psi"}'), b"", PLAIN])
    assert [fault.reason if isinstance(fault, ScanFault) else None for fault in faults] == [
        "a scan must follow the contract well.samples.v1; Expected `float | null`, got `str` - at `$.values[...]`",
        "units and quality must name tags that values has; was 'pressure'",
        "a scan must follow the contract well.samples.v1; Input data was truncated",
        None,
    ]
