"""Samples from a topic: each once, in order, from where the last run left off."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from confluent_kafka import Producer

from connectors.delivery import Delivery
from connectors.kafka.config import Kafka
from connectors.kafka.errors import KafkaFailed, TopicShrank
from connectors.kafka.source import SamplesSource
from schemas.topics import ARROW, CONTENT_TYPE, CONTROL, JSON, KIND, SAMPLES
from tests.connectors.kafka.topics import delete_before, make_topic, send
from tests.system.site import wait_until

NAMES = {"0000": 0, "0001": 1}


class Turns:
    """Takes turns with parts of one source, as the engine does."""

    def __init__(self, kafka: Kafka, resume: dict[str, int] | None = None, stop: Callable[[], bool] = bool) -> None:
        self.built: list[int] = []
        source = SamplesSource(kafka, NAMES, lambda shard: f"{shard}.0", stop, self.built.append)
        assert source.list_parts() == ["0000", "0001"]
        self.parts = [source.build_part("samples", name, (resume or {}).get(name)) for name in NAMES]
        self.reader = source._reader
        self.found: dict[int, list[Delivery]] = {0: [], 1: []}

    def until(self, holds: Callable[[Turns], bool]) -> Turns:
        def turn() -> bool:
            for part in self.parts:
                for key, delivery in part.next_batch():
                    assert key == f"{delivery.shard}.0"
                    self.found[delivery.shard].append(delivery)
            return holds(self)

        wait_until(turn, f"found {self.found}")
        return self

    def messages(self, shard: int) -> list[bytes]:
        return [
            message for delivery in self.found[shard] for message in delivery.messages if isinstance(message, bytes)
        ]

    def close(self) -> None:
        for part in self.parts:
            part.close()


def follows(found: list[Delivery]) -> bool:
    """Say whether each delivery begins where the one before it ended."""
    return all(one.next_position == next_.position for one, next_ in pairwise(found))


def test_that_each_partition_comes_in_order_and_without_a_gap(kafka: Kafka) -> None:
    topic = make_topic(kafka, SAMPLES, 2)
    values = [[f"{shard}-{number}".encode() for number in range(3000)] for shard in (0, 1)]
    for shard in (0, 1):
        send(kafka, topic, values[shard], shard)
    turns = Turns(kafka).until(lambda turns: all(len(turns.messages(shard)) >= 3000 for shard in (0, 1)))
    assert turns.built == [0, 1]
    for shard in (0, 1):
        found = turns.found[shard]
        assert turns.messages(shard) == values[shard]
        assert follows(found)
        assert found[-1].next_position == 3000
        assert turns.parts[shard].snapshot() == 3000
        assert {delivery.origin for delivery in found} == {f"{topic}/{shard}"}
    turns.close()


def test_that_it_goes_on_from_the_offset_of_the_snapshot(kafka: Kafka) -> None:
    send(kafka, make_topic(kafka, SAMPLES, 2), [b"a", b"b", b"c"])
    turns = Turns(kafka, {"0000": 2}).until(lambda turns: bool(turns.messages(0)))
    assert turns.messages(0) == [b"c"]
    assert turns.found[0][0].position == 2
    turns.close()


def test_that_something_is_handed_on_after_a_start_and_after_each_snapshot_though_nothing_came(kafka: Kafka) -> None:
    make_topic(kafka, SAMPLES, 2)
    turns = Turns(kafka)
    for _ in range(3):
        before = len(turns.found[0])
        turns.until(lambda turns: len(turns.found[0]) > before)  # noqa: B023  # called before the loop goes on
        assert turns.found[0][before].wake
        assert not any(delivery.messages for delivery in turns.found[0])
        turns.parts[0].snapshot()
    turns.close()


def test_that_a_clock_that_is_set_back_is_handed_on_so_that_timers_are_set_anew(
    kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_topic(kafka, SAMPLES, 2)
    turns = Turns(kafka)
    turns.until(lambda turns: any(delivery.caught_up for delivery in turns.found[0]))
    before = len(turns.found[0])
    for part in turns.parts:
        part.next_batch()
    assert len(turns.found[0]) == before
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 3600.0)
    turns.until(lambda turns: len(turns.found[0]) == before + 1)
    assert turns.found[0][-1].wake
    turns.close()


def test_that_a_part_has_caught_up_once_all_that_was_there_has_been_handed_on(kafka: Kafka) -> None:
    topic = make_topic(kafka, SAMPLES, 2)
    send(kafka, topic, [b"x"] * 5000)
    turns = Turns(kafka).until(lambda turns: any(delivery.caught_up for delivery in turns.found[0]))
    assert len(turns.messages(0)) == 5000
    first = next(at for at, delivery in enumerate(turns.found[0]) if delivery.caught_up)
    assert sum(len(delivery.messages) for delivery in turns.found[0][: first + 1]) == 5000
    assert all(delivery.caught_up for delivery in turns.found[0][first:])
    turns.close()


def test_that_a_part_has_not_caught_up_before_what_came_with_its_first_turn(kafka: Kafka) -> None:
    topic = make_topic(kafka, SAMPLES, 2)
    send(kafka, topic, [b"x"] * 5000)
    turns = Turns(kafka)

    def other_part_brought_all() -> bool:
        turns.parts[1].next_batch()
        return 0 in turns.reader._at_end

    wait_until(other_part_brought_all, "partition 0 has no end")
    found = [delivery for _, delivery in turns.parts[0].next_batch()]
    assert (found[0].wake, found[0].caught_up) == (True, False)
    while not found[-1].caught_up:
        found += [delivery for _, delivery in turns.parts[0].next_batch()]
    first = next(at for at, delivery in enumerate(found) if delivery.caught_up)
    assert sum(len(delivery.messages) for delivery in found[: first + 1]) == 5000
    assert follows(found)
    turns.close()


def test_that_what_a_message_is_stands_in_its_headers(kafka: Kafka) -> None:
    topic = make_topic(kafka, SAMPLES, 2)
    send(kafka, topic, [b"1", b"2"])
    send(kafka, topic, [b"3"], headers=[(KIND, CONTROL)])
    send(kafka, topic, [b"4", b"5"], headers=[(CONTENT_TYPE, ARROW)])
    send(kafka, topic, [b"6"], headers=[(CONTENT_TYPE, JSON), ("trace", b"7")])
    turns = Turns(kafka).until(lambda turns: len(turns.messages(0)) == 6)
    kinds = [(delivery.kind, message) for delivery in turns.found[0] for message in delivery.messages]
    assert kinds == [
        ("json", b"1"), ("json", b"2"), ("control", b"3"), ("arrow", b"4"), ("arrow", b"5"), ("json", b"6"),
    ]  # fmt: skip
    assert follows(turns.found[0])
    turns.close()


def test_that_a_message_without_a_value_is_one_all_the_same(kafka: Kafka) -> None:
    topic = make_topic(kafka, SAMPLES, 2)
    producer = Producer(kafka.client())
    producer.produce(topic, None, b"key", partition=0)
    producer.produce(topic, b"x", b"key", partition=0)
    assert producer.flush(120) == 0
    turns = Turns(kafka).until(lambda turns: len(turns.messages(0)) == 2)
    assert turns.messages(0) == [b"", b"x"]
    turns.close()


def test_that_arrivals_are_the_times_of_the_broker(kafka: Kafka) -> None:
    topic = make_topic(kafka, SAMPLES, 2)
    before = time.time()
    send(kafka, topic, [b"x", b"y"])
    turns = Turns(kafka).until(lambda turns: len(turns.messages(0)) == 2)
    arrivals = [at for delivery in turns.found[0] if delivery.arrivals is not None for at in delivery.arrivals.tolist()]
    assert len(arrivals) == 2
    assert all(abs(at / 1e6 - before) < 60 for at in arrivals)
    turns.close()


def test_that_the_parts_end_when_they_are_told_to_stop(kafka: Kafka) -> None:
    send(kafka, make_topic(kafka, SAMPLES, 2), [b"x"])
    stopped: list[bool] = []
    turns = Turns(kafka, stop=lambda: bool(stopped)).until(lambda turns: bool(turns.messages(0)))
    # That it has caught up comes behind the last message, with it or later.
    turns.until(lambda turns: turns.found[0][-1].caught_up)
    stopped.append(True)
    turns.parts[0].snapshot()
    assert [delivery.wake for _, delivery in turns.parts[0].next_batch()] == [True]
    with pytest.raises(StopIteration):
        turns.parts[0].next_batch()
    assert turns.parts[0].snapshot() == 1
    turns.close()


@pytest.mark.kafka
def test_that_a_topic_that_ends_before_the_snapshot_is_refused(apache: Kafka) -> None:
    send(apache, make_topic(apache, SAMPLES, 2), [b"x"])
    with pytest.raises(TopicShrank, match="must reach to offset 5, up to which it was judged; ends at 1"):
        Turns(apache, {"0000": 5}).until(lambda _: False)


def test_that_a_topic_that_is_not_there_is_refused(kafka: Kafka) -> None:
    with pytest.raises(KafkaFailed, match="welltegra topics create"):
        Turns(kafka).until(lambda _: False)


@pytest.mark.kafka
def test_that_samples_deleted_unread_are_told_with_their_number(apache: Kafka) -> None:
    topic = make_topic(apache, SAMPLES, 2)
    send(apache, topic, [b"%d" % number for number in range(100)])
    delete_before(apache, topic, 60)
    turns = Turns(apache, {"0000": 40}).until(lambda turns: len(turns.messages(0)) == 40)
    lost = [delivery for delivery in turns.found[0] if delivery.kind == "lost"]
    assert [(delivery.position, delivery.next_position) for delivery in lost] == [(40, 60)]
    assert turns.messages(0) == [b"%d" % number for number in range(60, 100)]
    assert follows(turns.found[0])
    turns.close()


@pytest.mark.kafka
def test_that_a_first_start_begins_where_the_topic_does(apache: Kafka) -> None:
    topic = make_topic(apache, SAMPLES, 2)
    send(apache, topic, [b"%d" % number for number in range(100)])
    delete_before(apache, topic, 60)
    turns = Turns(apache).until(lambda turns: len(turns.messages(0)) == 40)
    assert turns.found[0][0].position == 60
    assert all(delivery.kind != "lost" for delivery in turns.found[0])
    turns.close()


@pytest.mark.kafka
def test_that_offsets_that_transactions_leave_out_are_gone_past(apache: Kafka) -> None:
    topic = make_topic(apache, SAMPLES, 2)
    producer = Producer(apache.client(transactional_id=f"{topic}-writer"))
    producer.init_transactions(120)
    for at in range(3):
        producer.begin_transaction()
        for number in range(4):
            producer.produce(topic, b"%d-%d" % (at, number), partition=0)
        if at == 1:
            producer.abort_transaction(120)
        else:
            producer.commit_transaction(120)
    turns = Turns(apache).until(lambda turns: len(turns.messages(0)) == 8)
    assert turns.messages(0) == [b"%d-%d" % (at, number) for at in (0, 2) for number in range(4)]
    assert follows(turns.found[0])
    for delivery in turns.found[0]:
        assert not delivery.messages or delivery.next_position - delivery.position == len(delivery.messages)
    turns.close()
