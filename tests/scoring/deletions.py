"""A small field of every kind of well, to take things away from: one cell of a table, or a table whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import polars as pl

from connectors.projects.columns import TABLES as READ
from schemas.profiles import default_profile
from scoring.project import Project
from scoring.scores import score
from scoring.vocabulary import COMPONENTS
from tests.scoring.project_of import RESERVOIR, assessed, candidate, candidates, monthly_rows, project, well
from tests.scoring.targets import PERFECT

# What a log tells of an interval, and assessment does not.
_OF_THE_LOG: Final = (
    *("rt_contrast", "gross_m", "log_quality", "sampled_fraction", "max_step_m", "bad_hole_fraction"),
    *("vsh_coverage", "porosity_coverage", "resistivity_coverage"),
    *("rw_ohmm", "a_factor", "m_exponent", "n_exponent", "rw_source", "sw_confidence"),
)
_MONTHS: Final = 30
_OPENED: Final = date(2016, 1, 1)
_EAST: Final = ((0.0, 0.0, 90.0), (1000.0, 0.0, 90.0), (1500.0, 30.0, 90.0), (2400.0, 30.0, 90.0))


def field() -> Project:
    """Return targets T (never opened), P (its neighbour, in production) and Q (two intervals that flow together).

    Beside them D, a deviated producer whose wellhead is far off and its interval near; U, a producer without a log; I
    and J, injectors.
    """
    wells = [
        *(well("T"), well("P", x=1250.0), well("Q", x=1000.0, y=1500.0), well("U", x=1420.0)),
        *(well("D", x=550.0, max_inc_deg=30.0), well("I", x=1000.0, y=600.0), well("J", x=2000.0)),
    ]
    open_ = [
        {"well_id": name, "top_md_m": top, "base_md_m": top + 10.0, "status": "perforated_producing", "date": _OPENED}
        for name, top in (("P", 2000.0), ("Q", 2000.0), ("Q", 2100.0), ("D", 2000.0), ("U", 2000.0), ("T", 1500.0))
    ]
    decline = [0.985**month for month in range(_MONTHS)]
    cut = [0.2 + 0.01 * month for month in range(_MONTHS)]
    produced = [
        row
        for name, oil in (("P", 900.0), ("Q", 1500.0), ("D", 1500.0), ("U", 6000.0))
        for row in monthly_rows(
            name,
            [oil * part for part in decline],
            _OPENED,
            water_sm3=[oil * part * share / (1.0 - share) for part, share in zip(decline, cut, strict=True)],
            gas_sm3=[100.0 * oil * part for part in decline],
            hours_on=720.0,
        )
    ]
    injected = [
        {"well_id": name, "date": date(2017, month, 1), "water_sm3": water * 2000.0, "gas_sm3": 0.0}
        for name, water in (("I", 60.0), ("J", 10.0))
        for month in range(1, 7)
    ]
    pressures = [
        {"well_id": name, "date": date(year, 6, 1), "kind": kind, "pressure_bar": bar, "datum_tvdss_m": 2000.0}
        | {"initial_bar": initial}
        for name in ("T", "P", "Q")
        for year, kind, bar, initial in (
            *((2016, "static", 230.0, 300.0), (2018, "static", 190.0, 300.0)),
            *((2019, "flowing", 150.0, None), (2019, "static", 170.0, 280.0)),
        )
    ]
    names = [row["well_id"] for row in wells]
    kinds = ("log", "location", "survey", "completion", "production")
    items = dict.fromkeys(("tubing_access", "single_casing", "cement_bond", "tree_serviceable"), True)
    usual = {"integrity": "green", "workover_complexity": "rigless", "access": "road_and_permit", "abandoned": "none"}
    return project(
        wells=wells,
        reservoirs=[RESERVOIR],
        surveys=[
            {"well_id": "D", "azimuth_reference": "grid", "md_m": md, "inc_deg": inc, "azi_deg": azi}
            for md, inc, azi in _EAST
        ],
        production=produced,
        injection=injected,
        pressures=pressures,
        saturation_logs=[
            {"well_id": "Q", "date": date(day, 1, 1), "top_md_m": top, "base_md_m": top + 6.0, "sw": sw}
            for day, top, sw in ((2016, 2000.0, 0.35), (2018, 2000.0, 0.5), (2018, 2004.0, 0.6))
        ],
        completions=open_,
        operability=[{"well_id": name, "cost_ratio": 0.3} | usual | items for name in names],
        contacts=[{"reservoir": "R", "kind": kind, "tvdss_m": at} for kind, at in (("owc", 1995.0), ("lko", 2020.0))],
        evidence=[{"well_id": name, "kind": kind, "path": kind, "sha256": "0"} for name in names for kind in kinds],
        logs=("T", "P", "Q", "D"),
    )


def found() -> pl.DataFrame:
    """Return the intervals that discovery found in the field."""
    return candidates(
        *(candidate(name, completion_status="perforated_producing") for name in ("P", "Q", "D")),
        candidate("T", completion_status="never_perforated"),
        candidate("Q", top=2100.0, base=2110.0, event_no=2, completion_status="perforated_producing"),
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a table; row None: the whole table."""

    table: str
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        return self.table if self.row is None else f"{self.table}[{self.row}].{self.column}"


def without(made: Project, *cells: Cell) -> Project:
    """Return a project without some of its cells and tables."""
    tables = dict(made.tables)
    for cell in cells:
        if cell.table not in tables:
            continue
        frame = tables[cell.table]
        if cell.row is None:
            del tables[cell.table]
        else:
            gone = pl.int_range(pl.len()) == cell.row
            tables[cell.table] = frame.with_columns(pl.when(~gone).then(cell.column).alias(cell.column))
    return replace(made, tables=tables)


def cells(made: Project, beside: Sequence[str] = ("well_id", "source_id", "name", "field", "aliases")) -> list[Cell]:
    """Return every cell with something in it, and every table but that of wells, but for names and sources.

    A row without what the reader requires of it is no row: it is left out there, and told.
    """
    each = [
        Cell(table, row, column)
        for table, frame in made.tables.items()
        for column in frame.columns
        if column not in beside and not (column in READ[table] and READ[table][column].required)
        for row in range(frame.height)
        if frame[column][row] is not None
    ]
    return each + [Cell(table) for table in made.tables if table != "wells"]


def judged(made: Project) -> pl.DataFrame:
    """Return key, scores and class of each target of the field, logs and all."""
    told = {name: PERFECT[name] for name in _OF_THE_LOG}
    targets = assessed(made, found()).with_columns(pl.lit(value).alias(name) for name, value in told.items())
    scored = score(targets.filter(pl.col("event_no") > 0), default_profile()).targets
    columns = [f"{name}_score" for name in (*COMPONENTS, "total")]
    return scored.select("candidate_id", *columns, pl.col("classification").cast(pl.String)).sort("candidate_id")


def rewarded(before: pl.DataFrame, after: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the targets of which a score rose, or that rose into class A or B."""
    both = before.join(after, on="candidate_id", suffix="_after")
    rose = pl.any_horizontal(pl.col(f"{name}_score_after") > pl.col(f"{name}_score") for name in (*COMPONENTS, "total"))
    lifted = pl.col("classification_after").is_in(["A", "B"]) & (
        pl.col("classification_after") < pl.col("classification")
    )
    return both.filter(rose | lifted).to_dicts()
