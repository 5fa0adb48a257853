"""What each value of a filter would leave, given the others: in one pass over the columns of the run."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from typing import Final

import numpy as np
import numpy.typing as npt

from connectors.ops import asking
from connectors.ops.columns import Columns, Truths, columns_of, matching
from connectors.ops.filters import DEPLETION_RISKS, Filters
from connectors.ops.reading import Connection
from connectors.ops.shapes_of_lists import Facets, Header

# Filters as bits: a target that fails none but one of them would be left by another value of that.
_BITS: Final = {name: 1 << place for place, name in enumerate(asking.CONDITIONS)}
_ALL: Final = (1 << len(_BITS)) - 1
_WORDS: Final = ("field", "reservoir", "classification", "operability_status", "data_confidence", "review_state")
# A step of a score is 1/20.
_STEPS: Final = 20


def facets(connection: Connection, of: Header, filters: Filters) -> Facets:
    """Return for every filter and value how many targets it would leave, the other filters as they are."""
    columns = columns_of(connection, of)
    failed = _failed(connection, of, columns, filters)

    def left(name: str) -> Truths:
        passes: Truths = (failed & (_ALL ^ _BITS[name])) == 0
        return passes

    words = {name: _counted(columns.codes[name][left(name)], columns.words[name]) for name in _WORDS}
    risks = _counted(columns.codes["depletion_risk"][left("max_depletion_risk")], columns.words["depletion_risk"])
    return Facets(
        field=_most_first(words["field"]),
        reservoir=_most_first(words["reservoir"]),
        classification=words["classification"],
        min_total=_at_least(columns.total_score[left("min_total")]),
        max_depletion_risk=dict(zip(DEPLETION_RISKS, accumulate(risks[risk] for risk in DEPLETION_RISKS), strict=True)),
        depletion_unknown=risks["unknown"],
        operability_status=words["operability_status"],
        data_confidence=words["data_confidence"],
        evidence_min=_at_least(columns.evidence_completeness[left("evidence_min")]),
        no_spatial_gap=int(np.count_nonzero(~columns.has_spatial_gap & left("no_spatial_gap"))),
        has_action=int(np.count_nonzero(columns.has_action & left("has_action"))),
        review_state=words["review_state"],
        total=int(np.count_nonzero(failed == 0)),
    )


def count(connection: Connection, of: Header, filters: Filters) -> int:
    """Return how many targets of a ranking the filters leave."""
    if not filters.any:
        return of.total
    failed = _failed(connection, of, columns_of(connection, of), filters)
    return int(np.count_nonzero(failed == 0))


def _failed(connection: Connection, of: Header, columns: Columns, filters: Filters) -> npt.NDArray[np.uint16]:
    """Return of each target the bits of the filters that it fails. What passes is what `asking.where` leaves."""
    failed = np.zeros(len(columns), np.uint16)
    _, values = asking.conditions(filters)
    for name, value in values.items():
        if name == "text":
            passes = matching(connection, of, columns, value)
        elif name == "min_total":
            passes = columns.total_score >= value
        elif name == "evidence_min":
            passes = columns.evidence_completeness >= value
        elif name == "no_spatial_gap":
            passes = ~columns.has_spatial_gap
        elif name == "has_action":
            passes = columns.has_action
        else:
            column = "depletion_risk" if name == "max_depletion_risk" else name
            known = columns.words[column]
            passes = np.isin(columns.codes[column], [known.index(word) for word in value if word in known])
        failed |= np.where(passes, 0, _BITS[name]).astype(np.uint16)
    return failed


def _counted(codes: npt.NDArray[np.int16], words: tuple[str, ...]) -> dict[str, int]:
    # The first is for null, which has no name.
    counts = np.bincount(codes + 1, minlength=len(words) + 1)[1:]
    return dict(zip(words, counts.tolist(), strict=True))


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _at_least(scores: npt.NDArray[np.float64]) -> dict[float, int]:
    """Return how many scores are at least each step; NaN is at least none."""
    ordered = np.sort(scores[~np.isnan(scores)])
    steps = [step / _STEPS for step in range(_STEPS + 1)]
    below = np.searchsorted(ordered, steps, side="left")
    return dict(zip(steps, (len(ordered) - below).tolist(), strict=True))
