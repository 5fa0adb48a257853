"""How a shard stands, counted up for metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from flows.summary import State, Status
from rules.conditions import Conditions
from rules.memory import ANY_RED, ANY_YELLOW, BAD_VIEW, LEVELS, LOST, VIEWS
from rules.sample import NO_TIME


def status(
    conditions: Conditions,
    shard: int,
    position: int,
    versions: Mapping[str, int],
    samples: int,
    unwatched: int,
    names: Sequence[tuple[str, str, str]],
) -> Status:
    """Return how the shard stands; of its first conditions, those with `names`, also each by itself.

    names: well, constraint and tag of each.
    """
    bits: npt.NDArray[np.int32] = np.asarray(conditions.memory["bits"])
    last: npt.NDArray[np.int64] = np.asarray(conditions.memory["last"])
    # As rules.step says of one condition: the worse level, and what is bad before what is stale.
    level = np.where(bits & ANY_RED, 2, np.where(bits & ANY_YELLOW, 1, 0))
    view = np.where(bits & BAD_VIEW, 2, np.where((last == NO_TIME) | (bits & LOST != 0), 1, 0))
    tally = conditions.tally
    shown = zip(names, level[: len(names)].tolist(), view[: len(names)].tolist(), strict=True)
    return Status(
        shard=shard,
        position=position,
        versions=versions,
        samples=samples,
        unwatched=unwatched,
        judged=_sum(tally["judged"]),
        late=_sum(tally["late"]),
        duplicate=_sum(tally["duplicate"]),
        bad=_sum(tally["bad"]),
        suspect=_sum(tally["suspect"]),
        breaching=_sum(tally["breaching"]),
        episodes=_sum(tally["episodes"]),
        levels=tuple(np.bincount(level, minlength=len(LEVELS)).tolist()),
        views=tuple(np.bincount(view, minlength=len(VIEWS)).tolist()),
        last_judged=int(last.max(initial=NO_TIME)),
        conditions=tuple(State(*name, LEVELS[level], VIEWS[view]) for name, level, view in shown),
    )


def _sum(counts: npt.NDArray[np.uint32]) -> int:
    return int(counts.sum(dtype=np.int64))
