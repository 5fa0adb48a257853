"""Tables: every feature of a mapping, and every oddity of a cell, a row, a file."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from connectors.projects.columns import TABLES
from scoring.discovery import CANDIDATE_COLUMNS
from tests.connectors.projects.helpers import TOML, WELLS, faults, read, told

PRODUCTION = "well_id,date,oil_sm3,water_sm3,gas_sm3,hours_on\n"
FEBRUARY = PRODUCTION + "A-1,2016-02-01,100,20,9000,24\n"


def production(folder: Path, text: str | bytes, mapping: str = "", name: str = "production.csv") -> pl.DataFrame:
    """Return the production read from a file, without its source."""
    toml = f"{TOML}[tables.production]\nfile = '{name}'\n{mapping}"
    return read(folder, {name: text}, toml).tables["production"].drop("source_id")


def test_that_a_table_has_exactly_the_columns_of_the_design_and_its_source(tmp_path: Path) -> None:
    project = read(tmp_path, {"production.csv": FEBRUARY})
    frame = project.tables["production"]
    assert frame.columns == [*TABLES["production"], "source_id"]
    assert frame.schema == pl.Schema(
        {
            "well_id": pl.String,
            "date": pl.Date,
            "oil_sm3": pl.Float64,
            "water_sm3": pl.Float64,
            "gas_sm3": pl.Float64,
            "hours_on": pl.Float64,
            "zone": pl.String,
            "source_id": pl.String,
        }
    )
    assert frame.rows() == [("A-1", date(2016, 2, 1), 100.0, 20.0, 9000.0, 24.0, None, "S2")]


def test_that_a_table_that_is_not_given_is_absent_and_an_empty_one_is_there(tmp_path: Path) -> None:
    project = read(tmp_path, {"injection.csv": "well_id,date,water_sm3\n"})
    assert set(project.tables) == {"wells", "injection"}
    assert project.tables["injection"].height == 0


FOREIGN = """report of the field;;;
in old units;;;
Bore;Day;Oil;Kind
NO A-1;01.02.2016;629;production
NO A-1;02.02.2016;-1;production
NO A-1;03.02.2016;5;injection
"""


def test_that_a_foreign_file_is_read_by_its_mapping(tmp_path: Path) -> None:
    mapping = """
columns = {well_id = "Bore", date = "Day", oil_sm3 = "Oil"}
units = {oil_sm3 = "bbl"}
where = {Kind = "Production"}
constants = {zone = "Hugin", water_sm3 = 0}
null_values = [-1]
skip_rows = 2
encoding = "latin-1"
delimiter = ";"
"""
    frame = production(tmp_path, FOREIGN.encode("latin-1"), mapping)
    assert frame.select("well_id", "date", "water_sm3", "zone").rows() == [
        ("A-1", date(2016, 2, 1), 0.0, "Hugin"),
        ("A-1", date(2016, 2, 2), 0.0, "Hugin"),
    ]
    assert frame["oil_sm3"].to_list() == pytest.approx([629 * 0.158987294928, None])


def test_that_where_takes_a_list_and_a_number(tmp_path: Path) -> None:
    text = FEBRUARY.replace("hours_on\n", "hours_on,code\n").replace("24\n", "24,7.0\n")
    assert production(tmp_path, text, "where = {code = [7, 8]}").height == 1
    assert production(tmp_path, text, "where = {code = 8}").height == 0


def test_that_several_files_are_one_table_and_their_names_say_whose_they_are(tmp_path: Path) -> None:
    rows = "date,oil_sm3\n2016-02-01,{}\n"
    files: dict[str, str | bytes] = {"by_well/A-1 daily.csv": rows.format(1), "by_well/B-2 daily.csv": rows.format(2)}
    toml = TOML + "[tables.production]\nfile = 'by_well/*.csv'\nfilename_well_id = '^(\\S+) daily'\n"
    frame = read(tmp_path, files, toml, WELLS + "A-1\nB-2\n").tables["production"]
    assert frame.select("well_id", "oil_sm3", "source_id").rows() == [("A-1", 1.0, "S2"), ("B-2", 2.0, "S3")]


@pytest.mark.parametrize(
    ("dates", "days"), [(("2016-02-01", "2016-02-02"), (1, 1)), (("2016-01-01", "2016-02-01"), (31, 29))]
)
def test_that_a_rate_becomes_the_volume_of_its_days(
    tmp_path: Path, dates: tuple[str, str], days: tuple[int, int]
) -> None:
    text = PRODUCTION + "".join(f"A-1,{day},10,,,\n" for day in dates)
    frame = production(tmp_path, text, "kind = 'rate'\nunits = {oil_sm3 = 'Sm3/d'}")
    assert frame["oil_sm3"].to_list() == [10.0 * count for count in days]


def test_that_a_rate_of_no_known_period_is_not_known(tmp_path: Path) -> None:
    toml = TOML + "[tables.production]\nfile = 'p.csv'\nkind = 'rate'\n"
    project = read(tmp_path, {"p.csv": FEBRUARY}, toml)
    assert project.tables["production"].height == 0
    assert any("rates must be daily or monthly" in sentence for sentence in told(project))


def test_that_parquet_and_csv_say_the_same(tmp_path: Path) -> None:
    frame = pl.read_csv(FEBRUARY.encode(), try_parse_dates=True)
    buffer = BytesIO()
    frame.write_parquet(buffer)
    from_parquet = production(tmp_path, buffer.getvalue(), name="p.parquet")
    assert_frame_equal(from_parquet, production(tmp_path, FEBRUARY))


# A cell of production; what is read of it; what is told.
CELLS = [
    ("oil_sm3", "100", 100.0, None),
    ("oil_sm3", " 1e2 ", 100.0, None),
    ("oil_sm3", "0", 0.0, None),
    ("oil_sm3", "", None, None),
    ("oil_sm3", "NULL", None, None),
    ("oil_sm3", "-", None, None),
    ("oil_sm3", "NaN", None, None),
    ("oil_sm3", "-5", None, "production.csv line 2: oil_sm3 must be a number >= 0; was -5.0."),
    ("oil_sm3", "12 o'clock", None, 'production.csv line 2: oil_sm3 must be a number >= 0; was "12 o\'clock".'),
    ("oil_sm3", "inf", None, "production.csv line 2: oil_sm3 must be a number >= 0; was 'inf'."),
    ("hours_on", "25", 25.0, None),
    ("hours_on", "800", None, "production.csv line 2: hours_on must be a number from 0 to 745; was 800.0."),
]


@pytest.mark.parametrize(("column", "cell", "value", "sentence"), CELLS)
def test_that_a_cell_is_read_or_told(
    tmp_path: Path, column: str, cell: str, value: float | None, sentence: str | None
) -> None:
    cells = {"oil_sm3": "1", "water_sm3": "2", "hours_on": "24", column: cell}
    text = f"well_id,date,{','.join(cells)}\nA-1,2016-02-01,{','.join(cells.values())}\n"
    project = read(tmp_path, {"production.csv": text})
    assert project.tables["production"][column].to_list() == [value]
    found = told(project)
    assert len(found) == (sentence is not None)
    assert sentence is None or found[0].startswith(sentence)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2016-02-01", date(2016, 2, 1)),
        ("2016-02-01 00:00:00", date(2016, 2, 1)),
        ("2016-02-01T06:00:00Z", date(2016, 2, 1)),
        ("2016-02", date(2016, 2, 1)),
        ("01.02.2016", date(2016, 2, 1)),
        ("01-Feb-2016", date(2016, 2, 1)),
        ("01-Feb-16", date(2016, 2, 1)),
        ("20160201", date(2016, 2, 1)),
        ("01/02/2016", None),
        ("2016-02-31", None),
    ],
)
def test_that_a_date_is_read_where_it_can_be_read_in_one_way(tmp_path: Path, cell: str, day: date | None) -> None:
    project = read(tmp_path, {"production.csv": PRODUCTION + f"A-1,{cell},1,,,\n"})
    assert project.tables["production"]["date"].to_list() == ([] if day is None else [day])
    assert len(told(project)) == (day is None)


def test_that_a_date_format_settles_which_way(tmp_path: Path) -> None:
    frame = production(tmp_path, PRODUCTION + "A-1,01/02/2016,1,,,\n", "date_format = '%d/%m/%Y'")
    assert frame["date"].to_list() == [date(2016, 2, 1)]


def test_that_many_bad_cells_are_one_sentence_with_their_lines(tmp_path: Path) -> None:
    text = PRODUCTION + "".join(f"A-1,2016-02-{day:02},-{day},,9,\n" for day in range(1, 21))
    [sentence] = told(read(tmp_path, {"production.csv": text}))
    assert sentence.startswith("production.csv lines 2, 3, 4 and 17 more: oil_sm3 must be a number >= 0; was -1.0, ")


ROWS = {
    "a row after as_of": ("A-1,2017-01-01,1,,,\n", 1, "dates must be up to as_of, 2016-12-01; was 1 row"),
    "a row without volumes": ("A-1,2016-03-01,,,,24\n", 1, "a row must have a volume"),
    "a row twice": ("A-1,2016-02-01,100,20,9000,24\n", 1, "each row must be there once"),
    "two rows that contradict": ("A-1,2016-02-01,101,20,9000,24\n", 0, "one row for each well_id, date, zone"),
    "a row of another well": ("X-9,2016-02-01,1,,,\n", 1, "well_id must be of a well of the table 'wells'"),
    "a row without a well": (",2016-02-01,1,,,\n", 1, "well_id must be given; was nothing"),
    "a row with too many cells": ("A-1,2016-03-01,1,2,3,4,5,6\n", 1, "no more cells than the header, 6; was 8"),
}


@pytest.mark.parametrize("name", ROWS)
def test_that_a_row_that_cannot_count_is_left_out_and_told(tmp_path: Path, name: str) -> None:
    row, rows, sentence = ROWS[name]
    project = read(tmp_path, {"production.csv": FEBRUARY + row})
    assert project.tables["production"].height == rows
    [found] = told(project)
    assert sentence in found
    assert found.startswith("production.csv line") or "'X-9'" in found


def test_that_completions_upside_down_are_left_out(tmp_path: Path) -> None:
    text = "well_id,top_md_m,base_md_m,status\nA-1,200,100,squeezed\nA-1,100,200,Perforated producing\n"
    project = read(tmp_path, {"completions.csv": text})
    assert project.tables["completions"]["status"].to_list() == ["perforated_producing"]
    assert "top_md_m must be above base_md_m" in told(project)[0]


def test_that_words_are_written_in_one_way_and_strange_choices_are_told(tmp_path: Path) -> None:
    text = (
        "well_id,integrity,workover_complexity,access,tubing_access,abandoned\n"
        "A-1,Green,Through-tubing,NONE,Yes,no\n"
        "B-2,red,rigless,road and permit,perhaps,demolished\n"
    )
    project = read(tmp_path, {"operability.csv": text}, wells=WELLS + "A-1\nB-2\n")
    frame = project.tables["operability"]
    words = frame.select("integrity", "workover_complexity", "access", "tubing_access", "abandoned").rows()
    assert words == [
        ("green", "through_tubing", "none", True, "none"),
        ("red", "rigless", "road_and_permit", None, None),
    ]
    assert [sentence.partition("; was ")[0] for sentence in told(project)] == [
        "operability.csv line 3: abandoned must be one of none, temporary, permanent",
        "operability.csv line 3: tubing_access must be yes or no",
    ]


@pytest.mark.parametrize("word", ["yes", "true", "Permanent"])
def test_that_yes_means_permanently_abandoned(tmp_path: Path, word: str) -> None:
    project = read(tmp_path, {"operability.csv": f"well_id,abandoned\nA-1,{word}\n"})
    assert project.tables["operability"]["abandoned"].to_list() == ["permanent"]


@pytest.mark.parametrize(
    ("unit", "bar"), [("bar", 100.0), ("bara", 100.0), ("barg", 101.01325), ("MPa", 1000.0), ("psia", 6.894757293168)]
)
def test_that_pressures_are_absolute_bars(tmp_path: Path, unit: str, bar: float) -> None:
    toml = f"{TOML}[tables.pressures]\nfile = 'p.csv'\nunits = {{pressure_bar = '{unit}'}}\n"
    frame = read(tmp_path, {"p.csv": "well_id,date,pressure_bar\nA-1,2016-01-01,100\n"}, toml).tables["pressures"]
    assert frame["pressure_bar"].to_list() == pytest.approx([bar])


@pytest.mark.parametrize(("unit", "sm3"), [("Sm3", 1.0), ("1000 Sm3", 1000.0), ("Mscf", 28.26235), ("MMscf", 28262.35)])
def test_that_gas_is_converted_to_standard_cubic_metres(tmp_path: Path, unit: str, sm3: float) -> None:
    frame = production(tmp_path, PRODUCTION + "A-1,2016-02-01,,,1,\n", f"units = {{gas_sm3 = '{unit}'}}")
    # 60 degF is warmer than 15 degC: as ideal gas, by 0.19 %.
    assert frame["gas_sm3"].to_list() == pytest.approx([sm3], rel=1e-6)


def test_that_rows_in_the_project_file_complete_and_correct_those_of_a_file(tmp_path: Path) -> None:
    toml = f"""{TOML}
[tables.wells]
file = "wells.csv"
rows = [{{well_id = "a-1", name = "Alpha", kb_elevation_m = 26}}, {{well_id = "B-2", name = "Beta"}}]
"""
    frame = read(tmp_path, {}, toml).tables["wells"]
    assert frame.select("well_id", "name", "x", "kb_elevation_m", "source_id").rows() == [
        ("B-2", "Beta", None, None, "S2"),
        ("a-1", "Alpha", 435000.0, 26.0, "S1;S2"),
    ]


def test_that_a_table_may_be_rows_of_the_project_file_alone(tmp_path: Path) -> None:
    toml = TOML + '[[tables.contacts.rows]]\nreservoir = "R"\nkind = "OWC"\ntvdss_m = 3100\n'
    assert read(tmp_path, {}, toml).tables["contacts"].rows() == [("R", "owc", 3100.0, "S2")]


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    """Return an .xlsx, the smallest there is."""
    import zipfile

    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        names = list(sheets)
        types = "".join(
            f'<Override PartName="/s{n}.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'spreadsheetml.worksheet+xml"/>'
            for n in range(len(names))
        )
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
            'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.'
            f'openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{types}</Types>',
        )
        relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        package = "http://schemas.openxmlformats.org/package/2006/relationships"
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="r" Type="{relation}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        listed = "".join(f'<sheet name="{name}" sheetId="{n + 1}" r:id="r{n}"/>' for n, name in enumerate(names))
        archive.writestr(
            "xl/workbook.xml",
            '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            f'xmlns:r="{relation}"><sheets>{listed}</sheets></workbook>',
        )
        targets = "".join(
            f'<Relationship Id="r{n}" Type="{relation}/worksheet" Target="/s{n}.xml"/>' for n in range(len(names))
        )
        archive.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}">{targets}</Relationships>')
        for n, rows in enumerate(sheets.values()):
            cells = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
            archive.writestr(
                f"s{n}.xml",
                '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
                f"<sheetData>{cells}</sheetData></worksheet>",
            )
    return buffer.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return "<c/>"
    return (
        f"<c><v>{value}</v></c>" if isinstance(value, int | float) else f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    )


SHEET: list[list[object]] = [
    ["Well", "Year and month", "Oil", "On"],
    [None, None, "bbl", "hrs"],
    ["A-1", "2016-02", 10, 600],
    ["A-1", "2016-03", -2, 745],
]


def test_that_a_sheet_with_a_row_of_units_is_read_in_them(tmp_path: Path) -> None:
    columns = "{well_id = 'Well', date = 'Year and month', oil_sm3 = 'Oil', hours_on = 'On'}"
    toml = f"{TOML}[tables.production]\nfile = 'p.xlsx'\nsheet = 'Monthly'\ncolumns = {columns}\n"
    project = read(tmp_path, {"p.xlsx": workbook({"Other": [["x"]], "Monthly": SHEET})}, toml)
    frame = project.tables["production"]
    assert frame["date"].to_list() == [date(2016, 2, 1)]
    assert frame["oil_sm3"].to_list() == pytest.approx([1.58987294928])
    assert [sentence.partition(";")[0] for sentence in told(project)] == [
        "p.xlsx sheet 'Monthly' row 4: oil_sm3 must be a number >= 0",
        "p.xlsx sheet 'Monthly' row 4: production: a row must have a volume",
    ]


# What makes a table unusable at all: project.toml after its first lines, other files, the sentences.
UNUSABLE: dict[str, tuple[str, dict[str, str | bytes], list[str]]] = {
    "a column that is not in the file": (
        "[tables.production]\nfile = 'production.csv'\ncolumns = {oil_sm3 = 'OIL', water_sm3 = 'water_sm'}",
        {"production.csv": FEBRUARY},
        [
            (
                "project.toml line 5: columns.oil_sm3 of tables.production must be a column of production.csv;"
                " was 'OIL'. Did you mean 'oil_sm3'?"
            ),
            (
                "project.toml line 5: columns.water_sm3 of tables.production must be a column of production.csv;"
                " was 'water_sm'. Did you mean 'water_sm3'?"
            ),
        ],
    ),
    "a required column that is not there": (
        "",
        {"production.csv": FEBRUARY.replace("well_id", "well")},
        [
            (
                "production.csv: production must have the column 'well_id'; was columns well, date, oil_sm3, water_sm3,"
                " gas_sm3, hours_on. Is it 'well'? Write columns = {well_id = ...} in [tables.production]."
            ),
        ],
    ),
    "a unit that is none, and one of another kind": (
        "[tables.production]\nfile = 'production.csv'\nunits = {oil_sm3 = 'barrelz', hours_on = 'psi', zone = 'm'}",
        {"production.csv": FEBRUARY},
        ["units.oil_sm3", "units.hours_on", "must be of columns that have one; was 'zone'"],
    ),
    "a file that is not there": (
        "[tables.production]\nfile = 'prod.csv'",
        {},
        ["project.toml line 4: tables.production.file must be a file that is there; was 'prod.csv'."],
    ),
    "a sheet that is not there": (
        "[tables.production]\nfile = 'p.xlsx'\nsheet = 'Daily'",
        {"p.xlsx": workbook({"Monthly": SHEET})},
        ["p.xlsx: sheet must be one of 'Monthly'; was 'Daily'."],
    ),
    "no workbook": (
        "[tables.production]\nfile = 'p.xlsx'",
        {"p.xlsx": "text"},
        ["p.xlsx: an .xlsx must be a workbook"],
    ),
    "no parquet": ("", {"production.parquet": "text"}, ["production.parquet: a .parquet must be a Parquet file"]),
    "another encoding": (
        "",
        {"production.csv": (FEBRUARY + "\xd8-1,2016-02-01,1,,,\n").encode("latin-1")},
        ["production.csv line 3: a text must be in the encoding that project.toml says, 'utf-8'"],
    ),
    "nothing in it": (
        "",
        {"production.csv": ""},
        ["a table must have a header line; was an empty file."],
    ),
    "two files of one table": (
        "",
        {"production.csv": FEBRUARY, "production.parquet": b""},
        ["the table 'production' must be one file; was production.csv, production.parquet."],
    ),
    "a name that says no well": (
        "[tables.production]\nfile = 'production.csv'\nfilename_well_id = '^([A-Z]-[0-9])'",
        {"production.csv": FEBRUARY},
        ["filename_well_id of tables.production must match the names of its files; was 'production.csv'."],
    ),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_that_a_table_that_cannot_be_used_is_a_fault(tmp_path: Path, name: str) -> None:
    toml, files, sentences = UNUSABLE[name]
    found = faults(tmp_path, files, TOML + toml)
    assert len(found) == len(sentences)
    for sentence in sentences:
        assert any(sentence in fault for fault in found), found


def test_that_faults_of_several_tables_come_together(tmp_path: Path) -> None:
    found = faults(tmp_path, {"production.csv": "a,b\n1,2\n", "tops.csv": ""})
    assert {fault.split(":")[0] for fault in found} == {"production.csv", "tops.csv"}


def test_that_a_column_nearly_named_like_ours_is_told(tmp_path: Path) -> None:
    project = read(tmp_path, {"production.csv": FEBRUARY.replace("gas_sm3", "gas_sm")})
    assert "a column of production must be spelt 'gas_sm3' if that is what it is; was 'gas_sm'" in told(project)[0]


def test_that_rows_in_any_order_are_one_table(tmp_path: Path) -> None:
    rows = [f"A-1,2016-02-{day:02},{day},,,\n" for day in range(1, 29)]
    forward = read(tmp_path / "a", {"production.csv": PRODUCTION + "".join(rows)}).tables["production"]
    backward = read(tmp_path / "b", {"production.csv": PRODUCTION + "".join(reversed(rows))}).tables["production"]
    assert_frame_equal(forward, backward)


def test_that_a_workbook_of_ours_is_one_that_others_read() -> None:
    assert fastexcel.read_excel(workbook({"Monthly": SHEET})).sheet_names == ["Monthly"]


def test_that_candidates_given_as_a_table_have_every_column_and_their_cutoffs(tmp_path: Path) -> None:
    text = 'well_id,top_md_m,base_md_m,phie,cutoffs_applied\nA-1,1000,1010,0.2,"{""vsh_max"": 0.4}"\n'
    frame = read(tmp_path, {"candidates.csv": text}).tables["candidates"]
    assert frame["phie"].to_list() == [0.2]
    [cutoffs] = frame["cutoffs_applied"].to_list()
    assert {name: value for name, value in cutoffs.items() if value is not None} == {"vsh_max": 0.4}
    assert frame["sw"].to_list() == [None]
    assert dict(frame.drop("source_id").schema) == CANDIDATE_COLUMNS


def test_that_candidates_come_back_from_parquet_as_they_were_written(tmp_path: Path) -> None:
    row = {"well_id": "A-1", "top_md_m": 1.0, "base_md_m": 2.0, "cutoffs_applied": {"vsh_max": 0.4, "sw_max": 0.6}}
    buffer = BytesIO()
    pl.DataFrame([row]).write_parquet(buffer)
    frame = read(tmp_path, {"candidates.parquet": buffer.getvalue()}).tables["candidates"]
    assert dict(frame.drop("source_id").schema) == CANDIDATE_COLUMNS
    assert frame["cutoffs_applied"].struct.field("sw_max").to_list() == [0.6]
