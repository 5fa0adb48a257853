"""Labels: what is known, in one word. The weak end needs a potential below its threshold, else it is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Final

import polars as pl

from scoring.blend import DECIMALS
from scoring.gates import blocked
from scoring.profile import Profile
from scoring.vocabulary import LABELS

# A label of depletion comes from these three; what is missing of them counts as nothing.
DEPLETION_INPUTS: Final = ("pressure_ratio", "depletion_ratio", "offset_drained_fraction")


def labels(profile: Profile) -> list[pl.Expr]:
    """Return the five labels, each of the words in `vocabulary.LABELS`.

    Needs: scores, potentials, utilities of inputs, and what `gates.blocked` needs.
    """
    limits = profile.labels
    historic, remaining = limits["historic_payload_class"], limits["remaining_payload_class"]
    operability, confidence = limits["operability_status"], limits["data_confidence"]
    ready = [operability["ready"], operability["workover_feasible"]]
    feasible = _ladder("operability_status", pl.col("operability_score"), ready, pl.col("operability_potential"))
    word = pl.Enum(LABELS["operability_status"])
    return [
        _ladder(
            "historic_payload_class",
            pl.col("static_score"),
            [historic["strong"], historic["moderate"]],
            pl.col("static_potential"),
        ),
        _ladder(
            "remaining_payload_class",
            pl.col("dynamic_score"),
            [remaining["high"], remaining["moderate"], remaining["low"]],
            pl.col("dynamic_potential"),
        ),
        _depletion_risk(profile),
        pl.when(blocked(profile)).then(pl.lit("blocked", word)).otherwise(feasible).alias("operability_status"),
        # Confidence is always known: what is absent is a measured nothing.
        _ladder(
            "data_confidence",
            pl.col("confidence_score"),
            [confidence["high"], confidence["medium"]],
            pl.col("confidence_potential"),
        ),
    ]


def _depletion_risk(profile: Profile) -> pl.Expr:
    limits = profile.labels["depletion_risk"]
    utilities = [pl.col(f"{name}_utility") for name in DEPLETION_INPUTS]
    mean = (reduce(add, (utility.fill_null(0.0) for utility in utilities)) / len(utilities)).round(DECIMALS)
    known = pl.sum_horizontal(utility.is_not_null().cast(pl.Int32) for utility in utilities)
    word = pl.Enum(LABELS["depletion_risk"])
    ladder = _ladder("depletion_risk", mean, [limits["low"], limits["moderate"], limits["high"]], mean)
    return pl.when(known < limits["known_min"]).then(pl.lit("unknown", word)).otherwise(ladder).alias("depletion_risk")


def _ladder(label: str, score: pl.Expr, thresholds: Sequence[float], potential: pl.Expr) -> pl.Expr:
    """Return the first word whose threshold the score reaches; the weak one needs the potential below the last."""
    words = LABELS[label]
    dtype = pl.Enum(words)
    found = pl.lit("unknown", dtype) if "unknown" in words else pl.lit(words[len(thresholds)], dtype)
    found = pl.when(potential < thresholds[-1]).then(pl.lit(words[len(thresholds)], dtype)).otherwise(found)
    for word, least in reversed(list(zip(words, thresholds, strict=False))):
        found = pl.when(score >= least).then(pl.lit(word, dtype)).otherwise(found)
    return found.alias(label)
