"""The sentence of each gap: where, what must hold, what was found, what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import polars as pl

from scoring.blend import readiness_known
from scoring.facts import ended, said, said_beside, where, word
from scoring.gates import blocked, depletion_sources
from scoring.profile import Input, Profile
from scoring.vocabulary import QUARANTINE

Parts = Sequence[str | pl.Expr]

# Gates whose finding is the sentence of whoever looked, with what to do about it.
_REPORTED: Final = {
    "G1.IDENTITY": ("identity_problem", "the well must have one canonical id", "Correct the ids and aliases in wells."),
    "G1.UNIT_CONFLICT": (
        "unit_conflict",
        "header, index and span of the log must agree on known units",
        "State the units in project.toml.",
    ),
    "G1.UNIT_ALIAS": (
        "unit_alias",
        "units must be in their standard spelling",
        "Nothing needs doing; write the standard spelling when the file is next made.",
    ),
    "G2.CRS_CONFLICT": (
        "crs_conflict",
        "location sources must agree and lie inside the field",
        "Compare them with the survey plat, and withdraw the wrong one.",
    ),
    "G2.TRANSFORM_CHAIN": (
        "transform_chain_problem",
        "the chain of transformations must be recorded with versions",
        "Record it in wells.transform_chain.",
    ),
    "G2.AZIMUTH_REFERENCE": (
        "azimuth_problem",
        "the azimuth reference must be known",
        "State grid, true or magnetic north in surveys.azimuth_reference.",
    ),
}


def gap_detail(code: str, profile: Profile) -> pl.Expr:
    """Return the sentence of a failing gate, of a manual quarantine, or of a missing input, as its code says.

    Needs: what the gate needs; a row whose gate does not fail gets a sentence that is not true of it.
    """
    if code.startswith("INPUT."):
        return _input_detail(next(one for one in profile.inputs if one.gap_code == code))
    if code == QUARANTINE:
        return _sentence("nobody may have put it in quarantine", [pl.col("quarantine_reason")], "Ask its author.")
    limits = profile.gates[code].limits
    if code in _REPORTED:
        column, must, remedy = _REPORTED[code]
        return _sentence(must, [word(column)], remedy)
    if code.startswith("COVERAGE."):
        name = code.removeprefix("COVERAGE.").lower()
        must = f"inputs of {_share(limits['coverage_min'])} of the weight of {name} must be known"
        missing = _missing([one for one in profile.inputs if one.component == name])
        return _sentence(
            must,
            [_percent(f"{name}_coverage", limits["coverage_min"]), ", without ", missing],
            "Supply the heaviest of these.",
        )
    return _DETAILS[code](limits, profile)


def _depth_track(limits: Mapping[str, Any], _: Profile) -> pl.Expr:
    must = (
        f"depths must rise strictly, {_share(limits['sampled_fraction_min'])} of the interval be sampled, in steps of "
    )
    found: Parts = [
        _percent("sampled_fraction", limits["sampled_fraction_min"]),
        " sampled, longest step ",
        said_beside("max_step_m", limits["step_max_m"], 3),
        " m",
        _also("depth_problem"),
    ]
    return _sentence(f"{must}{limits['step_max_m']:g} m or less", found, "Reload the log from its source file.")


def _curves(limits: Mapping[str, Any], _: Profile) -> pl.Expr:
    must = f"shale indicator, porosity and deep resistivity must cover {_share(limits['coverage_min'])} of the interval"
    least = limits["coverage_min"]
    found: Parts = [
        *(_percent("vsh_coverage", least), ", ", _percent("porosity_coverage", least), " and "),
        *(_percent("resistivity_coverage", least), ", interpretation ", word("interpretation_id")),
    ]
    remedy = "Recover or run the logs, or supply vsh, phie and sw with their interpretation id."
    return _sentence(must, found, remedy)


def _params(limits: Mapping[str, Any], _: Profile) -> pl.Expr:
    weak = ", ".join(limits["weak_rw_sources"])
    found: Parts = [
        *("Rw ", said("rw_ohmm", 4), " ohm.m from ", word("rw_source"), ", a ", said("a_factor"), ", m "),
        *(said("m_exponent"), ", n ", said("n_exponent"), ", confidence ", word("sw_confidence")),
    ]
    must = f"Rw, a, m and n must be above 0 and sourced, better than {weak}"
    return _sentence(must, found, "Supply a water analysis and core or analog factors, with their source.")


def _log_quality(limits: Mapping[str, Any], _: Profile) -> pl.Expr:
    must = f"bad hole must be {_share(limits['bad_hole_max'])} of the interval or less"
    return _sentence(
        must,
        [_percent("bad_hole_fraction", limits["bad_hole_max"])],
        "Review caliper and density correction, or log anew.",
    )


def _crs(_: Mapping[str, Any], __: Profile) -> pl.Expr:
    found: Parts = ["confidence ", word("crs_confidence"), _also("crs_problem")]
    remedy = "State the well's CRS; until then offset drainage and injector influence stay unknown."
    return _sentence("the reference system of the location must be resolved", found, remedy)


def _vertical_datum(_: Mapping[str, Any], __: Profile) -> pl.Expr:
    found: Parts = [word("depth_reference"), _also("vertical_datum_problem")]
    remedy = "Supply what is missing; until then height above contact stays unknown."
    must = "KB elevation and vertical datum must be known, and a deviated well surveyed"
    return _sentence(must, found, remedy)


def _completion(limits: Mapping[str, Any], _: Profile) -> pl.Expr:
    must = f"completion status must be known, and {_share(limits['completeness_min'])} of the completion fields"
    found: Parts = [word("completion_status"), " and ", _percent("completion_completeness", limits["completeness_min"])]
    return _sentence(must, found, "Complete the completion record from the well file.")


def _depletion(limits: Mapping[str, Any], _: Profile) -> pl.Expr:
    must = (
        f"cumulative production must be known, and {limits['sources_min']:g} of: "
        f"{limits['series_months_min']:g} months "
        f"of series or proof that it never produced, static pressure of the last {limits['pressure_age_max_years']:g} "
        f"years, offset drainage, saturation log of the last {limits['saturation_age_max_years']:g} years"
    )
    known = pl.when(pl.col("cumulative_known").fill_null(False)).then(pl.lit("known")).otherwise(pl.lit("unknown"))
    found: Parts = [known, " and ", depletion_sources(limits).cast(pl.String), " of these"]
    return _sentence(must, found, "Supply production history first, then a pressure.")


def _operability(_: Mapping[str, Any], profile: Profile) -> pl.Expr:
    found: Parts = ["integrity ", word("integrity"), ", access ", word("access"), ", abandoned ", word("abandoned")]
    remove = pl.lit("Remove what rules the job out, or drop the target.")
    remedy = pl.when(blocked(profile)).then(remove).otherwise(pl.lit("Supply what is unknown."))
    return _sentence("integrity, access and abandonment must be known and allow a job", found, remedy)


def _evidence(limits: Mapping[str, Any], _: Profile) -> pl.Expr:
    must = f"{_share(limits['completeness_min'])} of the required evidence must be present"
    found: Parts = [_percent("evidence_completeness", limits["completeness_min"]), _also("evidence_missing")]
    return _sentence(must, found, "Add the missing items to the evidence table.")


_DETAILS: Final[Mapping[str, Callable[[Mapping[str, Any], Profile], pl.Expr]]] = {
    "G1.DEPTH_TRACK": _depth_track,
    "G1.CURVES": _curves,
    "G1.PARAMS": _params,
    "G1.LOG_QUALITY": _log_quality,
    "G2.CRS": _crs,
    "G2.VERTICAL_DATUM": _vertical_datum,
    "G3.COMPLETION": _completion,
    "G3.DEPLETION": _depletion,
    "G3.OPERABILITY": _operability,
    "G3.EVIDENCE": _evidence,
}


def _input_detail(one: Input) -> pl.Expr:
    found: list[str | pl.Expr] = ["unknown", _also(f"{one.name}_why")]
    if one.items:
        found = [readiness_known(one).mul(len(one.items)).cast(pl.Int32).cast(pl.String), f" of {len(one.items)} items"]
    elif one.water_cut is not None:
        trend = pl.when(pl.col(one.water_cut.level_input).is_null()).then(pl.lit("unknown"))
        found = [trend.otherwise(pl.lit("of unknown trend")), _also(f"{one.name}_why")]
    elif one.table is not None:
        listed = ", ".join(one.table)
        category = pl.col(one.name)
        odd = pl.when(category.is_not_null()).then(pl.format("{}, which is none of " + listed, category))
        found = [odd.otherwise(pl.lit("unknown")), _also(f"{one.name}_why")]
    return _sentence(f"{one.name} must be known ({one.definition} [{one.unit}])", found, one.remedy)


def _missing(inputs: Sequence[Input]) -> pl.Expr:
    names = [pl.when(pl.col(f"{one.name}_status") == "missing").then(pl.lit(one.name)) for one in inputs]
    return pl.concat_str(names, separator=", ", ignore_nulls=True)


def _sentence(must: str, found: Parts, remedy: str | pl.Expr) -> pl.Expr:
    told = ended(pl.concat_str([pl.lit(part) if isinstance(part, str) else part for part in found]))
    stop = pl.when(told.str.ends_with("?") | told.str.ends_with("!")).then(pl.lit(" ")).otherwise(pl.lit(". "))
    last = pl.lit(remedy) if isinstance(remedy, str) else remedy
    return pl.concat_str([where(), pl.lit(f": {must}; was "), told, stop, last])


def _share(fraction: float) -> str:
    return f"{100 * fraction:g} %"


def _percent(column: str, limit: float) -> pl.Expr:
    percent = said_beside(column, limit, 1, scale=100.0)
    return pl.when(pl.col(column).is_null()).then(pl.lit("unknown")).otherwise(pl.concat_str([percent, pl.lit(" %")]))


def _also(column: str) -> pl.Expr:
    """Return a reason in brackets behind what was found; nothing where none is given."""
    return pl.when(pl.col(column).is_null()).then(pl.lit("")).otherwise(pl.format(" ({})", ended(pl.col(column))))
