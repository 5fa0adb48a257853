from __future__ import annotations

import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.project import Zone
from scoring.zones import WHOLE_LOG, stretches

T, B = "Hugin Top", "Hugin Base"
PAIRED = Zone("Hugin", T, B)


def found(
    picks: list[tuple[str, float | None]], *zones: Zone
) -> tuple[list[tuple[str, int, float | None, float | None]], int]:
    frame = pl.DataFrame(picks, schema={"surface": pl.String, "md_m": pl.Float64}, orient="row")
    places, lone = stretches(frame, zones)
    return places.rows(), len(lone)


def test_that_a_bare_zone_ends_at_the_next_deeper_pick() -> None:
    picks: list[tuple[str, float | None]] = [("C", 2100.0), ("A", 2000.0), ("B", 2000.0), ("D", None)]
    assert found(picks, Zone("A"), Zone("C"), Zone("X")) == (
        [("A", 1, 2000.0, 2100.0), ("C", 1, 2100.0, None)],
        0,
    )


def test_that_a_bare_zone_that_is_picked_twice_has_two_stretches() -> None:
    picks: list[tuple[str, float | None]] = [("A", 2000.0), ("B", 2010.0), ("A", 2050.0), ("B", 2060.0)]
    assert found(picks, Zone(" a ")) == ([(" a ", 1, 2000.0, 2010.0), (" a ", 2, 2050.0, 2060.0)], 0)


def test_that_without_zones_the_whole_log_is_one() -> None:
    assert found([]) == ([(WHOLE_LOG, 1, None, None)], 0)


@pytest.mark.parametrize(
    ("picks", "pairs", "lone"),
    [
        pytest.param([(T, 3000.0), (B, 3100.0)], [(3000.0, 3100.0)], 0, id="plain"),
        # Wells of the Volve field, by their shape.
        pytest.param(
            [(T, 3467.0), (B, 3539.0), (B, 3539.0), (T, 3809.0), (T, 3894.0), (B, 3900.0), (B, 3900.0), (T, 3934.0)],
            [(3467.0, 3539.0), (3539.0, 3809.0), (3894.0, 3900.0), (3900.0, 3934.0)],
            0,
            id="in by its top, out by its top",
        ),
        pytest.param(
            [(T, 3229.0), (B, 3504.0), (B, 3853.0), (T, 3853.0), (B, 4003.0)],
            [(3229.0, 3504.0), (3853.0, 4003.0)],
            1,
            id="a pick is missing beside an empty stretch",
        ),
        pytest.param([(T, 3000.0), (B, 3000.0)], [], 0, id="empty"),
        pytest.param([(T, 3435.0), ("Sleipner Top", 3500.0)], [(3435.0, 3500.0)], 0, id="no base, a deeper pick"),
        pytest.param([(T, 3435.0)], [(3435.0, None)], 0, id="ends in the zone"),
        pytest.param([(B, 4062.0)], [], 1, id="base alone"),
    ],
)
def test_that_tops_and_bases_pair_in_order(
    picks: list[tuple[str, float | None]], pairs: list[tuple[float, float | None]], lone: int
) -> None:
    places, alone = found(picks, PAIRED)
    assert [(top, base) for _, _, top, base in places] == pairs
    assert [number for _, number, _, _ in places] == list(range(1, len(pairs) + 1))
    assert alone == lone


@given(
    st.lists(st.tuples(st.sampled_from([T, B, "Other"]), st.sampled_from([1.0, 2, 3, 4, 5, 6])), max_size=10),
    st.randoms(),
)
def test_that_stretches_do_not_overlap_and_do_not_depend_on_row_order(
    picks: list[tuple[str, float | None]], chance: random.Random
) -> None:
    shuffled = list(picks)
    chance.shuffle(shuffled)
    places, lone = found(picks, PAIRED)
    assert (places, lone) == found(shuffled, PAIRED)
    edges = [edge for _, _, top, base in places for edge in (top, 99.0 if base is None else base)]
    assert edges == sorted(edges, key=lambda edge: edge or 0.0)
    assert all(top != base for _, _, top, base in places)
