from __future__ import annotations

from collections.abc import Sequence

import pytest

from connectors.kafka.scan_sink import ScanMessage
from connectors.opcua.errors import Refused
from connectors.opcua.outbox import Outbox
from tests.connectors.opcua.listening import Seen


class Ticks:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def message(number: int, size: int = 100) -> ScanMessage:
    return ScanMessage("W-1", str(number).encode().ljust(size), 1)


def numbers(messages: Sequence[ScanMessage]) -> list[int]:
    return [int(each.value) for each in messages]


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


def test_that_what_is_put_is_taken_in_order_live_before_history(ticks: Ticks) -> None:
    outbox = Outbox(600, 1e6, ticks=ticks)
    outbox.put_backfill([message(10), message(11)])
    outbox.put([message(1), message(2), message(3)])
    assert numbers(outbox.take(2)) == [1, 2]
    assert numbers(outbox.take(2)) == [3, 10]
    assert numbers(outbox.take(2)) == [11]
    assert outbox.take(2) == []


def test_that_the_newest_are_kept_and_the_others_told(ticks: Ticks) -> None:
    dropped: list[int] = []
    seen = Seen()
    outbox = Outbox(600, 1e9, lambda messages: dropped.extend(numbers(messages)), seen, ticks)
    for second in range(1_000):
        ticks.now = float(second)
        outbox.put([message(second)])
    assert dropped == list(range(399))
    assert seen.dropped_scans == 399
    assert numbers(outbox.take(10_000)) == list(range(399, 1_000))


def test_that_memory_is_bounded_however_many_come_at_once(ticks: Ticks) -> None:
    dropped: list[int] = []
    outbox = Outbox(600, 100_000, lambda messages: dropped.extend(numbers(messages)), ticks=ticks)
    outbox.put(message(number, 800) for number in range(1_000))
    kept = numbers(outbox.take(10_000))
    assert len(kept) == 100
    assert dropped + kept == list(range(1_000))
    outbox.put([message(7, 800)])
    assert numbers(outbox.take(10)) == [7]


def test_that_history_has_room_only_while_live_scans_are_taken(ticks: Ticks) -> None:
    outbox = Outbox(600, 1e9, ticks=ticks)
    assert outbox.has_room()
    outbox.put([message(1)])
    assert outbox.has_room()
    ticks.now = 1.0
    assert not outbox.has_room()
    outbox.take(1)
    outbox.put_backfill(message(number) for number in range(500))
    assert not outbox.has_room()
    outbox.take(1)
    assert outbox.has_room()


def test_that_an_error_is_raised_behind_what_came_before_it(ticks: Ticks) -> None:
    outbox = Outbox(600, 1e9, ticks=ticks)
    outbox.put([message(1)])
    outbox.fail(Refused("opc.tcp://h:1", "must", "did not", "Do."))
    assert numbers(outbox.take(9)) == [1]
    with pytest.raises(Refused):
        outbox.take(9)
