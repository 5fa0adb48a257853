"""WITSML logs of 1.3.1.1, 1.4.1.1 and 2.0: one small document for each oddity."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.tables.config import TableSettings
from connectors.witsml.document import Row, events
from connectors.witsml.json_rows import JsonRows
from tests.connectors.reading import SAMPLES, read, refusals, short

Rows = list[tuple[Any, ...]]
BAD = "It counts as a bad reading; correct the export."
OUT = "The row is left out"


def two_by_two(line: int, next_line: int | None = None) -> Rows:
    """Return the rows most samples hold: two instants, two curves."""
    after = line + 1 if next_line is None else next_line
    return [
        (line, "SPM", 0, 1.0, None),
        (line, "SPP", 0, 101325, None),
        (after, "SPM", 1, 1.1, None),
        (after, "SPP", 1, 101326, None),
    ]


# file: rows (line, tag, second, value, quality), faults
READ: dict[str, tuple[Rows, list[str]]] = {
    "witsml_1_3_1_1.xml": (two_by_two(14), []),
    "witsml_1_4_1_1.xml": (two_by_two(16), []),
    "witsml_1_4_1_1_prefix.xml": (two_by_two(16), []),
    "witsml_1_4_1_1_vendor_elements.xml": (two_by_two(17), []),
    "witsml_1_4_1_1_semicolons.xml": (two_by_two(17), []),
    "witsml_1_4_1_1_decreasing.xml": (two_by_two(17, 16), []),
    "witsml_1_4_1_1_index_in_the_middle.xml": (two_by_two(16)[:2], []),
    "witsml_1_4_1_1_quoted_comment.xml": ([(16, "SPM", 0, 1.0, None)], []),
    # An empty cell is no row; the curve's own null value, the log's and NaN are rows without value.
    "witsml_1_4_1_1_null_and_empty.xml": (
        [
            (16, "SPM", 0, None, None),
            (17, "SPP", 1, None, None),
            (18, "SPM", 2, -9999.0, None),
            (18, "SPP", 2, -999.25, None),
            (19, "SPM", 3, None, None),
            (19, "SPP", 3, 0.0, None),
        ],
        [],
    ),
    "witsml_1_4_1_1_on_one_line.xml": (
        [*two_by_two(1), (3, "SPM", 2, None, "bad"), (3, "SPP", 2, 1.0, None)],
        [f"witsml_1_4_1_1_on_one_line.xml data row 3: curve SPM must be a finite number, or empty; was 'fast'. {BAD}"],
    ),
    "witsml_1_4_1_1_bad_rows.xml": (
        [
            (19, "SPM", 3, None, "bad"),
            (19, "SPP", 3, 2.0, None),
            (20, "SPM", 4, 1.0, None),
            (20, "SPP", 4, 2.0, None),
        ],
        [
            (
                "witsml_1_4_1_1_bad_rows.xml line 16: a data row must have 3 cells, one for each curve; was 2. "
                f"{OUT}; ask the source."
            ),
            (
                "witsml_1_4_1_1_bad_rows.xml line 17: the index must say its zone; was '2026-01-01T00:00:01'. "
                f"{OUT}; write UTC as '...Z', or the offset as '+02:00'."
            ),
            (
                "witsml_1_4_1_1_bad_rows.xml line 18: a data row must have 3 cells, one for each curve; was 4. "
                f"{OUT}; ask the source."
            ),
            f"witsml_1_4_1_1_bad_rows.xml line 19: curve SPM must be a finite number, or empty; was 'fast'. {BAD}",
        ],
    ),
    "witsml_1_4_1_1_by_depth_and_by_time.xml": (
        two_by_two(32),
        [
            (
                "witsml_1_4_1_1_by_depth_and_by_time.xml line 13: log 'Deep' must be indexed by date time; "
                "was by measured depth. Nothing of it is read; export the log by time."
            )
        ],
    ),
    "witsml_1_4_1_1_two_blocks.xml": (
        [
            (16, "SPM", 0, 1.0, None),
            (22, "SPP", 1, 101325, None),
            (17, "SPM", 2, 1.2, None),
            (23, "SPP", 3, 101326, None),
        ],
        [],
    ),
    "witsml_1_4_1_1_units_disagree.xml": (
        [(16, "SPP", 0, 101325, None), (17, "SPP", 1, 101326, None)],
        [
            (
                "witsml_1_4_1_1_units_disagree.xml line 13: curve SPM must be numbers of one unit in one column; "
                "was its unit is 'spm' in unitList and 'Hz' in logCurveInfo. It is not read."
            )
        ],
    ),
    "witsml_1_4_1_1_mnemonic_twice.xml": (
        [],
        [
            (
                "witsml_1_4_1_1_mnemonic_twice.xml line 13: curve SPM must be numbers of one unit in one column; "
                "was 2 columns are called so. It is not read."
            )
        ],
    ),
    "witsml_1_4_1_1_no_rows.xml": (
        [],
        ["witsml_1_4_1_1_no_rows.xml line 13: log 'Rig' must have data rows; was none. It is passed over."],
    ),
    "witsml_1_4_1_1_cut_off.xml": (
        two_by_two(16)[:2],
        [
            (
                "witsml_1_4_1_1_cut_off.xml line 17: a WITSML file must be XML to its end; "
                "was Premature end of data in tag data line 17. What follows is not read; was it cut off?"
            )
        ],
    ),
    "witsml_2_0.xml": (
        [
            (25, "SPM", 0, 1.0, None),
            (25, "SPP", 0, 101325, None),
            (26, "SPP", 1, 101326, None),
            (27, "SPM", 2, 1.2, None),
        ],
        [],
    ),
    "witsml_2_0_decreasing.xml": (two_by_two(2, 1), []),  # all on one line: the second row of data is the first in time
    "witsml_2_0_quality.xml": (
        [
            (26, "SPM", 0, 1.0, "uncertain"),
            (26, "SPP", 0, 1.0, None),
            (27, "SPM", 1, 1.1, "bad"),
            (27, "SPP", 1, 2.0, None),
            (28, "SPM", 2, 1.2, None),
            (28, "SPP", 2, None, "bad"),
        ],
        [
            (
                "witsml_2_0_quality.xml line 27: quality of curve SPM must be one of good, uncertain, bad; was '192'. "
                "It counts as a bad reading; ask the source what its words mean."
            ),
            "witsml_2_0_quality.xml line 28: curve SPP must be a finite number, or empty; was \"['1', '2']\". " + BAD,
        ],
    ),
    "witsml_2_0_bad_rows.xml": (
        [
            (29, "SPM", 4, None, "bad"),
            (29, "SPP", 4, None, "bad"),
            (30, "SPM", 5, 1.0, None),
            (30, "SPP", 5, 2.0, None),
        ],
        [
            (
                "witsml_2_0_bad_rows.xml line 25: a data row must have 2 cells, one for each curve; was 3. "
                f"{OUT}; ask the source."
            ),
            (
                "witsml_2_0_bad_rows.xml line 26: a data row must be [[index], [values]]; was something else. "
                f"{OUT}; ask the source."
            ),
            (
                "witsml_2_0_bad_rows.xml line 27: the index must be an RFC 3339 time like 2016-07-28T10:57:30.000Z; "
                f"was 'noon'. {OUT}; correct the export."
            ),
            (
                "witsml_2_0_bad_rows.xml line 28: the index must be an RFC 3339 time like 2016-07-28T10:57:30.000Z; "
                f"was '1767225600'. {OUT}; correct the export."
            ),
            f"witsml_2_0_bad_rows.xml line 29: curve SPM must be a finite number, or empty; was 'True'. {BAD}",
            f"witsml_2_0_bad_rows.xml line 29: curve SPP must be a finite number, or empty; was 'fast'. {BAD}",
        ],
    ),
    "witsml_2_0_data_cut_off.xml": (
        [(25, "SPM", 0, 1.0, None), (25, "SPP", 0, 2.0, None)],
        [
            (
                "witsml_2_0_data_cut_off.xml line 26: Data must be a JSON array of rows [[index], [values]]; "
                "was an end at '[[\"2026-01-01T00:00:01Z\",1],[1'. What follows is not read; ask the source."
            )
        ],
    ),
}

BY_DEPTH = "must be indexed by date time; was by measured depth. Nothing of it is read; export the log by time."

# file: why it is not read at all
REFUSED = {
    "witsml_1_4_1_1_by_depth.xml": [f"witsml_1_4_1_1_by_depth.xml line 13: log 'Rig' {BY_DEPTH}"],
    "witsml_2_0_by_depth.xml": [f"witsml_2_0_by_depth.xml line 24: log 'Rig, by time' {BY_DEPTH}"],
    "witsml_1_3_1_1_column_missing.xml": [
        (
            "witsml_1_3_1_1_column_missing.xml line 12: columnIndex must count the 2 curves from 1; was 1, 3. "
            "Were curves taken out? Export the log anew."
        )
    ],
    "witsml_1_4_1_1_units_too_few.xml": [
        (
            "witsml_1_4_1_1_units_too_few.xml line 13: unitList must have a unit for each of the 3 mnemonics; "
            "was 2 units. Which unit is whose? Ask the source."
        )
    ],
    "witsml_1_4_1_1_no_mnemonics.xml": [
        (
            "witsml_1_4_1_1_no_mnemonics.xml line 13: a log must say which column is which, by mnemonicList "
            "(1.4.1.1) or columnIndex (1.3.1.1); was neither. Nothing of it is read; export the log anew."
        )
    ],
    "witsml_1_4_1_1_no_index_curve.xml": [
        (
            "witsml_1_4_1_1_no_index_curve.xml line 13: log 'Rig' must have its indexCurve among its columns; "
            "was 'CLOCK'. The columns are TIME, SPM, SPP."
        )
    ],
    "witsml_1_4_1_1_no_well.xml": [
        (
            "witsml_1_4_1_1_no_well.xml line 13: log 'Rig' must name its well; was no nameWell. "
            "Write well_id in the tag map."
        )
    ],
    "witsml_1_4_1_1_cut_off_in_the_header.xml": [
        (
            "witsml_1_4_1_1_cut_off_in_the_header.xml line 10: a WITSML file must be XML to its end; "
            "was Premature end of data in tag logCurveInfo line 10. What follows is not read; was it cut off?"
        )
    ],
    "witsml_2_0_data_no_array.xml": [
        (
            "witsml_2_0_data_no_array.xml line 24: Data must be a JSON array of rows [[index], [values]]; "
            "was '{\"rows\": []}'. What follows is not read; ask the source."
        )
    ],
    "witsml_document_type.xml": [
        (
            "witsml_document_type.xml line 2: a WITSML file must have no document type declaration; "
            "was <!DOCTYPE logs>. Nothing of it is read; WITSML has none, and one can hide an attack."
        )
    ],
    "witsml_well.xml": [
        (
            "witsml_well.xml: a WITSML file must hold a log; was none in it. "
            "Wells, trajectories and other objects hold no samples; leave it out."
        )
    ],
    "no_xml.xml": [
        (
            "no_xml.xml line 1: a WITSML file must be XML to its end; was Start tag expected, '<' not found. "
            "What follows is not read; was it cut off?"
        )
    ],
}


@pytest.mark.parametrize("name", READ)
def test_that_rows_are_read_and_faults_reported_with_their_lines(name: str) -> None:
    rows, faults = READ[name]
    found, told = read(name)
    assert short(found) == rows
    assert told == faults


@pytest.mark.parametrize("name", REFUSED)
def test_that_a_document_without_a_readable_log_is_refused_with_the_reason(name: str) -> None:
    assert refusals(name) == REFUSED[name]


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("batch_rows", [1, 3])
def test_that_the_size_of_batches_changes_nothing(name: str, batch_rows: int) -> None:
    assert read(name, settings=TableSettings(batch_rows=batch_rows)) == read(name)


def test_that_well_and_units_are_those_of_the_log() -> None:
    for name in ("witsml_1_3_1_1.xml", "witsml_1_4_1_1.xml", "witsml_2_0.xml"):
        rows, _ = read(name)
        assert {(row["well_id"], row["tag"], row["unit"]) for row in rows} == {
            ("W-1", "SPM", "Hz"),
            ("W-1", "SPP", "Pa"),
        }


def test_that_a_map_names_tags_and_well_and_orders_them() -> None:
    tags = "well_id: W-7\ntags:\n  standpipe: {mnemonic: SPP}\n  pump_rate: {mnemonic: SPM}\n"
    rows, faults = read("witsml_1_4_1_1.xml", tags=tags)
    assert [(row["well_id"], row["tag"], row["value"]) for row in rows] == [
        ("W-7", "standpipe", 101325.0),
        ("W-7", "pump_rate", 1.0),
        ("W-7", "standpipe", 101326.0),
        ("W-7", "pump_rate", 1.1),
    ]
    assert not faults


def test_that_a_mnemonic_no_log_has_is_named_with_the_near_ones_first() -> None:
    tags = "tags:\n  a: {mnemonic: SPM}\n  b: {mnemonic: SP}\n  c: {mnemonic: HKLD}\n"
    assert refusals("witsml_1_4_1_1.xml", "witsml_1_4_1_1_by_depth.xml", tags=tags) != []
    assert refusals("witsml_1_4_1_1.xml", "witsml_1_3_1_1.xml", tags=tags) == [
        "map.yaml line 3: tags.b.mnemonic must be a curve of a log; was 'SP'. There are SPP, SPM.",
        "map.yaml line 4: tags.c.mnemonic must be a curve of a log; was 'HKLD'. There are SPM, SPP.",
    ]


def test_that_a_mapped_curve_of_text_is_reported_and_not_read() -> None:
    rows, faults = read(
        "witsml_1_4_1_1_quoted_comment.xml", tags="tags: {note: {mnemonic: NOTE}, spm: {mnemonic: SPM}}"
    )
    assert [row["tag"] for row in rows] == ["spm"]
    assert faults == [
        (
            "witsml_1_4_1_1_quoted_comment.xml line 13: curve NOTE must be numbers of one unit in one column; "
            "was its values are no numbers. It is not read."
        )
    ]


def test_that_one_well_id_is_not_given_to_logs_of_several_wells() -> None:
    assert refusals("witsml_1_4_1_1_two_wells.xml", tags="well_id: W-7\ntags: {spm: {mnemonic: SPM}}") == [
        (
            "map.yaml: well_id must be left out where the logs are of several wells; was 'W-7'. "
            "Leave it out, or read one well at a time; the logs are of W-1, W-2."
        )
    ]
    rows, _ = read("witsml_1_4_1_1_two_wells.xml", tags="tags: {spm: {mnemonic: SPM}}")
    assert [row["well_id"] for row in rows] == ["W-1", "W-2", "W-1", "W-2"]


@pytest.mark.parametrize("name", ["witsml_1_3_1_1.xml", "witsml_1_4_1_1.xml", "witsml_2_0.xml"])
def test_that_a_packed_document_reads_as_the_plain_one(name: str, tmp_path: Path) -> None:
    packed = tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress((SAMPLES / name).read_bytes()))
    assert read(packed) == read(name)


def test_that_lines_are_counted_beyond_what_an_xml_tree_remembers() -> None:
    head, data, tail = (SAMPLES / "witsml_1_4_1_1.xml").read_bytes().partition(b"      <data>")
    many = head + b"\n" * 70_000 + data + tail
    lines = [event.line for event in events(io.BytesIO(many), "many.xml") if isinstance(event, Row)]
    assert lines == [70_016, 70_017]


def test_that_data_of_2_0_longer_than_a_text_node_may_be_is_read() -> None:
    head, row, tail = (SAMPLES / "witsml_2_0.xml").read_bytes().partition(b'[["2026-01-01T00:00:00Z"')
    many = head + (row + b",1000.5],[1.0,101325]],\n" * 1 + b" " * 11_000_000) + row + tail
    events_read = list(events(io.BytesIO(many), "long.xml"))
    assert sum(isinstance(event, Row) for event in events_read) == 4


@given(
    st.lists(st.tuples(st.integers(), st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.none()))),
    st.lists(st.integers(1, 40), min_size=1),
    st.sampled_from(["", "\n", " \n "]),
)
def test_that_rows_of_json_come_out_whatever_pieces_they_come_in(
    rows: list[tuple[int, list[float | None]]], sizes: list[int], between: str
) -> None:
    inner = f",{between}".join(
        f"[[{index}],[{','.join('null' if value is None else repr(value) for value in values)}]]"
        for index, values in rows
    )
    text = f"{between}[{between}{inner}{between}]{between}"
    reader, at, found = JsonRows(1), 0, []
    for number in range(len(text)):
        size = sizes[number % len(sizes)]
        reader.feed(text[at : at + size])
        found += reader.take()
        at += size
        if at >= len(text):
            break
    reader.end()
    found += reader.take()
    assert reader.fault is None
    expected = [[[str(i)], [None if v is None else repr(v) for v in values]] for i, values in rows]
    assert [row for _, row in found] == expected
    first = 1 + 2 * between.count("\n")
    assert [line for line, _ in found] == [first + number * between.count("\n") for number in range(len(rows))]


@pytest.mark.parametrize(
    "text", ["[[[1],[2]]", "[[[1],[2]]]]", "[[[1],[2]]] x", "[,[[1],[2]]]", "[[[1],[2]] [[2],[3]]]", "[1]", "[" * 5000]
)
def test_that_what_is_no_array_of_rows_is_a_fault(text: str) -> None:
    reader = JsonRows(1)
    reader.feed(text)
    reader.end()
    assert reader.fault is not None
