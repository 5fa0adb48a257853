"""Gaps: each named missing thing of each target, as one row; and the code of the gap behind each missing input."""

from __future__ import annotations

from typing import Final

import polars as pl

from scoring.facts import KEY
from scoring.gate_details import gap_detail
from scoring.gates import columns_of, failing
from scoring.profile import Effect, Input, Profile
from scoring.vocabulary import COMPONENTS, GAPS

GAP: Final = pl.Enum(GAPS)

# The gates that explain why an input is missing: while one of them fails, it is the gap; closing it brings the input.
_LOGS: Final = ("G1.CURVES",)
_PLACE: Final = ("G2.CRS", "G2.CRS_CONFLICT")
OWNERS: Final = {
    "vsh": _LOGS,
    "phie": _LOGS,
    "rt_contrast": _LOGS,
    "sw": (*_LOGS, "G1.PARAMS"),
    "net_pay_m": _LOGS,
    "gross_m": _LOGS,
    "height_above_contact_m": ("G2.VERTICAL_DATUM",),
    "offset_drained_fraction": _PLACE,
    "injector_mpvi": _PLACE,
    "unswept_hcpt_m": _PLACE,  # it derives from offset drainage, unless there is a saturation log
    "integrity": ("G3.OPERABILITY",),
    "access": ("G3.OPERABILITY",),
    "log_quality": (*_LOGS, "G1.LOG_QUALITY"),
    "crs_confidence": _PLACE,
    "depth_reference": ("G2.VERTICAL_DATUM",),
    "completion_completeness": ("G3.COMPLETION",),
    "evidence_completeness": ("G3.EVIDENCE",),
}


def input_gaps(profile: Profile) -> list[pl.Expr]:
    """Return for each input `<input>_gap`: the code of the gap behind what is missing of it, null where nothing is.

    Needs: columns of `gates.judged` and `blend.blend`. Where absence is a measured zero, the absence is a gap.
    """
    made = []
    for one in profile.inputs:
        code = pl.lit(one.gap_code, GAP)
        for gate in reversed(OWNERS.get(one.name, ())):
            code = pl.when(pl.col(failing(gate))).then(pl.lit(gate, GAP)).otherwise(code)
        made.append(pl.when(is_missing(one)).then(code).alias(f"{one.name}_gap"))
    return made


def is_missing(one: Input) -> pl.Expr:
    """Return where an input, or a part of it, is not known."""
    if one.absent_is_zero:
        return pl.col(one.name).is_null()
    missing = pl.col(f"{one.name}_status") == "missing"
    if one.items:
        return pl.any_horizontal(pl.col(item).is_null() for item in one.items)
    if one.water_cut is not None:
        known = pl.col(f"{one.name}_status").is_in(["measured", "derived", "stated"])
        return missing | (known & pl.col(one.water_cut.trend_input).is_null())
    return missing


def gaps(judged: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Return one row for each gap of each target, sorted by target, then in the order of the gates and inputs.

    Args:
        judged: Scored targets with the columns of `gates.judged`.
        profile: What they were scored with.

    Returns:
        well_id, event_no, candidate_id, gap_code, gap_domain, severity, promotion_action, input (null: a gate), detail.
    """
    parts = []
    for column, gate, effect in columns_of(profile):
        parts.append(_rows(judged, pl.col(column), gate.code, gate.gap_domain, effect, None, profile))
    for one in profile.inputs:
        missing = pl.col(f"{one.name}_gap") == one.gap_code
        parts.append(_rows(judged, missing, one.gap_code, one.gap_domain, profile.missing_input, one.name, profile))
    return pl.concat(parts).sort(*KEY, pl.col("gap_code"), nulls_last=True, maintain_order=True)


def _rows(
    judged: pl.DataFrame, fails: pl.Expr, code: str, domain: str, effect: Effect, name: str | None, profile: Profile
) -> pl.DataFrame:
    detail = gap_detail(code, profile)
    # Of hundreds of columns a sentence needs a few: no more are copied.
    needed = sorted({*KEY, *detail.meta.root_names()})
    rows = judged.select(needed).filter(judged.select(fails).to_series())
    return rows.select(
        *KEY,
        pl.lit(code, GAP).alias("gap_code"),
        pl.lit(domain).alias("gap_domain"),
        pl.lit(effect.severity).alias("severity"),
        pl.lit(effect.promotion_action).alias("promotion_action"),
        pl.lit(name, pl.String).alias("input"),
        detail.alias("detail"),
    )


def heaviest_first(profile: Profile) -> list[Input]:
    """Return the inputs that can be missing, heaviest in the total first: what is best worth getting."""
    weights = {component.name: component.weight for component in profile.components}
    able = [one for one in profile.inputs if not one.absent_is_zero]

    def order(one: Input) -> tuple[float, int, str]:
        return -weights[one.component] * one.weight, COMPONENTS.index(one.component), one.name

    return sorted(able, key=order)
