"""Inputs to components to total: what is known counts, what is missing counts as nothing and shows in the potential."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Final

import polars as pl

from scoring.profile import Component, Input, Profile
from scoring.utility import curve_utility, table_utility
from scoring.vocabulary import STATUSES

DECIMALS: Final = 6  # of components, potentials, coverages and totals: classes and ranks use these
STATUS: Final = pl.Enum(STATUSES)

# What a missing part of a composite input could at best be; the others are 1 where missing.
_BEST: Final = "{}_best"


def blend(targets: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Return targets with utilities, contributions and statuses of inputs, and scores, potentials and coverages.

    Needs: the columns of `facts.columns`. Adds for each input `_utility` [-] (null where nothing is known of it),
    `_contribution` [-] to its component, `_status`; for each component `_score`, `_potential`, `_coverage` [-]; and
    `total_score`, `total_potential` [-].
    """
    inputs = profile.inputs
    made = targets.with_columns(_status(one).alias(f"{one.name}_status") for one in inputs)
    made = made.with_columns(
        *(_utility(one).alias(f"{one.name}_utility") for one in inputs),
        *(_best(one).alias(_BEST.format(one.name)) for one in inputs if _is_composite(one)),
    )
    made = made.with_columns(
        (weight(profile, one) * pl.col(f"{one.name}_utility").fill_null(0.0)).alias(f"{one.name}_contribution")
        for one in inputs
    )
    made = made.with_columns(one for component in profile.components for one in _component(profile, component))
    made = made.drop(_BEST.format(one.name) for one in inputs if _is_composite(one))
    return made.with_columns(
        total(profile, "score").alias("total_score"), total(profile, "potential").alias("total_potential")
    )


def weight(profile: Profile, one: Input) -> pl.Expr:
    """Return the weight of an input in its component [-], row by row: where one is not applicable, another has its."""
    own = pl.lit(one.weight)
    if one.weight_to is not None:
        return pl.when(_is_not_applicable(one)).then(0.0).otherwise(own)
    for giver in profile.component(one.component).inputs:
        if giver.weight_to == one.name:
            own = pl.when(_is_not_applicable(giver)).then(one.weight + giver.weight).otherwise(own)
    return own


def total(profile: Profile, of: str) -> pl.Expr:
    """Return the weighted sum of the rounded components [-], rounded. of: `score` or `potential`."""
    parts = [component.weight * pl.col(f"{component.name}_{of}") for component in profile.components]
    return reduce(add, parts).round(DECIMALS)


def readiness_known(one: Input) -> pl.Expr:
    """Return the share of an input's items that are known [-]."""
    return reduce(add, (pl.col(item).is_not_null().cast(pl.Float64) for item in one.items)) / len(one.items)


def _component(profile: Profile, component: Component) -> list[pl.Expr]:
    name = component.name
    score = reduce(add, (pl.col(f"{one.name}_contribution") for one in component.inputs))
    potential = reduce(add, (weight(profile, one) * _at_best(one) for one in component.inputs))
    coverage = reduce(add, (weight(profile, one) * _known(one) for one in component.inputs))
    return [
        score.round(DECIMALS).alias(f"{name}_score"),
        potential.round(DECIMALS).alias(f"{name}_potential"),
        coverage.round(DECIMALS).alias(f"{name}_coverage"),
    ]


def _at_best(one: Input) -> pl.Expr:
    return pl.col(_BEST.format(one.name)) if _is_composite(one) else pl.col(f"{one.name}_utility").fill_null(1.0)


def _known(one: Input) -> pl.Expr:
    if one.items:
        return readiness_known(one)
    return (pl.col(f"{one.name}_status") != "missing").cast(pl.Float64)


def _is_composite(one: Input) -> bool:
    return one.water_cut is not None or bool(one.items)


def _is_not_applicable(one: Input) -> pl.Expr:
    return pl.col(f"{one.name}_status") == "not_applicable"


def _status(one: Input) -> pl.Expr:
    """Return what is known of an input; a value whose status was not said is measured, or categorical."""
    said = pl.col(f"{one.name}_status")
    plain = pl.lit("measured" if one.table is None else "categorical", STATUS)
    if one.absent_is_zero:
        known: pl.Expr = pl.lit(True)
    elif one.items:
        known = pl.any_horizontal(pl.col(item).is_not_null() for item in one.items)
    elif one.water_cut is not None:
        known = pl.col(one.water_cut.level_input).is_not_null()
    elif one.table is not None:
        known = table_utility(pl.col(one.name), one.table).is_not_null()
    else:
        known = pl.col(one.name).is_not_null()
    # In words of the Enum from the start: text is slow to copy.
    how = pl.when(said.is_in(["derived", "stated"])).then(said.cast(STATUS, strict=False)).otherwise(plain)
    status: pl.Expr = pl.when(known).then(how).otherwise(pl.lit("missing", STATUS))
    if one.weight_to is not None or one.not_applicable_x is not None:
        absent = (said == "not_applicable") & ~known
        status = pl.when(absent).then(pl.lit("not_applicable", STATUS)).otherwise(status)
    return status


def _utility(one: Input) -> pl.Expr:
    """Return the utility of what is known of an input [-]: of a composite, its known part; null where nothing is."""
    if one.items:
        utility = reduce(add, (pl.col(item).fill_null(False).cast(pl.Float64) for item in one.items)) / len(one.items)
        return pl.when(pl.col(f"{one.name}_status") != "missing").then(utility)
    if one.water_cut is not None:
        level = curve_utility(pl.col(one.water_cut.level_input), one.water_cut.level)
        utility = level * _trend_factor(one, 0.0)
        return pl.when(pl.col(f"{one.name}_status").is_in(["measured", "derived", "stated"])).then(utility)
    if one.table is not None:
        utility = table_utility(pl.col(one.name), one.table)
    else:
        assert one.curve is not None
        x = pl.col(one.name)
        if one.not_applicable_x is not None:
            x = pl.when(_is_not_applicable(one)).then(pl.lit(one.not_applicable_x)).otherwise(x)
        utility = curve_utility(x, one.curve)
    return utility.fill_null(0.0) if one.absent_is_zero else utility


def _best(one: Input) -> pl.Expr:
    """Return the utility [-] of a composite input if each unknown part of it turned out perfect."""
    if one.items:
        return reduce(add, (pl.col(item).fill_null(True).cast(pl.Float64) for item in one.items)) / len(one.items)
    assert one.water_cut is not None
    level = curve_utility(pl.col(one.water_cut.level_input), one.water_cut.level).fill_null(1.0)
    return level * _trend_factor(one, 1.0)


def _trend_factor(one: Input, unknown: float) -> pl.Expr:
    """Return what the trend leaves of the level's utility [-]. unknown: the utility of a trend not known."""
    assert one.water_cut is not None
    trend = curve_utility(pl.col(one.water_cut.trend_input), one.water_cut.trend).fill_null(unknown)
    share = one.water_cut.trend_share
    return (1 - share) + share * trend
