"""docs/reopening-projects.md has every key, column, curve, unit and parameter that the code reads, and no other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

import polars as pl
import pytest
from pydantic import BaseModel

from connectors.projects.columns import TABLES
from connectors.projects.config import ExcludeEntry, LogEntry, ProjectFile, SurveyEntry, TableEntry, ZoneEntry
from connectors.projects.curve_units import BOUNDS, FACTORS
from connectors.projects.mnemonics import OURS
from connectors.projects.parse import parse_config
from connectors.projects.units import _GASES, _LIQUIDS
from scoring import expressions, rock
from scoring.parameters import parse_parameters
from scoring.project import ProblemKind
from scoring.vocabulary import GATES

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "reopening-projects.md").read_text("utf-8")
(EXAMPLE,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def part(heading: str) -> str:
    """Return what stands under a heading, up to the next of its level or above."""
    level = heading.split(" ", maxsplit=1)[0]
    after = f"\n{TEXT}".split(f"\n{heading}\n")[1]
    return re.split(rf"\n#{{2,{len(level)}}} ", after)[0]


def first_cells(text: str) -> list[str]:
    """Return the names in backticks in the first cells of tables."""
    return [name for cell in re.findall(r"^\| ([^|]*) \|", text, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)]


@pytest.mark.parametrize("table", TABLES)
def test_that_every_column_stands_with_what_it_is(table: str) -> None:
    rows = re.findall(r"^\| (\**)`(\w+)`\** \| ([^|]*) \|", part(f"### {table}"), re.MULTILINE)
    assert [name for _, name, _ in rows] == list(TABLES[table])
    for bold, name, kind in rows:
        column = TABLES[table][name]
        assert bool(bold) is column.required, name
        if column.choices:
            assert kind == ", ".join(column.choices)
        elif column.dtype == pl.Float64 and column.low is not None:
            low = f"{column.low:g}"
            assert f"from {low} to {column.high:g}" in kind if column.high is not None else f">= {low}" in kind
        elif column.dtype in (pl.Date, pl.Boolean):
            assert kind == {pl.Date: "date", pl.Boolean: "yes or no"}[column.dtype]


def test_that_there_is_no_table_that_is_not_read() -> None:
    headings = re.findall(r"^### (\w+)$", part("## Tables"), re.MULTILINE)
    assert headings == list(TABLES)


@pytest.mark.parametrize(
    "begins, model",
    [
        ("## project.toml", ProjectFile),
        ("**A zone**", ZoneEntry),
        ("**A table's entry**", TableEntry),
        ("**[[surveys]]**", SurveyEntry),
        ("**[[logs]]**", LogEntry),
    ],
)
def test_that_every_key_of_project_toml_stands_with_its_default(begins: str, model: type[BaseModel]) -> None:
    text = re.split(r"\n\*\*|\n## ", part("## project.toml") if begins[0] == "#" else TEXT.split(begins)[1])[0]
    assert first_cells(text) == list(model.model_fields)
    required = re.findall(r"^\| `(\w+)` \| required \|", text, re.MULTILINE)
    assert required == [name for name, field in model.model_fields.items() if field.is_required()]


def test_that_the_keys_of_exclude_stand_in_its_row() -> None:
    (row,) = re.findall(r"^\| `exclude` .*$", TEXT, re.MULTILINE)
    assert {f"`{name}`" for name in ExcludeEntry.model_fields} <= set(re.findall(r"`\w+`", row))


def test_that_the_project_shown_is_read_and_its_parameters_hold() -> None:
    parse_config(EXAMPLE, "project.toml")
    zone = tomllib.loads(EXAMPLE)["parameters"]["Hugin Fm."]
    well = zone.pop("15/9-F-4")
    assert parse_parameters({**zone, **well})[1] == ()


def test_that_every_curve_stands_with_its_mnemonics_bounds_and_units() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| (\S+)\.\.(\S+) \| (.*) \|$", part("## Logs"), re.MULTILINE)
    assert [(name, names) for name, _, _, _, names in rows] == list(OURS.items())
    assert {name: (float(low), float(high)) for name, _, low, high, _ in rows} == {
        name: (bounds.low, bounds.high) for name, bounds in BOUNDS.items()
    }
    for name, unit, *_ in rows:
        assert unit.lower() in FACTORS[name][1.0].split()
    units = re.findall(r"^\| `(\w+)` \| ([^|]*) \|$", part("## Logs"), re.MULTILINE)
    assert units == [(name, "; ".join(factors.values())) for name, factors in FACTORS.items()]


def test_that_the_units_of_volumes_are_those_that_are_read() -> None:
    said = {word.lower() for word in re.findall(r"\w+", part("### Units of tables"))}
    for unit in ("Sm3", "m3", "stb", "bbl"):
        assert unit.lower() in _LIQUIDS
    assert {unit for unit in _GASES if unit.endswith("scf")} <= said
    assert {"ksm3", "msm3"} <= said & set(_GASES)


# A parameter that is not known is answered with those that are.
_TABLES_OF_PARAMETERS = ("vsh", "porosity", "archie", "saturation", "rw", "temperature", "cutoffs")


def test_that_every_parameter_stands() -> None:
    raw = {"nosuch": 1, **{name: {"nosuch": 1} for name in _TABLES_OF_PARAMETERS}}
    _, faults = parse_parameters(raw)
    known = {
        fault.path[:-1]: fault.must.removeprefix("a key must be one of ").split(", ")
        for fault in faults
        if fault.path[-1] == "nosuch"
    }
    rows = {
        name: row
        for row in re.findall(r"^\| `.*$", part("## Parameters").split("\n### ")[0], re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row.split(" | ")[0])
    }
    assert sorted(rows) == sorted(known[()])
    for name in _TABLES_OF_PARAMETERS:
        assert {f"`{key}`" for key in known[(name,)]} <= set(re.findall(r"`\w+`", rows[name])), name
    for name, words in (
        ("vsh", rock.VshMethod),
        ("porosity", rock.PorosityMethod),
        ("saturation", rock.SaturationMethod),
    ):
        assert ", ".join(get_args(words)) in rows[name]
    assert ", ".join(get_args(rock.Confidence)) in rows["sw_confidence"]


def test_that_the_grammar_is_that_of_the_parser() -> None:
    text = part("### Expressions")
    (grammar,) = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    assert grammar.splitlines() == [line.strip() for line in (expressions.__doc__ or "").splitlines() if " = " in line]
    words = re.findall(r"`(\w+)`", text)
    assert set(words) == {*rock.CURVES_OF_M, *expressions.FUNCTIONS, "m"}
    limits = f"At most {expressions.LONGEST} characters, {expressions.DEEPEST} deep, exponents up to"
    assert f"{limits} {expressions.LARGEST_EXPONENT:g}." in text


def test_that_every_kind_of_problem_stands() -> None:
    kinds = part("## What becomes of faults").split("| kind | gate |")[1]
    assert first_cells(kinds) == list(get_args(ProblemKind))
    assert set(re.findall(r"G\d\.\w+", kinds)) <= set(GATES)
