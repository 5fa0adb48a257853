"""Takes from the tables of a complete field what its wells are to lack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from welltegra.simulator.field.plan import Plan
from welltegra.simulator.field.tables import Tables, alias

_OUTSIDE_M, _ELSEWHERE_M = 90_000.0, 3_000.0
_UNKNOWN_CRS: Final = "LOCAL GRID 7"
# A map on an ellipsoid alone: no transformation of known accuracy leads from it to any datum.
_DATUMLESS_CRS: Final = "+proj=utm +zone=31 +ellps=intl +units=m +no_defs +type=crs"
_Change = Callable[[Tables, pl.Expr], None]


def plant(plan: Plan, tables: Tables) -> None:
    """Change the tables in place. What is missing from a log is not there to begin with."""
    for kind, change in _CHANGES.items():
        wells = [well_id for well_id, gap in zip(plan.well_ids, plan.gaps, strict=True) if gap and gap.name == kind]
        if wells:
            names = [*wells, *map(alias, wells)]
            change(tables, pl.col("well_id").is_in(names))


def _blank(table: str, **columns: object) -> _Change:
    """Return the change that puts values, None for nothing, in columns of a table."""

    def change(tables: Tables, chosen: pl.Expr) -> None:
        frame = tables[table]
        tables[table] = frame.with_columns(
            pl.when(chosen).then(pl.lit(value, dtype=frame.schema[column])).otherwise(column).alias(column)
            for column, value in columns.items()
        )

    return change


def _drop(*names: str, where: pl.Expr | None = None) -> _Change:
    """Return the change that removes a well's rows from tables."""

    def change(tables: Tables, chosen: pl.Expr) -> None:
        for name in names:
            removed = chosen if where is None else chosen & where
            tables[name] = tables[name].filter(~removed)

    return change


def _all(*changes: _Change) -> _Change:
    def change(tables: Tables, chosen: pl.Expr) -> None:
        for one in changes:
            one(tables, chosen)

    return change


def _twice(tables: Tables, chosen: pl.Expr) -> None:
    wells = tables["wells"]
    tables["wells"] = pl.concat([wells, wells.filter(chosen).with_columns(pl.col("x") + _ELSEWHERE_M)])


def _move(tables: Tables, chosen: pl.Expr) -> None:
    x = pl.when(chosen).then(pl.col("x") + _OUTSIDE_M).otherwise("x")
    tables["wells"] = tables["wells"].with_columns(x=x)


def _evidence(*kinds: str) -> _Change:
    return _drop("evidence", where=pl.col("kind").is_in(kinds))


_CHANGES: Final[dict[str, _Change]] = {
    "identity_twice": _twice,
    "unknown_crs": _blank("wells", crs=_UNKNOWN_CRS, transform_chain=None),
    "outside_field": _move,
    "no_kb": _blank("wells", kb_elevation_m=None, vertical_datum=None),
    "weak_transform_chain": _blank("wells", crs=_DATUMLESS_CRS, transform_chain=None),
    "no_azimuth_reference": _blank("surveys", azimuth_reference=None),
    "no_survey": _drop("surveys"),
    "no_completion_status": _blank("completions", status=None),
    "thin_completion": _all(
        _blank("completions", date=None), _blank("operability", tubing_access=None, cement_bond=None)
    ),
    "no_production": _drop("production"),
    "no_integrity": _blank("operability", integrity=None),
    "integrity_red": _blank("operability", integrity="red"),
    "abandoned": _blank("operability", abandoned="permanent"),
    "no_operability": _drop("operability"),
    "thin_evidence": _evidence("completion", "production"),
    "one_evidence_missing": _evidence("location"),
    "no_log": _evidence("log"),
    "no_dynamics": _all(
        _drop("production", "pressures", "saturation_logs"), _blank("wells", crs=_UNKNOWN_CRS, transform_chain=None)
    ),
}
