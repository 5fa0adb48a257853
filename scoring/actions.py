"""Recommended actions: the profile's words for a class, its leading gap and the completion status of the interval."""

from __future__ import annotations

import polars as pl

from scoring.profile import Action, Profile
from scoring.vocabulary import CLASSES, COMPLETION_STATUSES, GAPS


def recommended_action(profile: Profile) -> pl.Expr:
    """Return the words of the first line of the profile's table that fits; null where it recommends none.

    Needs: classification, leading_gap, completion_status; a completion status not of the vocabulary is unknown.
    """
    gaps: tuple[str | None, ...] = (*GAPS, None)
    words = [
        _words(profile.actions, name, gap, completion)
        for name in CLASSES
        for gap in gaps
        for completion in COMPLETION_STATUSES
    ]
    unknown = len(COMPLETION_STATUSES) - 1
    completion = pl.col("completion_status").cast(pl.Enum(COMPLETION_STATUSES), strict=False)
    place = (
        pl.col("classification").to_physical().cast(pl.UInt32) * (len(gaps) * len(COMPLETION_STATUSES))
        + pl.col("leading_gap").to_physical().cast(pl.UInt32).fill_null(len(gaps) - 1) * len(COMPLETION_STATUSES)
        + completion.to_physical().cast(pl.UInt32).fill_null(unknown)
    )
    return pl.lit(pl.Series(words, dtype=pl.String)).gather(place).alias("recommended_action")


def _words(actions: tuple[Action, ...], name: str, gap: str | None, completion: str) -> str | None:
    for line in actions:
        fits_gap = line.gaps is None or gap in line.gaps
        fits_completion = line.completions is None or completion in line.completions
        if line.classification == name and fits_gap and fits_completion:
            return line.words
    return None
