from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.intervals import BedRules, owned, pay_intervals, segment_sum, vertical_path

RULES = BedRules(min_bed_m=0.5, merge_gap_m=1.0, min_net_m=1.0)


def found(
    letters: str, rules: BedRules = RULES, block: list[int] | None = None, step: float = 0.1
) -> list[tuple[float, float]]:
    """Return top and base of the intervals of samples 0.1 m thick: `#` is pay."""
    pay = np.array([letter == "#" for letter in letters])
    v = np.round(np.arange(len(pay) + 1) * step, 6)
    blocks = np.zeros(len(pay), dtype=np.int64) if block is None else np.array(block)
    first, last = pay_intervals(pay, blocks, v[:-1], v[1:], rules)
    return [(float(v[f]), float(v[b + 1])) for f, b in zip(first, last, strict=True)]


@pytest.mark.parametrize(
    ("letters", "intervals"),
    [
        ("", []),
        ("." * 30, []),
        ("#" * 10, [(0.0, 1.0)]),
        ("#" * 9, []),  # net below 1 m
        ("..." + "#" * 10 + "...", [(0.3, 1.3)]),
        ("#" * 6 + "." * 10 + "#" * 6, [(0.0, 2.2)]),  # a gap of 1 m joins
        ("#" * 10 + "." * 11 + "#" * 10, [(0.0, 1.0), (2.1, 3.1)]),  # one of 1.1 m does not
        ("#" * 6 + "." * 11 + "#" * 6, []),  # and then neither has net enough
        ("#." * 12, [(0.0, 2.3)]),
    ],
)
def test_that_gaps_merge_then_thin_beds_and_low_net_go(letters: str, intervals: list[tuple[float, float]]) -> None:
    assert found(letters) == intervals


def test_that_a_bed_is_thin_by_its_gross_thickness() -> None:
    rules = BedRules(min_bed_m=0.5, merge_gap_m=0.1, min_net_m=0.2)
    assert found("####" + "." * 5 + "##.##" + "." * 5 + "#####", rules) == [(0.9, 1.4), (1.9, 2.4)]


def test_that_nothing_merges_across_stretches() -> None:
    assert found("#" * 20, block=[0] * 10 + [1] * 10) == [(0.0, 1.0), (1.0, 2.0)]


def test_that_a_hole_in_the_log_is_a_gap() -> None:
    pay = np.ones(20, dtype=bool)
    v = np.append(np.arange(10) * 0.1, 5.0 + np.arange(10) * 0.1)
    first, last = pay_intervals(pay, np.zeros(20, dtype=np.int64), v, v + 0.1, RULES)
    assert (first.tolist(), last.tolist()) == ([0, 10], [9, 19])


def test_that_a_sample_owns_midpoint_to_midpoint() -> None:
    top, base = owned(np.array([10.0, 10.2, 10.6, 10.8]))
    assert top == pytest.approx([9.9, 10.1, 10.4, 10.7])
    assert base == pytest.approx([10.1, 10.4, 10.7, 10.9])
    assert np.array_equal(top[1:], base[:-1])


def test_that_a_hole_in_the_log_is_nobodys() -> None:
    top, base = owned(np.array([10.0, 10.1, 10.2, 15.0, 15.1]))
    assert (base[2], top[3]) == pytest.approx((10.5, 14.7))


def test_that_a_coarse_log_still_owns_its_whole_length() -> None:
    top, base = owned(np.array([10.0, 11.0, 12.0]))
    assert (top[0], base[-1], float((base - top).sum())) == pytest.approx((9.5, 12.5, 3.0))


@pytest.mark.parametrize("depths", [[], [100.0]])
def test_that_a_log_of_no_length_owns_nothing(depths: list[float]) -> None:
    top, base = owned(np.array(depths))
    assert np.array_equal(top, base)


def test_that_a_well_that_turns_upward_gains_thickness_again() -> None:
    v_top, v_base = vertical_path(np.array([100.0, 101.0, 101.5]), np.array([101.0, 101.5, 101.0]), np.zeros(3, int))
    assert v_base - v_top == pytest.approx([1.0, 0.5, 0.5])
    assert v_base[-1] == pytest.approx(2.0)


def test_that_between_stretches_no_way_is_gone() -> None:
    v_top, _ = vertical_path(np.array([100.0, 150.0]), np.array([101.0, 151.0]), np.array([0, 1]))
    assert v_top == pytest.approx([0.0, 1.0])


PAY = st.text(alphabet="#.", max_size=120)


@given(PAY, st.floats(0, 2), st.floats(0, 2), st.floats(0, 2))
def test_that_intervals_hold_their_rules_and_lie_apart(letters: str, bed: float, gap: float, net: float) -> None:
    intervals = found(letters, BedRules(bed, gap, net))
    for top, base in intervals:
        inside = letters[round(top / 0.1) : round(base / 0.1)]
        assert inside[0] == inside[-1] == "#"
        assert base - top >= bed - 1e-5
        assert inside.count("#") * 0.1 >= net - 1e-5
        assert inside.count("#") * 0.1 <= base - top + 1e-9
    assert all(later[0] - earlier[1] > gap - 1e-5 for earlier, later in pairwise(intervals))


@given(PAY)
def test_that_an_upside_down_well_has_the_same_intervals_from_below(letters: str) -> None:
    length = len(letters) * 0.1
    mirrored = [(length - base, length - top) for top, base in reversed(found(letters[::-1]))]
    assert np.array(mirrored) == pytest.approx(np.array(found(letters)))


def test_that_a_segment_s_sum_ends_with_its_last_sample() -> None:
    values = np.array([1.0, 2.0, 4.0, 8.0])
    assert segment_sum(values, np.array([0, 3]), np.array([1, 3])).tolist() == [3.0, 8.0]
    assert segment_sum(values, np.zeros(0, int), np.zeros(0, int)).tolist() == []
