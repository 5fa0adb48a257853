"""Sums that do not depend on the order of rows."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from scoring.sums import summed

ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "b", None]), st.one_of(st.none(), st.floats(-1e9, 1e9))), min_size=1, max_size=30
)


def frame(rows: list[tuple[str | None, float | None]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"key": pl.String, "value": pl.Float64}, orient="row")


@given(ROWS, st.randoms(use_true_random=False))
def test_that_shuffled_rows_have_the_same_sum_to_the_last_bit(rows: list[Any], chance: random.Random) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert summed(frame(rows), ["key"], ["value"]).equals(summed(frame(shuffled), ["key"], ["value"]))


def test_that_nulls_add_nothing_and_nothing_known_is_null() -> None:
    rows = [("a", 1.0), ("a", None), ("b", None), (None, 2.0), (None, 3.0)]
    assert summed(frame(rows), ["key"], ["value"]).rows() == [(None, 5.0), ("a", 1.0), ("b", None)]


def test_that_no_rows_have_no_sums() -> None:
    assert summed(frame([]), ["key"], ["value"]).is_empty()
