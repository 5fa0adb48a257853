"""What stands against reckoning with injected water: volumes, places and reservoirs that are not known."""

from __future__ import annotations

from typing import Final

import polars as pl

from scoring.sums import summed

_NAMED: Final = 5  # of the wells; a page has no room for more


def injects() -> pl.Expr:
    """Return whether a month has injection, or leaves out how much. Needs: water_sm3, gas_sm3, unsaid."""
    some = pl.any_horizontal((pl.col(name) > 0.0).fill_null(value=False) for name in ("water_sm3", "gas_sm3"))
    return some | (pl.col("unsaid") > 0.0)


def doubt(
    its: pl.DataFrame, months: pl.DataFrame | None, wells: pl.DataFrame, located: pl.DataFrame, strays: pl.DataFrame
) -> str | None:
    """Return why the ways of a reservoir's water are not known, or None where they are."""
    lost = wells.join(located, on="well_id", how="anti")
    unsaid = sorted(set(its.filter(pl.col("unsaid") > 0.0)["well_id"]))
    if unsaid:
        return f"some rows do not say how much water {named(unsaid)} injected, or into which zone"
    if astray := wells_of(its.filter(pl.col("water_sm3") > 0.0), lost):
        return f"no place that can be relied on of {named(astray)}, which injected water"
    if months is None:
        return None
    if astray := wells_of(producing(months), pl.concat([lost.select("well_id"), strays.select("well_id")])):
        return f"no place that can be relied on, or no reservoir, of {named(astray)}, which drew on the injectors"
    return None


def producing(months: pl.DataFrame) -> pl.DataFrame:
    """Return the wells that produced liquid, or do not say how much."""
    liquid = summed(months, ["well_id"], ["oil_sm3", "water_sm3", "wet_unsaid"])
    return liquid.filter((pl.sum_horizontal("oil_sm3", "water_sm3") > 0.0) | (pl.col("wet_unsaid") > 0.0))


def wells_of(rows: pl.DataFrame, wells: pl.DataFrame) -> list[str]:
    return rows.join(wells, on="well_id", how="semi")["well_id"].unique().sort().to_list()


def named(wells: list[str]) -> str:
    more = f" and {len(wells) - _NAMED} more" if len(wells) > _NAMED else ""
    return ", ".join(wells[:_NAMED]) + more


def without_report(injection: pl.DataFrame) -> str:
    """Return how many months between its first and last each injector has no row of; nothing for none."""
    month = pl.col("month")
    spanned = (month.max().dt.year() - month.min().dt.year()) * 12 + (
        month.max().dt.month().cast(pl.Int32) - month.min().dt.month().cast(pl.Int32)
    )
    absent = injection.group_by("well_id").agg(absent=spanned + 1 - month.n_unique().cast(pl.Int32))
    absent = absent.filter(pl.col("absent") > 0).sort("well_id")
    if absent.is_empty():
        return ""
    said = [f"{count} of {name}" for name, count in absent.head(_NAMED).iter_rows()]
    more = [f"some of {absent.height - _NAMED} more"] if absent.height > _NAMED else []
    return f"months without a report counted as none: {', '.join(said + more)}"
