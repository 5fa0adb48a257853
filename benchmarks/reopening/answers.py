"""What everyone who scores has to find for each target, and where two of them differ."""

from __future__ import annotations

from typing import Final

import polars as pl

from scoring.vocabulary import COMPONENTS

NUMBERS: Final = (
    *(f"{name}_{of}" for name in COMPONENTS for of in ("score", "potential", "coverage")),
    *("total_score", "total_potential"),
)
WORDS: Final = ("class_rule", "classification")
COLUMNS: Final = ("well_id", "event_no", "candidate_id", *NUMBERS, *WORDS, "target_rank")
# Half a unit in the last of the six decimals that scores have.
_SAME: Final = 5e-7


def answer_of(ranked: pl.DataFrame) -> pl.DataFrame:
    """Return COLUMNS of ranked targets, by rank."""
    return ranked.select(
        pl.col("well_id", "candidate_id"),
        pl.col("event_no", "target_rank").cast(pl.Int64),
        pl.col(NUMBERS).cast(pl.Float64),
        pl.col(WORDS).cast(pl.String),
    ).sort("target_rank")


def differences(one: pl.DataFrame, other: pl.DataFrame) -> dict[str, int]:
    """Return in how many targets two answers differ, by column; nothing where they agree. Rows go by rank."""
    if one.height != other.height:
        return {"targets": abs(one.height - other.height)}
    found = {}
    for name in COLUMNS:
        same = (one[name] - other[name]).abs() < _SAME if name in NUMBERS else one[name].eq_missing(other[name])
        if count := int((~same).sum()):
            found[name] = count
    return found
