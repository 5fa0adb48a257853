"""Where wells and their intervals are, and what stands against believing it."""

from __future__ import annotations

from typing import Final

import polars as pl

from scoring.places import DEVIATED_OVER_DEG, deviated, ends, outside_outline

# The kinds of `Project.problems` that gates read, each a column: null, or the sentences.
PROBLEM_FACTS: Final = (
    *("identity_problem", "depth_problem", "unit_conflict", "unit_alias", "crs_problem", "crs_conflict"),
    *("vertical_datum_problem", "transform_chain_problem", "azimuth_problem"),
)
_CONFIDENCE: Final = ("documented", "unverified", "inferred", "conflict", "none")  # best first


def one_row_a_well(wells: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each well_id, sorted: its best-documented location, and the first value of all else.

    A well may stand in several rows, one for each source of its location.
    """
    rank = pl.col("crs_confidence").replace_strict({c: i for i, c in enumerate(_CONFIDENCE)}, default=9)
    located = pl.col("x_m").is_null() | pl.col("y_m").is_null()
    ordered = wells.with_columns(_nowhere=located, _rank=rank).sort(
        "well_id", "_nowhere", "_rank", "location_source", "x_m", "y_m", "reservoir", "name", nulls_last=True
    )
    together = ["x_m", "y_m", "crs_confidence", "transform_chain", "source_id"]
    rest = [c for c in wells.columns if c not in {"well_id", *together}]
    grouped = ordered.group_by("well_id", maintain_order=True)
    return grouped.agg(pl.col(together).first(), pl.col(rest).drop_nulls().first())


def reported_problems(problems: pl.DataFrame, well_ids: pl.DataFrame) -> pl.DataFrame:
    """Return well_id and PROBLEM_FACTS: what the reader found, joined; of the whole project, for every well."""
    frame = well_ids
    for kind in PROBLEM_FACTS:
        found = problems.filter(pl.col("kind") == kind).select("well_id", "detail")
        everywhere = found.filter(pl.col("well_id").is_null())
        found = pl.concat(
            [found.drop_nulls("well_id"), well_ids.join(everywhere.select("detail"), how="cross")], how="vertical"
        )
        said = found.unique().sort("well_id", "detail").group_by("well_id", maintain_order=True)
        frame = frame.join(said.agg(pl.col("detail").str.join(" ").alias(kind)), on="well_id", how="left")
    return frame


def spread(wells: pl.DataFrame) -> pl.DataFrame:
    """Return well_id, identity_m and sources_m: how far apart rows of one well lie [m]; `wells` may tell of more.

    identity_m: rows of one and the same source, or of none; one well cannot be at two places. sources_m: rows of
    different sources, which disagree about one place.

    Needs: well_id, location_source, x_m, y_m.
    """
    rows = wells.drop_nulls(["x_m", "y_m"]).select("well_id", pl.col("location_source").fill_null(""), "x_m", "y_m")
    rows = rows.filter(pl.len().over("well_id") > 1)
    pairs = rows.join(rows, on="well_id", suffix="_other")
    apart = ((pl.col("x_m") - pl.col("x_m_other")) ** 2 + (pl.col("y_m") - pl.col("y_m_other")) ** 2).sqrt()
    same = pl.col("location_source") == pl.col("location_source_other")
    return pairs.group_by("well_id").agg(
        apart.filter(same).max().alias("identity_m"), apart.filter(~same).max().alias("sources_m")
    )


def location_facts(
    rows: pl.DataFrame,
    wells: pl.DataFrame,
    reservoirs: pl.DataFrame | None,
    surveys: pl.DataFrame | None,
    problems: pl.DataFrame,
    agree_within_m: float,
) -> pl.DataFrame:
    """Return PROBLEM_FACTS, crs_confidence, depth_reference, has_survey, max_inc_deg, location_spread_m of each well.

    What the reader said stands; what it left unsaid is found here from the tables.

    Args:
        rows: The table `wells` as given.
        wells: The same, one row a well.
        reservoirs: None where the table was not given.
        surveys: None where the table was not given.
        problems: `Project.problems`.
        agree_within_m: How far locations of one well may lie apart.
    """
    frame = reported_problems(problems, wells.select("well_id"))
    frame = frame.join(wells.select("well_id", *_WELL), on="well_id", how="left")
    frame = frame.join(spread(rows), on="well_id", how="left", suffix="_rows")
    frame = frame.with_columns(pl.max_horizontal(name, f"{name}_rows").alias(name) for name in _APART)
    frame = frame.join(outside_outline(ends(wells, surveys), reservoirs), on="well_id", how="left")
    frame = frame.join(_surveyed(surveys), on="well_id", how="left")
    frame = frame.with_columns(pl.col("has_survey").fill_null(value=False))
    frame = frame.with_columns(max_inc_deg=pl.max_horizontal("max_inc_deg", "survey_inc_deg"))
    found = {
        "identity_problem": _identity(agree_within_m),
        "crs_problem": _crs(),
        "crs_conflict": _conflict(agree_within_m),
        "vertical_datum_problem": _vertical(),
        "transform_chain_problem": _chain(),
        "azimuth_problem": pl.when(pl.col("azimuth_unstated")).then(
            pl.lit("The survey does not say whether its azimuths count from true, grid or magnetic north.")
        ),
    }
    frame = frame.with_columns(pl.coalesce(kind, said).alias(kind) for kind, said in found.items())
    conflict = pl.col("crs_conflict").is_not_null()
    confidence = pl.col("crs_confidence").fill_null("none")
    worse = ~confidence.is_in(["conflict", "none"])
    return frame.with_columns(
        crs_confidence=pl.when(conflict & worse).then(pl.lit("conflict")).otherwise(confidence),
        depth_reference=depth_reference(),
        location_spread_m=pl.max_horizontal("identity_m", "sources_m"),
    ).select(
        "well_id", *PROBLEM_FACTS, "crs_confidence", "depth_reference", "has_survey", "max_inc_deg", "location_spread_m"
    )


_APART: Final = ("identity_m", "sources_m")
_WELL: Final = (
    *_APART,
    "x_m",
    "y_m",
    "crs",
    "kb_elevation_m",
    "vertical_datum",
    "transform_chain",
    "max_inc_deg",
    "crs_confidence",
)


def _surveyed(surveys: pl.DataFrame | None) -> pl.DataFrame:
    if surveys is None:
        schema = {"well_id": pl.String, "has_survey": pl.Boolean, "survey_inc_deg": pl.Float64}
        return pl.DataFrame(schema=schema | {"azimuth_unstated": pl.Boolean})
    unstated = pl.col("azimuth_reference").is_null() & (pl.col("inc_deg") > DEVIATED_OVER_DEG)
    return surveys.group_by("well_id").agg(
        pl.lit(value=True).alias("has_survey"),
        pl.col("inc_deg").max().alias("survey_inc_deg"),
        unstated.any().alias("azimuth_unstated"),
    )


def _identity(agree_within_m: float) -> pl.Expr:
    apart = pl.col("identity_m")
    return pl.when(apart > agree_within_m).then(
        pl.format(
            "Two wells share this id: its rows in wells lie {} m apart. Tell them apart.", apart.round(0).cast(int)
        )
    )


def _crs() -> pl.Expr:
    return pl.when(pl.col("x_m").is_null() | pl.col("y_m").is_null()).then(
        pl.lit("The well has no location in the project's CRS. State x, y and their CRS in wells.")
    )


def _conflict(agree_within_m: float) -> pl.Expr:
    apart = pl.col("sources_m")
    allowed = f"{agree_within_m:g} m are allowed"
    disagree = pl.format(f"Its location sources lie {{}} m apart; {allowed}.", apart.round(0).cast(int))
    return (
        pl.when(apart > agree_within_m)
        .then(disagree)
        .when("outside")
        .then(pl.lit("The well lies outside the outline of its reservoir."))
    )


def _vertical() -> pl.Expr:
    return (
        pl.when(pl.col("kb_elevation_m").is_null())
        .then(pl.lit("The elevation of the kelly bushing is not known. State kb_elevation_m in wells."))
        .when(pl.col("vertical_datum").is_null())
        .then(pl.lit("The vertical datum is not known. State vertical_datum in wells."))
        .when(deviated() & ~pl.col("has_survey"))
        .then(
            pl.format(
                "The well is deviated (to {} deg) and has no survey. Give its survey.", pl.col("max_inc_deg").round(1)
            )
        )
    )


def _chain() -> pl.Expr:
    located = pl.col("x_m").is_not_null() & pl.col("y_m").is_not_null()
    return pl.when(located & pl.col("transform_chain").is_null()).then(
        pl.lit("How the location came into the project's CRS is not recorded. State transform_chain in wells.")
    )


def depth_reference() -> pl.Expr:
    """Return what depths stand on: documented (KB, datum, survey), kb_inferred, datum_unknown or no_survey.

    A well stated to be no steeper than 5 degrees needs no survey; one of which neither is known does. A KB elevation
    is inferred where the datum says so, as "MSL (inferred)".

    Needs: kb_elevation_m, vertical_datum, max_inc_deg, has_survey.
    """
    straight = (pl.col("max_inc_deg") <= DEVIATED_OVER_DEG).fill_null(value=False)
    datum = pl.col("vertical_datum").str.to_lowercase()
    inferred = datum.str.contains("inferred|assumed|estimated")
    return (
        # The worst first: what else is not known of the well must not make it better.
        pl.when(~pl.col("has_survey") & ~straight)
        .then(pl.lit("no_survey"))
        .when(pl.col("kb_elevation_m").is_null() | datum.is_null())
        .then(pl.lit("datum_unknown"))
        .when(inferred)
        .then(pl.lit("kb_inferred"))
        .otherwise(pl.lit("documented"))
    )
