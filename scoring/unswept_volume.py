"""How much hydrocarbon is left within reach of a target, in reservoir cubic metres."""

from __future__ import annotations

import math

import polars as pl


def unswept_volume() -> pl.Expr:
    """Return the unswept hydrocarbon pore volume [m3 at reservoir conditions] = unswept_hcpt_m pi (spacing_m / 2)^2.

    The remaining hydrocarbon pore thickness phi h (1 - Sw now) over the target's drainage circle, whose radius is half
    the reservoir's spacing: the volumetric equation, before a formation volume factor and a recovery factor. What
    offsets have drained of the circle is in Sw now already, or in the saturation log, and is not taken off twice.
    Null where either is not known, and only there.

    Needs: unswept_hcpt_m [m], spacing_m [m].
    """
    # A person may state a thickness below 0; less than nothing is not left.
    thickness = pl.col("unswept_hcpt_m").clip(lower_bound=0.0)
    return thickness * math.pi * (pl.col("spacing_m") / 2.0) ** 2


def with_unswept_volume(targets: pl.DataFrame) -> pl.DataFrame:
    """Return `targets` with unswept_volume_m3 [m3], and unswept_volume_m3_why where it is not known.

    It is told beside the scores and is in none of them. Taken after overrides, so that a stated thickness counts.

    Needs: unswept_hcpt_m, unswept_hcpt_m_why, spacing_m.
    """
    thickness = pl.col("unswept_hcpt_m").is_null()
    spacing = pl.when(pl.col("spacing_m").is_null()).then(pl.lit("spacing_m of the reservoir is not stated"))
    why = pl.when(thickness).then(pl.coalesce("unswept_hcpt_m_why", pl.lit("the unswept thickness is not known")))
    return targets.with_columns(
        unswept_volume_m3=unswept_volume(),
        unswept_volume_m3_why=pl.coalesce(why, spacing),
    )
