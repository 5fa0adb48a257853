"""The last readings of a tag: bounded, in order of time, to be read in pieces."""

from __future__ import annotations

import pytest

from welltegra.simulator.rig.ring import Place, Ring

SERVED_US = 7


def filled(times: list[int], room: int = 10_000) -> Ring:
    ring = Ring(room)
    for number, time_us in enumerate(times):
        ring.keep(time_us, SERVED_US, float(number), 0)
    return ring


def values(
    ring: Ring, first: int | None = None, last: int | None = None, backwards: bool = False, most: int = 100_000
) -> list[float]:
    return [row.value for row in ring.between(first, last, backwards, None, most)[0]]


def test_that_it_keeps_the_newest_and_no_more_than_its_room() -> None:
    ring = filled(list(range(5_000)), room=3_000)
    assert len(ring) == 3_000
    assert values(ring) == [float(number) for number in range(2_000, 5_000)]


def test_that_both_ends_are_inside_and_either_may_be_open() -> None:
    ring = filled([10, 20, 30, 40])
    assert values(ring, 20, 30) == [1.0, 2.0]
    assert values(ring, 30) == [2.0, 3.0]
    assert values(ring, None, 20) == [0.0, 1.0]
    assert values(ring, 20, 30, backwards=True) == [2.0, 1.0]
    assert values(ring, 41) == []
    assert values(Ring(5)) == []


def test_that_times_of_a_clock_that_was_set_back_come_in_order_of_time_and_then_of_service() -> None:
    assert values(filled([10, 20, 30, 10, 20])) == [0.0, 3.0, 1.0, 4.0, 2.0]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("piece", [1, 2, 3, 7])
def test_that_pieces_make_the_whole_without_doubles_though_times_are_the_same(piece: int, backwards: bool) -> None:
    ring = filled([10, 10, 10, 20, 20, 10, 30])
    whole = values(ring, backwards=backwards)
    found: list[float] = []
    after: Place | None = None
    more = True
    while more:
        rows, more = ring.between(None, None, backwards, after, piece)
        assert 0 < len(rows) <= piece
        found += [row.value for row in rows]
        after = rows[-1].place
    assert found == whole
    assert len(whole) == 7
