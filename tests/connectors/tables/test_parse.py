"""Tables of samples: one small file for each oddity, then all of them in pieces of any size."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import FileFaults
from connectors.tables.comma import read_csv
from connectors.tables.config import TableSettings
from tests.connectors.reading import SAMPLES, read, refusals, short

SPM = "pump_rate"
BAD = "It counts as a bad reading; correct the export."
OUT = "The row is left out"

# file: rows (line, tag, second, value, quality), faults
READ: dict[str, tuple[list[tuple[Any, ...]], list[str]]] = {
    "plain.csv": (
        [
            (2, SPM, 0, 50, None),
            (3, SPM, 1, 0.0, None),
            (4, SPM, 2, 61.25, "uncertain"),
            (5, "pressure", 2, 1500, None),
        ],
        [],
    ),
    "header_only.csv": ([], []),
    "no_final_line_feed.csv": ([(2, SPM, 0, 50, None), (3, SPM, 1, 50, None)], []),
    "crlf.csv": ([(2, SPM, 0, 50, None), (3, SPM, 1, 50, None)], []),
    "byte_order_mark.csv": ([(2, SPM, 0, 50, None)], []),
    "blanks_around_cells.csv": ([(2, SPM, 0, 50, "good")], []),
    "columns_in_another_order.csv": ([(2, SPM, 0, 50, None)], []),
    "quotes_around_all.csv": ([(2, SPM, 0, 50, None), (3, SPM, 1, 51, None)], []),
    "time_with_offset.csv": ([(2, SPM, 0, 50, None), (3, SPM, 1.5, 50, None), (4, SPM, 2, 50, None)], []),
    "time_finer_than_a_microsecond.csv": ([(2, SPM, 0.123456, 50, None)], []),
    "time_without_zone.csv": (
        [(3, SPM, 1, 50, None)],
        [
            (
                "time_without_zone.csv line 2: time must say its zone; was '2026-01-01T00:00:00'. "
                f"{OUT}; write UTC as '...Z', or the offset as '+02:00'."
            )
        ],
    ),
    "time_is_no_time.csv": (
        [(6, SPM, 1, 50, None)],
        [
            f"time_is_no_time.csv line {line}: time must be an RFC 3339 time like 2016-07-28T10:57:30.000Z; "
            f"was {text!r}. {OUT}; correct the export."
            for line, text in [
                (2, "01.02.2026 00:00"),
                (3, "2026-02-30T00:00:00Z"),
                (4, "2026-01-01T24:00:00Z"),
                (5, "1767225600"),
            ]
        ],
    ),
    "time_not_after_1970.csv": (
        [(4, SPM, 0.000001, 50, None)],
        [
            f"time_not_after_1970.csv line {line}: time must be after 1970-01-01T00:00:00Z; was {text!r}. "
            f"{OUT}; is the clock of the source set?"
            for line, text in [(2, "1970-01-01T00:00:00Z"), (3, "1969-12-31T23:59:59Z")]
        ],
    ),
    "well_tag_or_time_missing.csv": (
        [(6, SPM, 1, 50, None)],
        [
            f"well_tag_or_time_missing.csv line {line}: {column} must be given; was empty. {OUT}; {remedy}"
            for line, column, remedy in [
                (2, "well_id", "name it."),
                (3, "tag", "name it."),
                (4, "time", "write when it was."),
                (5, "tag", "name it."),
                (5, "time", "write when it was."),
            ]
        ],
    ),
    "value_empty_null_or_nan.csv": (
        [(2, SPM, 0, None, None), (3, SPM, 1, None, None), (4, SPM, 2, None, None), (5, SPM, 3, 0.0, None)],
        [],
    ),
    "value_is_text.csv": (
        [(2, SPM, 0, None, "bad"), (3, SPM, 1, None, "bad"), (4, SPM, 2, None, "bad"), (5, SPM, 3, 50, None)],
        [
            f"value_is_text.csv line {line}: value must be a finite number, or empty; was {text!r}. {BAD}"
            for line, text in [(2, "OFF"), (3, "1_000"), (4, "0x10")]
        ],
    ),
    "value_is_infinite.csv": (
        [(2, SPM, 0, None, "bad"), (3, SPM, 1, None, "bad"), (4, SPM, 2, None, "bad")],
        [
            f"value_is_infinite.csv line {line}: value must be a finite number, or empty; was {text!r}. {BAD}"
            for line, text in [(2, "inf"), (3, "-Infinity"), (4, "1e999")]
        ],
    ),
    "decimal_comma.csv": (
        [(2, SPM, 0, None, "bad"), (3, SPM, 1, 50, None)],
        [
            (
                "decimal_comma.csv line 2: value must have a decimal point; was '50,5'. "
                "It counts as a bad reading; write '50.5' if the comma is the decimal mark."
            )
        ],
    ),
    "decimal_comma_unquoted.csv": (
        [(3, SPM, 1, 50, None)],
        [
            (
                "decimal_comma_unquoted.csv line 2: a row must have 6 cells, as the header; was 7. "
                f"{OUT}; a decimal comma, or was it cut off?"
            )
        ],
    ),
    "quality_is_unknown.csv": (
        [(2, SPM, 0, 50, "bad"), (3, SPM, 1, 50, "good"), (4, SPM, 2, 50, "bad")],
        [
            (
                "quality_is_unknown.csv line 2: quality must be one of good, uncertain, bad, or empty for good; "
                "was '192'. It counts as a bad reading; translate the word of the source."
            )
        ],
    ),
    "line_feed_in_quotes.csv": (
        [(2, SPM, 0, 50, None), (4, SPM, 1, None, "bad")],
        [f"line_feed_in_quotes.csv line 4: value must be a finite number, or empty; was 'OFF'. {BAD}"],
    ),
    "blank_lines_and_comments.csv": (
        [(5, SPM, 0, 50, None), (8, SPM, 1, None, "bad")],
        [f"blank_lines_and_comments.csv line 8: value must be a finite number, or empty; was 'OFF'. {BAD}"],
    ),
    "comment_that_may_be_a_row.csv": (
        [(3, SPM, 0, 50, None)],
        [
            (
                "comment_that_may_be_a_row.csv line 2: a row must be CSV in UTF-8; "
                "was a comment with as many cells as a row. "
                f"{OUT}; put the well in quotes if it is a row, and a blank line in its place if it is none."
            )
        ],
    ),
    "quote_never_closed.csv": (
        [(2, SPM, 0, 50, None)],
        [
            (
                "quote_never_closed.csv line 3: a row must be CSV in UTF-8; was unexpected end of data, up to line 4. "
                f"{OUT}; is there a quote that does not open or close a cell?"
            )
        ],
    ),
    "too_many_or_too_few_cells.csv": (
        [(3, SPM, 1, 50, None)],
        [
            f"too_many_or_too_few_cells.csv line {line}: a row must have 6 cells, as the header; was {cells}. "
            f"{OUT}; a decimal comma, or was it cut off?"
            for line, cells in [(2, 3), (4, 8)]
        ],
    ),
    "not_utf_8.csv": (
        [(3, SPM, 1, 50, None)],
        [
            (
                "not_utf_8.csv line 2: a row must be CSV in UTF-8; was bytes that are no UTF-8. "
                f"{OUT}; save the file as UTF-8."
            )
        ],
    ),
    "scans.ndjson": (
        [
            (1, "pressure", 0, 1.5, None),
            (1, SPM, 0, 50, None),
            (3, SPM, 1, None, None),
            (3, "pressure", 1, 2, "uncertain"),
        ],
        [],
    ),
}

# file: why it is not read at all
REFUSED = {
    "empty.csv": ["empty.csv: a table must have a header line; was an empty file. Was the export stopped?"],
    "semicolons.csv": [
        (
            "semicolons.csv line 1: cells must be divided by commas; was ';' (semicolon). "
            "Export it with commas between cells and a point in numbers."
        )
    ],
    "tabs.csv": [
        (
            "tabs.csv line 1: cells must be divided by commas; was '\\t' (tab). "
            "Export it with commas between cells and a point in numbers."
        )
    ],
    "column_missing.csv": [
        f"column_missing.csv line 1: columns must have {name!r}; was 'well', 'tag', 'timestamp', 'value'. "
        f"Is it {near!r}? Rename it."
        for name, near in [("well_id", "well"), ("time", "timestamp")]
    ],
    "column_misspelt.csv": [
        (
            "column_misspelt.csv line 1: a column must be spelt 'quality' if that is what it is; was 'Qualty'. "
            "Rename it, to be read, or call it something else."
        )
    ],
    "column_twice.csv": [
        "column_twice.csv line 1: column 'value' must be there once; was 2 times. Keep the one that is meant."
    ],
    "utf_16.csv": ["utf_16.csv: a .csv must be text in UTF-8; was UTF-16. Save it as CSV in UTF-8."],
    "workbook.csv": ["workbook.csv: a .csv must be text in UTF-8; was a zip or workbook. Save it as CSV in UTF-8."],
    "header_not_utf_8.csv": [
        "header_not_utf_8.csv line 1: the header must be a line of CSV; was bytes that are no UTF-8. Is it a CSV file?"
    ],
    "scans_in_a_list.ndjson": [
        (
            "scans_in_a_list.ndjson: a .ndjson must be lines of JSON objects; "
            'was \'[{"well_id":"W-1","time":"2026-01-01T00:\'. Write each scan as one JSON object on a line of its own.'
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
def test_that_a_file_that_is_no_table_is_refused_with_the_reason(name: str) -> None:
    assert refusals(name) == REFUSED[name]


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize(
    "settings", [TableSettings(batch_rows=1, block_bytes=1), TableSettings(block_bytes=40, batch_rows=2)]
)
def test_that_the_size_of_pieces_changes_nothing(name: str, settings: TableSettings) -> None:
    assert read(name, settings=settings) == read(name)


def test_that_names_and_units_are_read_without_blanks() -> None:
    rows, _ = read("blanks_around_cells.csv")
    assert (rows[0]["well_id"], rows[0]["unit"]) == ("W-1", "spm")
    rows, _ = read("quotes_around_all.csv")
    assert [row["well_id"] for row in rows] == ["W-1", 'W, the "second"']


def test_that_an_unreadable_received_at_is_reported_and_left_empty() -> None:
    rows, faults = read("received_at.csv")
    assert [row["received_at"] for row in rows] == [datetime(2026, 1, 1, 0, 0, 3, tzinfo=UTC), None, None]
    assert faults == [
        (
            "received_at.csv line 4: received_at must be an RFC 3339 time like 2016-07-28T10:57:30.000Z; was 'three'. "
            "The row is read without it; correct the export."
        )
    ]


def test_that_an_unreadable_backfill_is_reported_and_left_empty() -> None:
    rows, faults = read("backfill.csv")
    assert [row["backfill"] for row in rows] == [True, False, None, None]
    assert faults == [
        (
            "backfill.csv line 5: backfill must be true, false or empty; was 'perhaps'. "
            "The row is read as not marked; correct the export."
        )
    ]


def test_that_a_scan_gives_units_and_backfill_and_what_is_none_is_reported() -> None:
    rows, _ = read("scans.ndjson")
    assert [row["unit"] for row in rows] == ["psi", None, None, None]
    assert [row["backfill"] for row in rows] == [False, False, True, True]
    rows, faults = read("scan_is_none.ndjson")
    assert short(rows) == [(4, SPM, 2, 50, None)]
    assert [fault.partition(";")[0] for fault in faults] == [
        "scan_is_none.ndjson line 1: a scan must follow the contract well.samples.v1",
        "scan_is_none.ndjson line 2: a scan must follow the contract well.samples.v1",
        "scan_is_none.ndjson line 3: time must be RFC 3339 in UTC, such as 2026-01-01T00:00:00.000Z",
    ]


# A CSV file as any exporter may write it: some cells quoted, blank lines, strange values. Read in blocks of any size it
# must give what Python's csv gives, with the line on which each row begins.

CELL = st.sampled_from(["W-1", "50", "2026-01-01T00:00:00Z", "", "x", 'say "on"', "two\nlines", "a,b", "OFF", "-1e3"])


@given(
    st.lists(st.tuples(CELL, CELL, CELL, CELL), max_size=12),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.integers(1, 200),
)
def test_that_lines_and_cells_are_those_of_pythons_csv(
    cells: list[tuple[str, ...]], quoting: Any, end: str, blank: bool, block_bytes: int
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, quoting=quoting, lineterminator=end)
    writer.writerow(["well_id", "tag", "time", "value"])
    for number, row in enumerate(cells):
        writer.writerow(row)
        if blank and number % 3 == 0:
            text.write(end)
    content = text.getvalue()
    expected, reader, line = [], csv.reader(io.StringIO(content, newline="")), 0
    for found_row in reader:
        if line and len(found_row) == 4 and all(found_row[:2]) and found_row[2] == "2026-01-01T00:00:00Z":
            expected.append((line + 1, found_row[0], found_row[1]))
        line = reader.line_num
    stream = io.BytesIO(content.encode())
    batches = read_csv(stream, "any.csv", lambda fault: None, TableSettings(block_bytes=block_bytes))
    found = [(row["line"], row["well_id"], row["tag"]) for batch in batches for row in batch.to_pylist()]
    assert found == expected


def test_that_a_line_longer_than_allowed_is_a_fault_and_the_next_is_read() -> None:
    content = b"well_id,tag,time,value\nW-1,%s,2026-01-01T00:00:00Z,1\nW-1,t,2026-01-01T00:00:00Z,2\n" % (b"x" * 500)
    faults: list[Any] = []
    batches = read_csv(io.BytesIO(content), "long.csv", faults.append, TableSettings(line_bytes=64, block_bytes=8))
    assert [(row["line"], row["value"]) for batch in batches for row in batch.to_pylist()] == [(3, 2.0)]
    assert [fault.line for fault in faults] == [2]


# Parquet.

TIMES = [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC), None]


def table(path: Path, **columns: pa.Array) -> Path:
    base: dict[str, Any] = {
        "well_id": pa.array(["W-1", "W-1", None]),
        "tag": pa.array([SPM, SPM, SPM]).dictionary_encode(),
        "time": pa.array(TIMES, pa.timestamp("ns", tz="Europe/Oslo")),
        "value": pa.array([50, 51, 52], pa.int32()),
    }
    pq.write_table(pa.table(base | columns), path)
    return path


def test_that_parquet_is_read_whatever_types_its_writer_chose(tmp_path: Path) -> None:
    path = table(
        tmp_path / "typed.parquet",
        unit=pa.array(["spm", None, "spm"], pa.large_string()),
        quality=pa.array(["good", "192", "bad"]),
        backfill=pa.array([True, None, False]),
        received_at=pa.array(TIMES, pa.timestamp("ms", tz="UTC")),
    )
    rows, faults = read(path)
    assert short(rows) == [(1, SPM, 0, 50.0, "good"), (2, SPM, 1, 51.0, "bad")]
    assert [(row["unit"], row["backfill"], row["received_at"]) for row in rows] == [
        ("spm", True, TIMES[0]),
        (None, None, TIMES[1]),
    ]
    assert [fault.partition(";")[0].removeprefix(f"{path} ") for fault in faults] == [
        "line 2: quality must be one of good, uncertain, bad, or empty for good",
        "line 3: well_id must be given",
        "line 3: time must be given",
    ]


def test_that_parquet_of_text_is_read_as_csv_is(tmp_path: Path) -> None:
    path = table(
        tmp_path / "text.parquet",
        time=pa.array(["2026-01-01T00:00:00Z", "2026-01-01T00:00:01", "2026-01-01T00:00:02Z"], pa.large_string()),
        value=pa.array(["50", "51", "OFF"]),
        well_id=pa.array(["W-1", "W-1", "W-1"]),
    )
    rows, faults = read(path)
    assert short(rows) == [(1, SPM, 0, 50.0, None), (3, SPM, 2, None, "bad")]
    assert [fault.partition(";")[0].removeprefix(f"{path} ") for fault in faults] == [
        "line 2: time must say its zone",
        "line 3: value must be a finite number, or empty",
    ]


def test_that_nan_in_parquet_is_no_reading_and_infinity_a_fault(tmp_path: Path) -> None:
    path = table(
        tmp_path / "nan.parquet",
        value=pa.array([float("nan"), float("inf"), 1.0]),
        well_id=pa.array(["W-1", "W-1", "W-1"]),
        time=pa.array([TIMES[0]] * 3),
    )
    rows, faults = read(path)
    assert [(row["value"], row["quality"]) for row in rows] == [(None, None), (None, "bad"), (1.0, None)]
    assert len(faults) == 1


def test_that_parquet_with_naive_times_or_wrong_types_is_refused(tmp_path: Path) -> None:
    path = table(
        tmp_path / "naive.parquet", time=pa.array([1, 2, 3], pa.timestamp("us")), value=pa.array([True, False, None])
    )
    assert [fault.removeprefix(f"{path}: ") for fault in refusals(path)] == [
        (
            "column time must be a timestamp with time zone, or text; was timestamp[us]. "
            "Say of which zone it is when the table is written; UTC is best."
        ),
        "column value must be numbers, or text; was bool. Convert it when the table is written.",
    ]


def test_that_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "no.parquet"
    path.write_text("well_id,tag,time,value\n")
    assert "a .parquet must be a Parquet file" in refusals(path)[0]


def test_that_a_header_fault_is_raised_before_the_first_row() -> None:
    with (SAMPLES / "semicolons.csv").open("rb") as stream, pytest.raises(FileFaults):
        read_csv(stream, "semicolons.csv", lambda fault: None)
