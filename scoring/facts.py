"""The columns that targets are scored from: which there are, of which type, and what null means in them."""

from __future__ import annotations

from typing import Final

import polars as pl

from scoring.profile import Profile

KEY: Final = ("well_id", "event_no", "candidate_id")

# Null: the requirement holds. Else the sentence that says why not. Whoever makes targets must have looked.
PROBLEMS: Final = (
    *("identity_problem", "depth_problem", "unit_conflict", "unit_alias", "crs_problem", "crs_conflict"),
    *("vertical_datum_problem", "transform_chain_problem", "azimuth_problem"),
)
MUST_BE_THERE: Final = (*KEY, *PROBLEMS)

# Null: not known. An absent column is a column of nulls.
NUMBERS: Final = (
    *("top_md_m", "base_md_m", "sampled_fraction", "max_step_m", "bad_hole_fraction"),
    *("vsh_coverage", "porosity_coverage", "resistivity_coverage"),
    *("rw_ohmm", "a_factor", "m_exponent", "n_exponent", "pressure_age_years", "saturation_age_years"),
)
WHOLE_NUMBERS: Final = ("event_no", "series_months")
TRUTHS: Final = ("cumulative_known", "never_produced")
TEXTS: Final = (
    *("well_id", "candidate_id", "zone", "interpretation_id", "rw_source", "sw_confidence", "completion_status"),
    *("abandoned", "evidence_missing", "quarantine_reason"),
    *PROBLEMS,
)


class TargetsFault(Exception):
    """Targets were handed over that cannot be scored."""


def columns(profile: Profile) -> dict[str, pl.DataType]:
    """Return name and type of every column that is read, but for `<input>_status`, `<input>_source`, `<input>_why`."""
    found: dict[str, pl.DataType] = {name: pl.String() for name in TEXTS}
    found |= {name: pl.Float64() for name in NUMBERS}
    found |= {name: pl.Int32() for name in WHOLE_NUMBERS}
    found |= {name: pl.Boolean() for name in TRUTHS}
    for one in profile.inputs:
        if one.table is not None:
            found[one.name] = pl.String()
        elif one.water_cut is not None:
            found |= {one.water_cut.level_input: pl.Float64(), one.water_cut.trend_input: pl.Float64()}
        elif one.items:
            found |= {item: pl.Boolean() for item in one.items}
        else:
            found[one.name] = pl.Float64()
    return found


def with_facts(targets: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Return targets with every column that scoring reads, in its type; a number that is not finite is null.

    Raises:
        TargetsFault: Key or problem columns are absent: nobody looked, and a null there would say that all is well.
    """
    absent = [name for name in MUST_BE_THERE if name not in targets.columns]
    if absent:
        raise TargetsFault(
            f"targets: must hold {', '.join(MUST_BE_THERE)}; {', '.join(absent)} absent. Make them with `assess`."
        )
    made = []
    for name, dtype in columns(profile).items():
        if name not in targets.columns:
            made.append(pl.lit(None, dtype).alias(name))
            continue
        column = pl.col(name) if targets.schema[name] == dtype else pl.col(name).cast(dtype)
        if dtype == pl.Float64():
            made.append(pl.when(column.is_finite()).then(column).alias(name))
        elif targets.schema[name] != dtype:
            made.append(column)
    for one in profile.inputs:
        for name in (f"{one.name}_status", f"{one.name}_why"):
            if name not in targets.columns:
                made.append(pl.lit(None, pl.String).alias(name))
            elif targets.schema[name] != pl.String():
                made.append(pl.col(name).cast(pl.String))
    return targets.with_columns(made)


def where() -> pl.Expr:
    """Return what a sentence about a target begins with: its well, zone and interval."""
    interval = pl.format("{}-{} m MD", pl.col("top_md_m").round(2), pl.col("base_md_m").round(2))
    return pl.concat_str([pl.col("well_id"), pl.col("zone"), interval], separator=" ", ignore_nulls=True)


def said(column: str, decimals: int = 3) -> pl.Expr:
    """Return a number as a sentence says it; `unknown` for null."""
    return pl.col(column).round(decimals).cast(pl.String).fill_null("unknown")


def said_beside(column: str, limit: float, decimals: int, scale: float = 1.0) -> pl.Expr:
    """Return a number as a sentence says it that has the limit, too: with so many decimals that they read apart.

    limit: in the unit of the column. scale: what both are multiplied with. decimals: at least; where 6 do not tell them
    apart, they are the same.
    """
    value, bound = pl.col(column) * scale, limit * scale
    ways = [value.round(places) for places in range(decimals, 7)]
    apart = [pl.when(((value < bound) == (way < bound)) & ((value > bound) == (way > bound))).then(way) for way in ways]
    return pl.coalesce(*apart, ways[0]).cast(pl.String).fill_null("unknown")


def ended(text: pl.Expr) -> pl.Expr:
    """Return a sentence without the stop at its end, to stand within another."""
    return text.str.strip_chars_end(". ")


def word(column: str) -> pl.Expr:
    """Return a text as a sentence says it; `unknown` for null."""
    return pl.col(column).fill_null("unknown")
