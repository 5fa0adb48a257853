"""Gates: what must hold before a target may be promoted. Each predicate here is true where its gate fails.

A requirement that cannot be checked because a fact is not known fails: unknown is not fine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from scoring.profile import Effect, Gate, Profile
from scoring.vocabulary import BLOCK, GATES

SPATIAL_GATES: Final = ("G2.CRS", "G2.CRS_CONFLICT", "G2.VERTICAL_DATUM")

# What cannot be known while a gate fails, and why.
_NO_LOCATION: Final = "the location of the well is not resolved"
_NO_DATUM: Final = "the depth reference of the well is not resolved"
_MASKED: Final = {
    "offset_drained_fraction": (("G2.CRS", "G2.CRS_CONFLICT"), _NO_LOCATION),
    "injector_mpvi": (("G2.CRS", "G2.CRS_CONFLICT"), _NO_LOCATION),
    "unswept_hcpt_m": (("G2.CRS", "G2.CRS_CONFLICT"), f"it derives from offset drainage, and {_NO_LOCATION}"),
    "height_above_contact_m": (("G2.VERTICAL_DATUM",), _NO_DATUM),
}


def failing(code: str) -> str:
    """Return the name of the column that is true where a gate fails."""
    return f"{code} fails"


def holding(code: str) -> str:
    """Return the name of the column that is true where a gate fails narrowly: a hold and not a block."""
    return f"{code} holds back"


def without_unplaced(targets: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Return targets without what cannot be known of a well that is not placed, and with the reason why.

    While a G2.CRS* gate fails, offset drainage and injector influence are missing, and what derives from them; while
    G2.VERTICAL_DATUM fails, height above contact is. What a person stated stands.
    """
    made = targets.with_columns(_fails(code, profile).alias(code) for code in SPATIAL_GATES)
    columns = []
    for name, (gates, why) in _MASKED.items():
        status = pl.col(f"{name}_status")
        masked = pl.any_horizontal(gates) & (status.ne_missing("stated"))
        if name == "unswept_hcpt_m":
            masked &= status.eq_missing("derived")
        columns += [
            pl.when(~masked).then(pl.col(name)).alias(name),
            pl.when(~masked).then(status).alias(f"{name}_status"),
            pl.when(masked).then(pl.lit(why)).otherwise(pl.col(f"{name}_why")).alias(f"{name}_why"),
        ]
    return made.with_columns(columns).drop(SPATIAL_GATES)


def judged(targets: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Return targets with a column of truths for each gate, named by `failing`, and for each hold, by `holding`.

    Needs: the columns of `facts.columns`, statuses of inputs, and the coverages.
    """
    columns = []
    for code, gate in profile.gates.items():
        columns.append(_fails(code, profile).alias(failing(code)))
        if gate.hold is not None:
            columns.append((_holds(code, gate.limits) & ~_fails(code, profile)).alias(holding(code)))
    return targets.with_columns(columns)


def columns_of(profile: Profile) -> list[tuple[str, Gate, Effect]]:
    """Return column of truths, gate and effect of every way to fail, in the order of the gates."""
    found = []
    for code in GATES:
        gate = profile.gates[code]
        found.append((failing(code), gate, gate.effect))
        if gate.hold is not None:
            found.append((holding(code), gate, gate.hold))
    return found


def any_with(profile: Profile, promotion_action: str, critical: bool | None = None) -> pl.Expr:
    """Return where a gate with that promotion action fails. critical: only those that are, or those that are not."""
    chosen = [
        pl.col(column)
        for column, _, effect in columns_of(profile)
        if effect.promotion_action == promotion_action
        and (critical is None or (effect.severity == "critical") is critical)
    ]
    return pl.any_horizontal(chosen) if chosen else pl.lit(False)


def blocked(profile: Profile) -> pl.Expr:
    """Return where a job is known to be ruled out: a barrier down, no way in, or the well given up for good."""
    ways = [pl.col(one.name).is_in(list(one.blocking)) for one in profile.inputs if one.blocking]
    ways.append(pl.col("abandoned").is_in(list(profile.gates["G3.OPERABILITY"].limits["abandoned_blocking"])))
    return pl.any_horizontal(way.fill_null(False) for way in ways)


def blocks(effect: Effect) -> bool:
    """Return whether failing so keeps a target from any decision."""
    return effect.promotion_action == BLOCK


def _fails(code: str, profile: Profile) -> pl.Expr:
    limits = profile.gates[code].limits
    match code:
        case "G1.IDENTITY":
            return pl.col("identity_problem").is_not_null() | pl.col("well_id").is_null()
        case "G1.DEPTH_TRACK":
            return _depth_track_fails(limits)
        case "G1.UNIT_CONFLICT":
            return pl.col("unit_conflict").is_not_null()
        case "G1.UNIT_ALIAS":
            return pl.col("unit_alias").is_not_null()
        case "G1.CURVES":
            return ~_curves_hold(limits)
        case "G1.PARAMS":
            numbers = ("rw_ohmm", "a_factor", "m_exponent", "n_exponent")
            positive = pl.all_horizontal((pl.col(name) > 0).fill_null(False) for name in numbers)
            return has_interval() & ~(positive & pl.col("rw_source").is_not_null())
        case "G1.LOG_QUALITY":
            return has_interval() & ~(pl.col("bad_hole_fraction") <= float(limits["bad_hole_max"])).fill_null(False)
        case "G2.CRS":
            return pl.col("crs_problem").is_not_null() | _unresolved("crs_confidence", limits)
        case "G2.CRS_CONFLICT":
            return pl.col("crs_conflict").is_not_null()
        case "G2.VERTICAL_DATUM":
            return pl.col("vertical_datum_problem").is_not_null() | _unresolved("depth_reference", limits)
        case "G2.TRANSFORM_CHAIN":
            return pl.col("transform_chain_problem").is_not_null()
        case "G2.AZIMUTH_REFERENCE":
            return pl.col("azimuth_problem").is_not_null()
        case "G3.COMPLETION":
            complete = _at_least("completion_completeness", limits["completeness_hold_min"])
            return pl.col("completion_status").is_null() | ~complete
        case "G3.DEPLETION":
            return ~pl.col("cumulative_known").fill_null(False) | (
                depletion_sources(limits) < float(limits["sources_min"])
            )
        case "G3.OPERABILITY":
            return _operability_unknown(limits) | blocked(profile)
        case "G3.EVIDENCE":
            return ~_at_least("evidence_completeness", limits["completeness_hold_min"])
        case _:
            return pl.col(f"{code.removeprefix('COVERAGE.').lower()}_coverage") < float(limits["coverage_min"])


def _holds(code: str, limits: Mapping[str, Any]) -> pl.Expr:
    match code:
        case "G1.PARAMS":
            weak = pl.col("rw_source").is_in(list(limits["weak_rw_sources"]))
            unsure = pl.col("sw_confidence").is_null() | pl.col("sw_confidence").is_in(
                list(limits["weak_sw_confidence"])
            )
            return has_interval() & (weak.fill_null(False) | unsure)
        case "G3.COMPLETION":
            return ~_at_least("completion_completeness", limits["completeness_min"])
        case _:
            return ~_at_least("evidence_completeness", limits["completeness_min"])


def has_interval() -> pl.Expr:
    """Return where there is an interval to judge: a well without a log has none, and its gap is G1.CURVES."""
    return ~((pl.col("event_no") == 0).fill_null(False) & pl.col("top_md_m").is_null())


def depletion_sources(limits: Mapping[str, Any]) -> pl.Expr:
    """Return how many of the four witnesses of depletion there are."""
    proven = pl.col("never_produced").fill_null(False)
    long_enough = (pl.col("series_months") >= float(limits["series_months_min"])).fill_null(False)
    witnesses = (
        proven | long_enough,
        (pl.col("pressure_age_years") < float(limits["pressure_age_max_years"])).fill_null(False),
        pl.col("offset_drained_fraction").is_not_null(),
        (pl.col("saturation_age_years") < float(limits["saturation_age_max_years"])).fill_null(False),
    )
    return pl.sum_horizontal(witness.cast(pl.Int32) for witness in witnesses)


def _depth_track_fails(limits: Mapping[str, Any]) -> pl.Expr:
    sampled = pl.col("sampled_fraction") >= float(limits["sampled_fraction_min"])
    # A hair above the limit is the limit: 0.6 m is 1.9685 ft, and depths come rounded.
    stepped = pl.col("max_step_m") <= float(limits["step_max_m"]) + 1e-9
    unknown = ~has_interval()
    return pl.col("depth_problem").is_not_null() | ~sampled.fill_null(unknown) | ~stepped.fill_null(unknown)


def _curves_hold(limits: Mapping[str, Any]) -> pl.Expr:
    coverages = ("vsh_coverage", "porosity_coverage", "resistivity_coverage")
    logged = pl.all_horizontal(_at_least(name, limits["coverage_min"]) for name in coverages)
    interpreted = pl.all_horizontal(pl.col(name).is_not_null() for name in ("interpretation_id", "vsh", "phie", "sw"))
    return has_interval() & (logged | interpreted)


def _operability_unknown(limits: Mapping[str, Any]) -> pl.Expr:
    known = pl.col("abandoned").is_in(list(limits["abandoned_known"])).fill_null(False)
    return ~known | (pl.col("integrity_status") == "missing") | (pl.col("access_status") == "missing")


def _unresolved(name: str, limits: Mapping[str, Any]) -> pl.Expr:
    return pl.col(name).is_null() | pl.col(name).is_in(list(limits["unresolved"]))


def _at_least(name: str, least: float) -> pl.Expr:
    # Shares are counted, 5 of 6: a hair below the limit is the limit.
    return (pl.col(name) >= least - 1e-9).fill_null(False)
