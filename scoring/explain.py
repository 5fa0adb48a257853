"""What would change a target's class: the smallest set of gap closures that would lift it, by replaying the rules.

How it is found. To be lifted a target must leave the rule that fired; the rule says what must go:

- Q: every critical gap and the quarantine. Nothing else can lift it, and nothing else is needed.
- D by a job ruled out: G3.OPERABILITY. Low potentials cannot be raised by what is missing, which already counts as
  perfect in them; better confidence can raise the potential of the total, and nothing else can.
- C: every major block, then scores and coverages up to their thresholds.
- B: every hold and spatial quarantine, then the scores of class A.

What must go is in every such set. To that are added, component by component, the inputs that bring most, until score
and coverage are reached; then, over all components, those that bring the total most. An input brings score and coverage
in the same order, so these are the fewest there can be; with two exceptions. Gates that bring inputs of two components
(G2.CRS, G2.VERTICAL_DATUM), where they need not go, are tried in and out. A water cut of which only the trend is
missing brings score and no coverage; where it is chosen the set may be one larger than the smallest. In the end
whatever can be left out is left out, so no closure in a set is idle.

Each missing input counts at utility 1: a set says what would lift the target if what is found is good. Beside it stands
the class if what is found is all bad, at utility 0: between the two is what the closures are worth knowing. Confidence
is never missing: closing a gap of it completes the evidence, in both cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.blend import DECIMALS
from scoring.closures import CODES, CONFIDENCE, PLACE, Closures, Floats, Truths, closures
from scoring.gates import judged
from scoring.profile import Profile
from scoring.vocabulary import CLASSES, COMPONENTS

TARGETS_AT_ONCE: Final = 20_000  # bounds the memory: about 0.15 MB for every hundred
A, B, C, D, Q = range(5)
OPERABILITY: Final = COMPONENTS.index("operability")
_BOTH_WAYS: Final = ("G2.CRS", "G2.VERTICAL_DATUM")
_TAKEN: Final[tuple[tuple[str, ...], ...]] = ((), ("G2.CRS",), ("G2.VERTICAL_DATUM",), _BOTH_WAYS)
_HAIR: Final = 1e-9
_CLASS: Final = pl.Enum(CLASSES)


@dataclass(frozen=True, slots=True)
class _Rules:
    """The thresholds as arrays over components, and of the total."""

    weights: Floats
    d: Floats
    c: Floats
    a: Floats
    d_total: float
    c_total: float
    a_total: float
    coverage: Floats


def what_would_change(targets: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Return for each scored target, in the order given, what would lift its class.

    Args:
        targets: As `scores.score` returns them, ranked or not.
        profile: What they were scored with.

    Returns:
        closures (List of gap codes; null for class A and where nothing that can be closed would lift it), best_class
        and worst_class (the class once they are closed, if all turns out well and if it turns out badly; null
        likewise), would_change (a sentence; null for class A).
    """
    parts = [
        _explained(judged(part, profile), profile) for part in targets.iter_slices(TARGETS_AT_ONCE) if part.height > 0
    ]
    schema: dict[str, pl.DataType] = {
        "closures": pl.List(pl.String()),
        "best_class": _CLASS,
        "worst_class": _CLASS,
        "would_change": pl.String(),
    }
    return pl.concat([pl.DataFrame(schema=schema), *parts])


def _explained(part: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    rules = _rules(profile)
    facts = closures(part, profile)
    now = part["classification"].to_physical().to_numpy().astype(np.int64)
    chosen, lifted = _smallest(facts, rules, now)
    best = _class_of(facts, rules, chosen, at_best=True)
    worst = _class_of(facts, rules, chosen, at_best=False)
    return pl.DataFrame(
        {
            "closures": _listed(chosen),
            "lifted": lifted,
            "best_class": _classes(best),
            "worst_class": _classes(worst),
            "now": part["classification"],
        }
    ).select(*_said())


def _listed(chosen: Truths) -> pl.Series:
    """Return the codes chosen for each target as lists; few sets occur, so each is written once."""
    bits = np.left_shift(np.int64(1), np.arange(len(CODES)))
    sets, place = np.unique(bits @ chosen, return_inverse=True)
    lists = [[code for bit, code in zip(bits, CODES, strict=True) if one & bit] for one in sets]
    return pl.Series(lists, dtype=pl.List(pl.String)).gather(place)


def _classes(index: NDArray[np.int64]) -> pl.Series:
    return pl.Series(CLASSES, dtype=_CLASS).gather(index)


def _said() -> tuple[pl.Expr, ...]:
    lifted = pl.col("lifted")
    sentence = pl.format(
        "Closing {} would lift it from {} to {} if all turns out well, and make it {} if it turns out badly.",
        *(pl.col("closures").list.join(", "), pl.col("now"), pl.col("best_class"), pl.col("worst_class")),
    )
    surely = pl.format(
        "Closing {} would lift it from {} to {}.",
        pl.col("closures").list.join(", "),
        pl.col("now"),
        pl.col("best_class"),
    )
    nothing = pl.format("Closing gaps cannot lift it from {}: it is weak in what is known.", pl.col("now"))
    return (
        *(pl.when(lifted).then(pl.col(name)).alias(name) for name in ("closures", "best_class", "worst_class")),
        pl.when(lifted & (pl.col("best_class") == pl.col("worst_class")))
        .then(surely)
        .when(lifted)
        .then(sentence)
        .when(pl.col("now") != "A")
        .then(nothing)
        .alias("would_change"),
    )


def _rules(profile: Profile) -> _Rules:
    d, c, a = (profile.classes[name] for name in ("D", "C", "A"))
    return _Rules(
        weights=np.array([component.weight for component in profile.components]),
        d=np.array([d.get(f"{name}_potential", 0.0) for name in COMPONENTS]),
        c=np.array([c.get(name, 0.0) for name in COMPONENTS]),
        a=np.array([a.get(name, 0.0) for name in COMPONENTS]),
        d_total=d["total_potential"],
        c_total=c["total"],
        a_total=a["total"],
        coverage=np.array([_least_coverage(profile, name) for name in COMPONENTS]),
    )


def _least_coverage(profile: Profile, name: str) -> float:
    gate = profile.gates.get(f"COVERAGE.{name.upper()}")
    return 0.0 if gate is None else float(gate.limits["coverage_min"])


def _smallest(facts: Closures, rules: _Rules, now: NDArray[np.int64]) -> tuple[Truths, Truths]:
    """Return which closures to choose, (closures, targets), and which targets they lift."""
    must = _must_go(facts, now)
    chosen = np.zeros_like(must)
    none = len(CODES) + 1
    fewest = np.full(len(now), none)
    for taken in _TAKEN:
        optional = [facts.open[PLACE[code]] & ~must[PLACE[code]] & (now != Q) for code in taken]
        rows = np.flatnonzero(np.logical_and.reduce(optional)) if taken else np.arange(len(now))
        some, was = _take(facts, rows), now[rows]
        start = must[:, rows].copy()
        start[[PLACE[code] for code in taken]] = True
        tried = _filled(some, rules, was, start)
        lifts = _class_of(some, rules, tried, at_best=True) < was
        count = np.where(lifts, tried.sum(axis=0), none)
        better = count < fewest[rows]
        fewest[rows[better]] = count[better]
        chosen[:, rows[better]] = tried[:, better]
    lifted: Truths = (fewest < none) & (now != A)
    for index in range(len(CODES)):
        rows = np.flatnonzero(lifted & chosen[index] & ~must[index])
        without = chosen[:, rows].copy()
        without[index] = False
        still = _class_of(_take(facts, rows), rules, without, at_best=True) < now[rows]
        chosen[index, rows[still]] = False
    return chosen, lifted


def _must_go(facts: Closures, now: NDArray[np.int64]) -> Truths:
    must: Truths = (facts.critical & (now == Q)) | (facts.major & (now == C)) | (facts.held & (now == B))
    must[PLACE["G3.OPERABILITY"]] |= facts.ruled_out & (now == D)
    # One more witness opens G3.DEPLETION, and offset drainage is one: it takes the place of the gate, and brings more.
    depletion = PLACE["G3.DEPLETION"]
    instead = np.flatnonzero(must[depletion] & facts.offset_is_enough & (now == C))
    must[depletion, instead] = False
    must[facts.offset_owner[instead], instead] = True
    return must


def _filled(facts: Closures, rules: _Rules, now: NDArray[np.int64], start: Truths) -> Truths:
    """Return `start` with the closures added that bring scores and coverages to where they lift, fewest first."""
    chosen = start.copy()
    able = facts.open & ~start & (now != Q)
    for code in _BOTH_WAYS:
        able[PLACE[code]] = False
    rows = np.arange(len(now))
    is_d, is_b = now == D, now == B
    for at in range(len(COMPONENTS)):
        gains = np.where(able, facts.gain[at], 0.0)
        # What is missing already counts as perfect in a potential; only confidence has none to spare.
        if at != CONFIDENCE:
            gains = np.where(is_d, 0.0, gains)
        least = np.where(is_d, 0.0, np.where(is_b, rules.a[at], rules.c[at]))
        covered = np.where(is_d | is_b, 0.0, rules.coverage[at])
        short = least - facts.base[at] - np.where(start, facts.gain[at], 0.0).sum(axis=0)
        uncovered = covered - facts.coverage[at] - np.where(start, facts.known_gain[at], 0.0).sum(axis=0)
        order = np.argsort(-gains, axis=0, kind="stable")
        for place in range(int((gains > 0).sum(axis=0).max(initial=0))):
            index = order[place]
            wanted = ((short > _HAIR) | (uncovered > _HAIR)) & (gains[index, rows] > 0)
            chosen[index[wanted], rows[wanted]] = True
            short = short - np.where(wanted, gains[index, rows], 0.0)
            uncovered = uncovered - np.where(wanted, facts.known_gain[at][index, rows], 0.0)
    # Of D the potential of the total is short, of the others the total.
    least = np.where(is_d, rules.d_total, np.where(is_b, rules.a_total, rules.c_total))
    base = np.where(is_d, rules.weights @ facts.best, rules.weights @ facts.base)
    gains = np.where(is_d, _weighted(rules, _gain_of_potential(facts)), _weighted(rules, facts.gain))
    short = least - base - np.where(chosen, gains, 0.0).sum(axis=0)
    left = np.where(able & ~chosen, gains, 0.0)
    order = np.argsort(-left, axis=0, kind="stable")
    for place in range(int((left > 0).sum(axis=0).max(initial=0))):
        index = order[place]
        wanted = (short > _HAIR) & (left[index, rows] > 0)
        chosen[index[wanted], rows[wanted]] = True
        short = short - np.where(wanted, left[index, rows], 0.0)
    return chosen


def _weighted(rules: _Rules, gain: Floats) -> Floats:
    """Return what closures add to the total, of what they add to the components."""
    weighted: Floats = np.einsum("c,ckn->kn", rules.weights, gain)
    return weighted


def _gain_of_potential(facts: Closures) -> Floats:
    """Return what closures add to potentials: confidence, and a job no longer ruled out; the rest is in them."""
    gain = np.zeros_like(facts.gain)
    gain[CONFIDENCE] = facts.gain[CONFIDENCE]
    gain[OPERABILITY, PLACE["G3.OPERABILITY"]] = facts.revived
    return gain


def _class_of(facts: Closures, rules: _Rules, chosen: Truths, *, at_best: bool) -> NDArray[np.int64]:
    """Return the class of each target, 0 for A, once the chosen closures are made and find all perfect, or nothing."""
    gain = np.einsum("ckn,kn->cn", facts.gain, chosen)
    sure = np.zeros_like(gain)
    sure[CONFIDENCE] = gain[CONFIDENCE]
    sure[OPERABILITY] = np.where(chosen[PLACE["G3.OPERABILITY"]], facts.revived, 0.0)
    # What is found to be nothing is nothing for good: the potential loses it.
    scores = facts.base + (gain if at_best else sure)
    best = facts.best + sure - (0.0 if at_best else gain - sure)
    scores, best = np.round(scores, DECIMALS), np.round(best, DECIMALS)
    covered = np.round(facts.coverage + np.einsum("ckn,kn->cn", facts.known_gain, chosen), DECIMALS)
    total = np.round(rules.weights @ scores, DECIMALS)
    potential = np.round(rules.weights @ best, DECIMALS)

    left = ~chosen
    everyone = np.arange(chosen.shape[1])
    left[PLACE["G3.DEPLETION"]] &= ~(facts.offset_is_enough & chosen[facts.offset_owner, everyone])
    closed = chosen[PLACE["G3.OPERABILITY"]]
    ruled_out = np.where(closed, facts.may_be_ruled_out & (not at_best), facts.ruled_out)
    quarantined = (facts.critical & left).any(axis=0)
    hopeless = ruled_out | (best < rules.d[:, None]).any(axis=0) | (potential < rules.d_total)
    weak = (facts.major & left).any(axis=0) | (covered < rules.coverage[:, None]).any(axis=0)
    weak |= (scores < rules.c[:, None]).any(axis=0) | (total < rules.c_total)
    strong = (scores >= rules.a[:, None]).all(axis=0) & (total >= rules.a_total) & ~(facts.held & left).any(axis=0)
    return np.select([quarantined, hopeless, weak, strong], [Q, D, C, A], B)


def _take(facts: Closures, rows: NDArray[np.int64]) -> Closures:
    """Return the facts of some targets alone."""
    return Closures(**{name: getattr(facts, name)[..., rows] for name in Closures.__slots__})
