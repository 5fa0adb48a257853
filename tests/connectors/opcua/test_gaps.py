from __future__ import annotations

from connectors.opcua.gaps import Gap, Gaps


def bounds(gaps: list[Gap]) -> list[tuple[int, int, int]]:
    return [(gap.tag, gap.after, gap.before) for gap in gaps]


def test_that_a_gap_is_due_once_nothing_was_added_to_it_for_a_while() -> None:
    gaps = Gaps()
    gaps.add(3, 10, 20, now_s=100.0)
    assert gaps.due(before_s=99.9) == []
    assert bounds(gaps.due(before_s=100.0)) == [(3, 10, 20)]


def test_that_readings_dropped_one_after_another_are_one_gap() -> None:
    gaps = Gaps()
    for second in range(5):
        gaps.add_dropped(3, 10 * second, now_s=float(second))
    assert bounds(gaps.due(before_s=3.9)) == []
    (gap,) = gaps.due(before_s=4.0)
    assert (gap.after, gap.before) == (-1, 41)
    gap.told = True
    gaps.add_dropped(3, 90, now_s=9.0)
    assert bounds(gaps.due(before_s=9.0)) == [(3, -1, 41), (3, 89, 91)]


def test_that_one_of_two_equal_gaps_stays_when_the_other_is_done() -> None:
    gaps = Gaps()
    gaps.add(3, 10, 20, 0.0)
    gaps.add(3, 10, 20, 0.0)
    first, second = gaps.due(0.0)
    gaps.done(second)
    assert gaps.due(0.0)[0] is first
    gaps.done(first)
    gaps.done(first)
    assert gaps.due(0.0) == []


def test_that_the_gaps_of_a_tag_stay_few_and_cover_what_they_covered() -> None:
    gaps = Gaps()
    for number in range(1_000):
        gaps.add(3, 10 * number, 10 * number + 5, 0.0)
    found = gaps.due(0.0)
    assert len(found) == 16
    for number in range(1_000):
        assert any(gap.after <= 10 * number and gap.before >= 10 * number + 5 for gap in found)
