"""Recorded samples as a source: what is delivered at a time, in what order, and from where after a stop."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from connectors.delivery import Delivery
from connectors.replay.source import FilePart, FileSource, Recording
from tests.flows.recordings import to_batch
from tests.oracle import Row

SIZES = (1, 2, 1, 1, 7, 3, 1)
FILES = ("a.csv", "b.csv")


def recording() -> Recording:
    """Return fifteen samples out of two files, in pieces of SIZES by turns; each value is its place."""
    pieces, at = [], 0
    for number, size in enumerate(SIZES):
        rows = [Row("W-1", "t", 1_000_000 * (place + 1), float(place)) for place in range(at, at + size)]
        pieces.append((Path(FILES[number % 2]), to_batch(rows)))
        at += size
    return Recording(0, "key", lambda: iter(pieces))


def part(rows: int, resume: tuple[int, bool] | None = None, told: list[int] | None = None) -> FilePart:
    progress = None if told is None else lambda delivered, _arrival: told.append(delivered)
    return FileSource({"0": recording()}, rows=rows, on_progress=progress).build_part("samples", "0", resume)


def polls(of: FilePart) -> list[list[Delivery]]:
    """Return what each poll brings, to the end."""
    found: list[list[Delivery]] = []
    while not (found and found[-1][-1].ended):
        found.append([delivery for _, delivery in of.next_batch()])
    with pytest.raises(StopIteration):
        of.next_batch()
    return found


def values(deliveries: list[Delivery]) -> list[float]:
    return [
        value
        for delivery in deliveries
        for batch in delivery.messages
        if not isinstance(batch, bytes)
        for value in batch.column("value").to_pylist()
    ]


@pytest.mark.parametrize("rows", [1, 2, 3, 7, 10_000])
def test_that_every_poll_but_the_last_is_full_and_nothing_is_lost(rows: int) -> None:
    found = polls(part(rows))
    assert [len(values(poll)) for poll in found[:-2]] == [rows] * (len(found) - 2)
    assert 0 < len(values(found[-2])) <= rows
    assert values(found[-1]) == []
    assert values([delivery for poll in found for delivery in poll]) == list(range(sum(SIZES)))


@pytest.mark.parametrize("rows", [1, 4, 10_000])
def test_that_each_delivery_is_of_one_file_and_begins_where_the_last_ended(rows: int) -> None:
    deliveries = [delivery for poll in polls(part(rows)) for delivery in poll]
    assert [one.next_position for one, _ in pairwise(deliveries)] == [two.position for _, two in pairwise(deliveries)]
    file_of = [FILES[number % 2] for number, size in enumerate(SIZES) for _ in range(size)]
    for delivery in deliveries[:-1]:
        assert {file_of[delivery.position], file_of[delivery.next_position - 1]} == {delivery.origin}
    assert [delivery.ended for delivery in deliveries] == [False] * (len(deliveries) - 1) + [True]


def test_that_the_first_delivery_after_a_start_and_after_a_snapshot_wakes_the_sinks() -> None:
    of = part(4)
    first = [delivery.wake for _, delivery in of.next_batch()]
    second = [delivery.wake for _, delivery in of.next_batch()]
    assert of.snapshot() == (8, False)
    third = [delivery.wake for _, delivery in of.next_batch()]
    assert (first, second, third) == ([True, False, False], [False, False], [True])


@pytest.mark.parametrize("at", range(sum(SIZES) + 1))
def test_that_it_goes_on_from_any_position(at: int) -> None:
    deliveries = [delivery for poll in polls(part(5, resume=(at, False))) for delivery in poll]
    assert deliveries[0].position == at
    assert values(deliveries) == list(range(at, sum(SIZES)))


def test_that_what_had_ended_stays_ended() -> None:
    with pytest.raises(StopIteration):
        part(5, resume=(sum(SIZES), True)).next_batch()


def test_that_progress_is_told_once_a_poll() -> None:
    told: list[int] = []
    polls(part(6, told=told))
    assert told == [6, 12, 16]
