"""How far an interval lies above the oil-water contact, or above the lowest oil that was seen."""

from __future__ import annotations

import polars as pl


def contact_levels(contacts: pl.DataFrame) -> pl.DataFrame:
    """Return reservoir, contact_tvdss_m [m, down], contact_kind and contact_source, one row a reservoir.

    Of several oil-water contacts the shallowest, which promises least. Without one, the deepest lowest known oil: oil
    is proven down to it. A gas-oil contact bounds the oil from above and is not one of these.

    Needs: reservoir, kind (owc, goc, lko), tvdss_m, source_id.
    """
    kind, tvdss, source = pl.col("kind"), pl.col("tvdss_m"), pl.col("source_id")
    levels = contacts.drop_nulls(["reservoir", "tvdss_m"]).filter(kind.is_in(["owc", "lko"]))
    levels = (
        levels.sort("reservoir", "tvdss_m", "source_id")
        .group_by("reservoir", maintain_order=True)
        .agg(
            tvdss.filter(kind == "owc").first().alias("owc"),
            source.filter(kind == "owc").first().alias("owc_source"),
            tvdss.filter(kind == "lko").last().alias("lko"),
            source.filter(kind == "lko").last().alias("lko_source"),
        )
    )
    has_owc = pl.col("owc").is_not_null()
    return levels.select(
        "reservoir",
        contact_tvdss_m=pl.coalesce("owc", "lko"),
        contact_kind=pl.when(has_owc).then(pl.lit("owc")).otherwise(pl.lit("lko")),
        contact_source=pl.when(has_owc).then("owc_source").otherwise("lko_source"),
    )


def height_above_contact(targets: pl.DataFrame, contacts: pl.DataFrame | None) -> pl.DataFrame:
    """Return `targets` with height_above_contact_m [m], mid-interval, negative below it, and status, source, why.

    Needs: reservoir, top_tvdss_m, base_tvdss_m, vertical_datum_problem.
    """
    if contacts is None:
        blank = {"contact_tvdss_m": pl.Float64, "contact_kind": pl.String, "contact_source": pl.String}
        frame = targets.with_columns(pl.lit(None, dtype=dtype).alias(name) for name, dtype in blank.items())
    else:
        frame = targets.join(contact_levels(contacts), on="reservoir", how="left", maintain_order="left")
    height = pl.col("contact_tvdss_m") - (pl.col("top_tvdss_m") + pl.col("base_tvdss_m")) / 2.0
    frame = frame.with_columns(
        height_above_contact_m=pl.when(pl.col("vertical_datum_problem").is_null()).then(height),
    )
    why = (
        pl.when(pl.lit(contacts is None))
        .then(pl.lit("no contacts table"))
        .when(pl.col("vertical_datum_problem").is_not_null())
        .then(pl.lit("not computed while the vertical datum is in doubt: ") + pl.col("vertical_datum_problem"))
        .when(pl.col("contact_tvdss_m").is_null())
        .then(pl.lit("no oil-water contact or lowest known oil of the reservoir"))
        .otherwise(pl.lit("the interval has no TVDSS"))
    )
    known = pl.col("height_above_contact_m").is_not_null()
    return frame.with_columns(
        height_above_contact_m_status=pl.when(known).then(pl.lit("derived")).otherwise(pl.lit("missing")),
        height_above_contact_m_source=pl.when(known).then("contact_source"),
        height_above_contact_m_why=pl.when(~known).then(why),
    ).drop("contact_source")
