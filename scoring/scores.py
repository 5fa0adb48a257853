"""Target selection: targets in; scores, gaps, classes, labels and actions out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from scoring.actions import recommended_action
from scoring.blend import blend
from scoring.classify import class_rule, classification, leading_gap, with_blocking_reason
from scoring.facts import with_facts
from scoring.gaps import gaps, input_gaps
from scoring.gates import columns_of, judged, without_unplaced
from scoring.labels import labels
from scoring.profile import Profile


@dataclass(frozen=True)
class Scored:
    """Scored targets, in the order they were given, and what they were scored with."""

    targets: pl.DataFrame
    profile: Profile

    @cached_property
    def gaps(self) -> pl.DataFrame:
        """The gaps of every target, as `gaps.gaps` says; made when first asked for: they outnumber the targets."""
        return gaps(judged(self.targets, self.profile), self.profile)


def score(targets: pl.DataFrame, profile: Profile) -> Scored:
    """Return targets scored, gated and classed by a profile.

    Args:
        targets: One row a target, with the columns of `facts.columns`; those that may be absent are taken as null.
        profile: The scoring profile.

    Returns:
        The targets with, for each component, `_score`, `_potential` and `_coverage`; total_score and total_potential;
        for each input `_utility`, `_contribution`, `_status` and `_gap`; class_rule, classification, leading_gap,
        blocking_reason, recommended_action (in place of discovery's), and the labels of `vocabulary.LABELS`.

    Raises:
        TargetsFault: Columns are absent that say whether somebody looked.
    """
    made = judged(blend(without_unplaced(with_facts(targets, profile), profile), profile), profile)
    made = made.with_columns(*input_gaps(profile), *labels(profile), class_rule(profile).alias("class_rule"))
    made = made.with_columns(classification().alias("classification"))
    made = made.with_columns(leading_gap(profile).alias("leading_gap"))
    made = with_blocking_reason(made, profile).with_columns(recommended_action(profile))
    return Scored(made.drop(column for column, _, _ in columns_of(profile)), profile)
