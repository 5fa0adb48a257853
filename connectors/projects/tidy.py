"""Rows that must not be counted: twice the same, contradicting each other, after the ranking's now, upside down.

What is left out is told, with its lines. Two rows that say the same are one; two that contradict each other say
nothing, for nobody here knows which is right.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from connectors.errors import Fault
from connectors.projects.problems import Problems
from connectors.projects.tables import LINE, at_lines

# Within one file and between several of one table.
PLACE: Final = "\0place"  # of the row's file, in faults
COUNTED: Final = "\0counted"

_KEYS: Final = {
    "reservoirs": ("reservoir",),
    "production": ("well_id", "date", "zone"),
    "injection": ("well_id", "date", "zone"),
    "surveys": ("well_id", "md_m"),
    "overrides": ("well_id", "zone", "input", "date"),
    "operability": ("well_id",),
    "contacts": ("reservoir", "kind"),
}
_VOLUMES: Final = {
    "production": ("oil_sm3", "water_sm3", "gas_sm3"),
    "injection": ("water_sm3", "gas_sm3"),
}
RATES: Final = tuple(_VOLUMES)
_DAILY_D, _MONTHLY_D = 2, 32  # [d], longest usual steps between rows of daily and monthly reports
_MONTH_D: Final = 27


def tidied(table: str, frame: pl.DataFrame, as_of: date, problems: Problems) -> pl.DataFrame:
    """Return the rows of a table that can be counted, without the columns that say where they stand."""
    known = "date" in frame.columns
    if known:
        after = (frame["date"] > as_of).fill_null(False)
        frame = _without(frame, after, f"{table}: dates must be up to as_of, {as_of}", "date", problems, "Left out.")
    if table in _VOLUMES:
        volumes = list(_VOLUMES[table])
        silent = frame.select(pl.all_horizontal(pl.col(volumes).is_null())).to_series()
        must, remedy = f"{table}: a row must have a volume", "Left out; map where = ... to the rows that are meant."
        frame = _without(frame, silent, must, None, problems, remedy)
    if {"top_md_m", "base_md_m"} <= set(frame.columns):
        upside_down = (frame["top_md_m"] >= frame["base_md_m"]).fill_null(False)
        must = f"{table}: top_md_m must be above base_md_m"
        frame = _without(frame, upside_down, must, "top_md_m", problems, "Left out; are they exchanged?")
    return _each_once(table, frame, problems).drop(LINE, PLACE, COUNTED)


def _each_once(table: str, frame: pl.DataFrame, problems: Problems) -> pl.DataFrame:
    said = [name for name in frame.columns if name not in {LINE, PLACE, COUNTED, "source_id"}]
    keys = [name for name in said if not isinstance(frame.schema[name], pl.Struct)]
    frame = frame.sort(*keys, "source_id", LINE, nulls_last=True)
    again = ~frame.select(pl.struct(keys).is_first_distinct()).to_series()
    must = f"{table}: each row must be there once"
    frame = _without(frame, again, must, None, problems, "The first is kept; remove the others.")
    if table not in _KEYS:
        return frame
    key = list(_KEYS[table])
    twice = frame.select(pl.struct(key).is_duplicated()).to_series()
    must, remedy = f"{table}: there must be one row for each {', '.join(key)}", "All are left out; keep the right one."
    return _without(frame, twice, must, key[-1] if key[-1] != "zone" else "date", problems, remedy)


def _without(
    frame: pl.DataFrame, wrong: pl.Series, must: str, shown: str | None, problems: Problems, remedy: str
) -> pl.DataFrame:
    if not wrong.any():
        return frame
    rows = frame.filter(wrong)
    for (source_id, place, counted), part in rows.group_by("source_id", PLACE, COUNTED, maintain_order=True):
        lines = sorted(part[LINE].to_list())
        found = f"{part.height} rows" if part.height > 1 else "1 row"
        if shown is not None:
            found += f", such as {shown} {part[shown][0]}"
        wells = part["well_id"].unique().to_list() if "well_id" in part.columns else []
        detail = str(Fault(at_lines(str(place), str(counted), lines), None, must, found, remedy))
        problems.add("row_fault", detail, well_id=wells[0] if len(wells) == 1 else None, source_id=str(source_id))
    return frame.filter(~wrong)


def as_volumes(frame: pl.DataFrame, table: str, problems: Problems) -> pl.DataFrame:
    """Return rates per calendar day as the volumes of the days that each row stands for.

    A well whose rows are a day apart (by median) is daily, and one whose rows are a month apart is monthly: then a row
    stands for the month of its date. Of any other, or of a single row, the volumes are not known.
    """
    step = pl.col("date").sort().diff().dt.total_days().median().over("well_id")
    days = (
        pl.when(step <= _DAILY_D)
        .then(1.0)
        .when(step.is_between(_MONTH_D, _MONTHLY_D))
        .then(pl.col("date").dt.month_end().dt.day().cast(pl.Float64))
    )
    unclear = frame.filter(days.is_null())
    if unclear.height:
        wells = ", ".join(map(repr, unclear["well_id"].unique().sort().head(3)))
        must, remedy = (
            f"{table}: rates must be daily or monthly, to be volumes",
            "They count as not known; give volumes.",
        )
        detail = str(Fault(str(unclear[PLACE][0]), None, must, f"rows of {wells} that are neither", remedy))
        problems.add("row_fault", detail, source_id=str(unclear["source_id"][0]))
    return frame.with_columns(pl.col(name) * days for name in _VOLUMES[table])
