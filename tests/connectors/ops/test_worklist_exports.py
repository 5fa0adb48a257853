"""Exports hold what was asked for, are noted, and no cell of one is a formula that is not ours."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any

import openpyxl  # type: ignore[import-untyped]  # it comes without types
import polars as pl
import pytest

from connectors.ops import compare, exports, reviews, worklist
from connectors.ops.errors import InputFaults, TargetMissing
from connectors.ops.filters import Filters, Sort
from connectors.ops.profiles import StoredProfile
from connectors.ops.reading import Connection
from connectors.ops.runs import Written
from connectors.ops.shapes import Header
from connectors.postgres.config import Postgres
from schemas.contract_check import check
from schemas.reopening_target import ReopeningTargetRanked
from tests.connectors.ops.ranked import PROJECT, id_of, written

HOSTILE = {1: "=1+1", 2: "+cmd|' /C calc'!A0", 3: "-2", 4: "@SUM(A1)", 5: "\t=1", 6: '<&>"\x01\ufffe', 7: 'a,"b"\nc'}


@pytest.fixture
def connection(database: Postgres) -> Iterator[Connection]:
    with database.connect() as found:
        yield found


@pytest.fixture
def run(database: Postgres, profile: StoredProfile) -> Written:
    return written(database, profile, change={number: {"well_name": name} for number, name in HOSTILE.items()})


def header_of(connection: Connection) -> Header:
    found = worklist.header(connection, PROJECT)
    assert found is not None
    return found


def exported(connection: Connection, format: str, **asked: Any) -> bytes:  # noqa: A002  # as exports calls it
    with connection.transaction():
        return b"".join(exports.export(connection, header_of(connection), format, "ann", **asked).chunks)


def test_that_csv_holds_the_filtered_rows_in_order_with_formulas_defused(connection: Connection, run: Written) -> None:
    data = exported(connection, "csv", filters=Filters(field=("Kern",)), sort=Sort.parse("-target_rank"))
    rows = list(csv.DictReader(StringIO(data.decode("utf-8-sig"), newline="")))
    assert [row["target_rank"] for row in rows] == ["9", "7", "5", "3", "1"]
    assert [row["well_name"] for row in rows] == ["Kern 9", HOSTILE[7], "'\t=1", "'-2", "'=1+1"]
    assert [row["evidence_completeness"] for row in exported_rows(connection)][3] == ""


def exported_rows(connection: Connection) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(exported(connection, "csv").decode("utf-8-sig"), newline="")))


def test_that_parquet_holds_the_values_as_they_are(connection: Connection, run: Written) -> None:
    frame = pl.read_parquet(BytesIO(exported(connection, "parquet", selected=[id_of(run, 2), id_of(run, 1)])))
    assert frame["target_rank"].to_list() == [1, 2]
    assert frame["well_name"].to_list() == [HOSTILE[1], HOSTILE[2]]
    assert json.loads(frame["contributions"][0])["vsh"]["status"] == "measured"


def test_that_json_is_the_contract(connection: Connection, run: Written) -> None:
    data = exported(connection, "json")
    document = ReopeningTargetRanked.model_validate_json(data)
    assert [one.rank for one in document.candidates] == list(range(1, 11))
    assert [one.well_name for one in document.candidates][:7] == list(HOSTILE.values())
    assert {gap.gap_code for gap in document.candidates[3].gaps or []} == {"G2.CRS", "G3.EVIDENCE"}
    assert document.selection is None


@pytest.mark.parametrize(
    "asked, selection, ranks",
    [
        ({"filters": Filters(classification=("C",))}, ("filters", "classification=C"), [6, 7, 8]),
        ({"filters": Filters(text="nowhere")}, ("filters", "text=nowhere"), []),
        ({"selected": (9, 2)}, ("ids", ""), [2, 9]),
    ],
)
def test_that_json_of_some_says_so_and_passes_its_check(
    connection: Connection, run: Written, asked: dict[str, Any], selection: tuple[str, str], ranks: list[int]
) -> None:
    if "selected" in asked:
        asked = {"selected": [id_of(run, number) for number in asked["selected"]]}
    data = exported(connection, "json", **asked)
    part = ReopeningTargetRanked.model_validate_json(data)
    assert part.selection is not None
    assert (part.selection.of, part.selection.by, part.selection.filters) == (10, *selection)
    assert [one.rank for one in part.candidates] == ranks
    assert part.candidate_count == len(ranks)
    assert [fault for fault in check(data).faults if ".rank" in fault.path or "candidates[" not in fault.path] == []


def test_that_the_workbook_computes_the_scores_that_were_ranked(
    connection: Connection, database: Postgres, profile: StoredProfile
) -> None:
    change = {1: {"water_cut_status": "not_applicable", "water_cut_utility": None, "water_cut_contribution": 0.0}}
    written(database, profile, change=change)
    sheets = workbook(exported(connection, "xlsx"))
    formulas = {name: [[cell.value for cell in row] for row in sheets[name].iter_rows()] for name in sheets.sheetnames}
    titles = formulas["Contributions"][0]
    place = titles.index("offset_drained_fraction")
    drained, plain = formulas["Contributions"][1][place], formulas["Contributions"][2][place]
    assert re.fullmatch(r"=Utilities!N2\*\(Weights!N\$3\+Weights!L\$3\)", drained)
    assert plain == "=Utilities!N3*Weights!N$3"
    assert formulas["Contributions"][1][titles.index("water_cut")] == "=Utilities!L2*0"
    # What the formulas come to, worked out from the sheets that they name.
    weights = dict(zip(formulas["Weights"][0], formulas["Weights"][2], strict=True))
    of = {row[0]: row[1] for row in formulas["Weights"][5:9]}
    component = dict(zip(formulas["Weights"][0], formulas["Weights"][1], strict=True))
    assert sum(of.values()) == pytest.approx(1)
    for name in of:
        assert sum(weights[one] for one in component if component[one] == name) == pytest.approx(1)
    head = formulas["Targets"][0]
    total = formulas["Targets"][1][head.index("total_score")]
    assert total == "=ROUND(Weights!$B$6*L2+Weights!$B$7*M2+Weights!$B$8*N2+Weights!$B$9*O2,6)"
    assert [head[place] for place in range(11, 15)] == [f"{name}_score" for name in of]
    assert formulas["Targets"][1][11] == "=ROUND(SUM(Contributions!D2:J2),6)"


def test_that_a_text_of_the_workbook_is_never_a_formula(connection: Connection, run: Written) -> None:
    data = exported(connection, "xlsx")
    sheet = workbook(data)["Targets"]
    head = [cell.value for cell in sheet[1]]
    cells = [sheet.cell(number + 1, head.index("well_name") + 1) for number in HOSTILE]
    assert [cell.data_type for cell in cells] == ["s"] * len(HOSTILE)
    assert [cell.value for cell in cells[:4]] == [HOSTILE[number] for number in range(1, 5)]
    assert [cell.quotePrefix for cell in cells[:5]] == [True] * 5
    assert str(cells[5].value).startswith('<&>"')
    cached = openpyxl.load_workbook(BytesIO(data), data_only=True)["Targets"]
    assert isinstance(cached.cell(2, head.index("total_score") + 1).value, float)


def test_that_the_workbook_shows_times_truths_and_numbers_as_such_and_can_be_filtered(
    connection: Connection, run: Written
) -> None:
    before = datetime.now(UTC)
    reviews.review(connection, PROJECT, id_of(run, 1), 0, "accepted", None, "ann")
    book = workbook(exported(connection, "xlsx", selected=[id_of(run, 1), id_of(run, 2)]))
    rows = [{title.value: cell for title, cell in zip(book["Targets"][1], row, strict=True)} for row in book["Targets"]]
    reviewed, not_yet = rows[1:]
    at = reviewed["reviewed_at"].value.replace(tzinfo=UTC)
    assert abs(at - before) < timedelta(minutes=5)
    assert not_yet["reviewed_at"].value is None
    assert [row["has_spatial_gap"].data_type for row in rows[1:]] == ["b", "b"]
    formats = {name: cell.number_format for name, cell in reviewed.items()}
    assert (formats["static_score"], formats["total_score"]) == ("0.000", "0.000")
    assert (formats["net_pay_m"], formats["unswept_volume_m3"], formats["target_rank"]) == ("0.0", "#,##0", "General")
    for name in ("Targets", "Contributions", "Utilities"):
        assert book[name].auto_filter.ref == book[name].dimensions
    csv_ = exported_rows(connection)
    assert csv_[0]["reviewed_at"] == f"{at:%Y-%m-%dT%H:%M:%S}Z"
    parquet = pl.read_parquet(BytesIO(exported(connection, "parquet")))
    assert parquet.schema["reviewed_at"] == pl.Datetime("us", "UTC")
    assert parquet["reviewed_at"][0] == at.replace(microsecond=0)


def workbook(data: bytes) -> Any:
    return openpyxl.load_workbook(BytesIO(data))


def test_that_each_export_is_noted(connection: Connection, run: Written) -> None:
    exported(connection, "csv", filters=Filters(field=("Kern",), min_total=0.1))
    exported(connection, "xlsx", selected=[id_of(run, 1)])
    noted = exports.list_exports(connection, PROJECT)
    assert [(one.format, one.actor, one.targets, one.query) for one in noted] == [
        ("xlsx", "ann", 1, "selected=1"),
        ("csv", "ann", 5, "field=Kern&min_total=0.1&sort=target_rank"),
    ]
    assert exports.list_exports(connection, "other") == []


@pytest.mark.parametrize("format", exports.FORMATS)
def test_that_an_export_of_nothing_is_a_whole_file(
    connection: Connection,
    run: Written,
    format: str,  # noqa: A002  # as exports calls it
) -> None:
    data = exported(connection, format, filters=Filters(text="nowhere"))
    if format == "csv":
        assert data.decode("utf-8-sig").startswith("target_rank,well_id")
    elif format == "json":
        assert json.loads(data)["candidates"] == []
    elif format == "parquet":
        assert pl.read_parquet(BytesIO(data)).height == 0
    else:
        assert workbook(data)["Targets"].max_row == 1


def test_that_what_cannot_be_exported_is_told(connection: Connection, run: Written) -> None:
    with pytest.raises(InputFaults, match="format"):
        exported(connection, "exe")
    with pytest.raises(TargetMissing):
        exported(connection, "csv", selected=[run.run_id])
    with pytest.raises(InputFaults, match="selected"):
        exported(connection, "csv", selected=[])
    assert exports.list_exports(connection, PROJECT) == []


def test_that_two_rankings_say_who_moved_and_what_moved_them(
    connection: Connection, database: Postgres, profile: StoredProfile
) -> None:
    first = written(database, profile)
    change = {2: {"pressure_ratio": 0.9, "pressure_ratio_contribution": 0.2, "pressure_ratio_status": "measured"}}
    second = written(database, profile, "b", change=change, classes="ABBBBCCCD")
    found = compare.compare_runs(connection, PROJECT, first.run_id, second.run_id)
    assert found is not None
    assert (found.entered, found.left) == (0, 1)
    # Nobody has another rank, and one another class: both are said.
    assert (found.moved, found.changed, found.differing) == (0, 1, 2)
    assert len(compare.compare_runs(connection, PROJECT, first.run_id, second.run_id, most=1).moves) == 1  # type: ignore[union-attr]
    assert [move.well_id for move in found.moves] == ["W-10", "W-2"]
    assert (found.moves[1].classification_before, found.moves[1].classification_after) == ("A", "B")
    (moved,) = found.moves[1].moved_by
    assert (moved.input, moved.before, moved.after, moved.moved) == ("pressure_ratio", None, 0.9, 0.06)
    assert compare.compare_runs(connection, "other", first.run_id, second.run_id) is None
    assert compare.compare_runs(connection, PROJECT, first.run_id, id_of(first, 1)) is None
