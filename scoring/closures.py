"""What closing each gap of a target would bring: which gates it opens, and how much it adds to each component.

A closure is one gate, the manual quarantine, or one input; in the order of `CODES`. Closing a gate brings the inputs
whose gap it is; closing an input brings what is missing of it. Arrays are (closures, targets).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.blend import readiness_known, weight
from scoring.gaps import OWNERS
from scoring.gates import blocked, columns_of, depletion_sources, failing, holding
from scoring.profile import Input, Profile
from scoring.utility import curve_utility
from scoring.vocabulary import BLOCK, COMPONENTS, GAPS, HOLD, INPUTS, QUARANTINE, SPATIAL, WARNING

CODES: Final = tuple(code for code in GAPS if not code.startswith("COVERAGE."))
PLACE: Final = {code: index for index, code in enumerate(CODES)}
CONFIDENCE: Final = COMPONENTS.index("confidence")

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Closures:
    """Targets as the rules see them, and what each closure would do to them.

    base: unrounded component scores, (components, targets). best: potentials. gain: what a closure adds to a component,
    (components, closures, targets), if what is found is perfect; known_gain: to its coverage. open: the closures there
    are. critical, major, held: what an open gate does. ruled_out: a job is; revived: what putting that right adds to
    operability; may_be_ruled_out: what is unknown of it may yet rule the job out. offset_owner: the closure that brings
    offset drainage; offset_is_enough: it would open G3.DEPLETION, too.
    """

    base: Floats
    best: Floats
    coverage: Floats
    gain: Floats
    known_gain: Floats
    open: Truths
    critical: Truths
    major: Truths
    held: Truths
    ruled_out: Truths
    revived: Floats
    may_be_ruled_out: Truths
    offset_owner: NDArray[np.int64]
    offset_is_enough: Truths


def closures(judged: pl.DataFrame, profile: Profile) -> Closures:
    """Return the closures of scored targets. Needs: columns of `gates.judged` and of `scores.score`."""
    n = judged.height
    shape = (len(COMPONENTS), len(CODES), n)
    gain, known_gain = np.zeros(shape), np.zeros(shape)
    opened = np.zeros((len(CODES), n), np.bool_)
    effects = {name: np.zeros((len(CODES), n), np.bool_) for name in ("critical", "major", "held")}
    for column, gate, effect in columns_of(profile):
        kind = _kind(effect.promotion_action, effect.severity)
        if gate.code in PLACE and effect.promotion_action != WARNING:
            fails = judged[column].to_numpy()
            opened[PLACE[gate.code]] |= fails
            if kind is not None:
                effects[kind][PLACE[gate.code]] |= fails
    quarantined = judged["quarantine_reason"].is_not_null().to_numpy()
    opened[PLACE[QUARANTINE]] = effects["critical"][PLACE[QUARANTINE]] = quarantined

    offset_owner = np.zeros(n, np.int64)
    revived = np.zeros(n)
    for one in profile.inputs:
        at = COMPONENTS.index(one.component)
        values = judged.select(gain=_gain(profile, one), known=_known_gain(profile, one))
        adds, knows = values["gain"].to_numpy(), values["known"].to_numpy()
        owner = np.full(n, PLACE[one.gap_code])
        for code in reversed(OWNERS.get(one.name, ())):
            fails = judged[failing(code)].to_numpy()
            if one.absent_is_zero and profile.gates[code].hold is not None:
                fails = fails | judged[holding(code)].to_numpy()
            owner = np.where(fails, PLACE[code], owner)
        wanted = (adds > 0) | (knows > 0)
        rows = np.flatnonzero(wanted)
        gain[at, owner[rows], rows] += adds[rows]
        known_gain[at, owner[rows], rows] += knows[rows]
        opened[owner[rows], rows] = True
        if one.blocking:
            revived += np.where(knows > 0, 0.0, adds)
        if one.name == "offset_drained_fraction":
            offset_owner = owner
    limits = profile.gates["G3.DEPLETION"].limits
    enough = judged.select(
        pl.col("cumulative_known").fill_null(False)
        & (depletion_sources(limits) == limits["sources_min"] - 1)
        & pl.col("offset_drained_fraction").is_null()
    )
    contributions = [
        judged.select(pl.sum_horizontal(f"{name}_contribution" for name in INPUTS[component])).to_series().to_numpy()
        for component in COMPONENTS
    ]
    return Closures(
        base=np.stack(contributions),
        best=np.stack([judged[f"{name}_potential"].to_numpy() for name in COMPONENTS]),
        coverage=np.stack([judged[f"{name}_coverage"].to_numpy() for name in COMPONENTS]),
        gain=gain,
        known_gain=known_gain,
        open=opened,
        ruled_out=judged.select(blocked(profile)).to_series().to_numpy(),
        revived=revived,
        may_be_ruled_out=judged.select(_operability_unknown(profile)).to_series().to_numpy(),
        offset_owner=offset_owner,
        offset_is_enough=enough.to_series().to_numpy(),
        **effects,
    )


def _kind(promotion_action: str, severity: str) -> str | None:
    if promotion_action == BLOCK:
        return "critical" if severity == "critical" else "major"
    return "held" if promotion_action in {HOLD, SPATIAL} else None


def _gain(profile: Profile, one: Input) -> pl.Expr:
    """Return what an input adds to its component [-] once what is missing of it turns out perfect.

    Of confidence that is what it falls short of: better evidence is always to be had. Of a category that rules a job
    out it is all: the job becomes possible only when that is put right.
    """
    now = pl.col(f"{one.name}_utility").fill_null(0.0)
    best = pl.when(pl.col(f"{one.name}_status") == "missing").then(1.0).otherwise(now)
    if one.absent_is_zero:
        best = pl.lit(1.0)
    elif one.items:
        best = now + (1 - readiness_known(one))
    elif one.water_cut is not None:
        level = curve_utility(pl.col(one.water_cut.level_input), one.water_cut.level).fill_null(1.0)
        trend = curve_utility(pl.col(one.water_cut.trend_input), one.water_cut.trend).fill_null(1.0)
        share = one.water_cut.trend_share
        best = level * ((1 - share) + share * trend)
    elif one.blocking:
        best = pl.when(pl.col(one.name).is_in(list(one.blocking)).fill_null(False)).then(1.0).otherwise(best)
    return (weight(profile, one) * (best - now)).alias("gain")


def _operability_unknown(profile: Profile) -> pl.Expr:
    known = profile.gates["G3.OPERABILITY"].limits["abandoned_known"]
    missing = [pl.col(f"{one.name}_status") == "missing" for one in profile.inputs if one.blocking]
    return pl.any_horizontal(*missing, ~pl.col("abandoned").is_in(list(known)).fill_null(False))


def _known_gain(profile: Profile, one: Input) -> pl.Expr:
    """Return what an input adds to the coverage of its component [-] once it is known."""
    if one.items:
        return pl.lit(one.weight) * (1 - readiness_known(one))
    missing = pl.col(f"{one.name}_status") == "missing"
    return pl.when(missing).then(weight(profile, one)).otherwise(0.0)
