"""Where the minute before a message begins, whatever the batches."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flows.trail import Trail

SECOND = 1_000_000


def trail_of(arrivals: list[int], cuts: list[int]) -> Trail:
    """Return the trail of messages, taken in by batches cut at `cuts`."""
    trail = Trail()
    edges = [0, *sorted(cut for cut in cuts if 0 < cut < len(arrivals)), len(arrivals)]
    for start, end in pairwise(edges):
        if end > start:
            trail.add(np.array(arrivals[start:end], np.int64), start)
    return trail


def test_that_the_minute_before_begins_at_the_last_second_that_is_far_enough() -> None:
    arrivals = [second * SECOND for second in range(1000, 1100)]
    trail = trail_of(arrivals, [])
    assert trail.before(1099 * SECOND, 99) == 39
    assert trail.before(1099 * SECOND + 999_999, 99) == 39


def test_that_it_begins_with_the_first_message_where_there_is_no_whole_minute() -> None:
    assert trail_of([1000 * SECOND, 1001 * SECOND], []).before(1001 * SECOND, 1) == 0
    assert Trail().before(1000 * SECOND, 17) == 17


def test_that_it_never_begins_after_the_message_itself() -> None:
    assert trail_of([1000 * SECOND, 2000 * SECOND], []).before(1000 * SECOND, 0) == 0


def test_that_messages_whose_arrival_nobody_knows_do_not_hurt() -> None:
    assert trail_of([0, 0, 1000 * SECOND, 0], []).before(1000 * SECOND, 2) == 0


def test_that_no_more_is_kept_than_anybody_asks_for() -> None:
    trail = trail_of([second * SECOND for second in range(1000, 5000)], [])
    assert len(trail.save()) < 100


@given(
    st.lists(st.integers(0, 3_000_000), min_size=1, max_size=300),
    st.lists(st.integers(0, 300)),
    st.lists(st.integers(0, 300)),
)
def test_that_the_answer_depends_on_no_batch_and_no_restart(
    steps: list[int], cuts: list[int], others: list[int]
) -> None:
    arrivals = (1_000 * SECOND + np.cumsum(steps)).tolist()
    one, other = trail_of(arrivals, cuts), trail_of(arrivals, others)
    last = len(arrivals) - 1
    assert one.save() == other.save()
    found = one.before(arrivals[-1], last)
    assert found == Trail(other.save()).before(arrivals[-1], last)
    assert found == 0 or arrivals[found] // SECOND <= arrivals[-1] // SECOND - 60
    assert all(arrivals[at] // SECOND >= arrivals[found] // SECOND for at in range(found, last + 1))
