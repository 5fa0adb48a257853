"""Records onto a topic exactly once, whatever dies in between."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.delivery import DeadLetter, Located, Wake
from connectors.kafka.config import Kafka
from connectors.kafka.messages import MOST_RAW, Events, event_id
from connectors.kafka.reader import read_to_end
from connectors.kafka.sink import FencePart, FenceSink, Output
from connectors.observer import Observer
from schemas.alert import Alert
from schemas.dead_letter import DeadLetterEvent
from schemas.event import AlertEvent, ViolationEvent
from schemas.topics import ALERTS, CE_ID, CLOUD_EVENT, CONTENT_TYPE
from tests.connectors.kafka.topics import make_topic, send
from tests.flows.live import alerts_of, violations_of

PARTS = ["0000", "0001"]


class Seen(Observer):
    def __init__(self) -> None:
        self.events: list[tuple[Any, ...]] = []

    def fenced(self, topic: str, shard: int, ids: int, seconds: float) -> None:
        self.events.append(("fenced", shard, ids))

    def dropped(self, topic: str) -> None:
        self.events.append(("dropped",))

    def published(self, topic: str, happened: datetime | None) -> None:
        self.events.append(("published", happened))


def shard_of(key: str) -> int:
    return int(key.partition(".")[0])


def sink(kafka: Kafka, observer: Observer | None = None) -> FenceSink:
    seen = observer or Observer()
    return FenceSink(
        Output(kafka, seen), kafka, kafka.topic(ALERTS), Events("rig 1".replace(" ", "-")), PARTS, shard_of, seen
    )


def part(kafka: Kafka, resume: int | None = None, observer: Observer | None = None, name: str = "0000") -> FencePart:
    return sink(kafka, observer).build_part("alerts", name, resume)


def ids_on(kafka: Kafka, partition: int = 0) -> list[str]:
    found = []
    for message in read_to_end(kafka, kafka.topic(ALERTS), partition, 0):
        value = dict(message.headers() or ()).get(CE_ID)
        assert isinstance(value, bytes)
        found.append(value.decode())
    return found


@pytest.fixture(scope="module")
def alerts() -> list[Alert]:
    """Return six alerts, all different."""
    return alerts_of([100.0, 121.0, 100.0, 130.0, 100.0, 140.0, 100.0])[:6]


def test_that_a_record_is_written_to_the_partition_of_its_shard_with_its_id(kafka: Kafka, alerts: list[Alert]) -> None:
    make_topic(kafka, ALERTS, 2)
    one = part(kafka, name="0001")
    one.write_batch(list(alerts))
    assert one.snapshot() == 6
    assert ids_on(kafka, 0) == []
    assert ids_on(kafka, 1) == [str(alert.alert_id) for alert in alerts]
    message = next(iter(read_to_end(kafka, kafka.topic(ALERTS), 1, 0)))
    assert message.key() == alerts[0].well_id.encode()
    assert dict(message.headers() or ())[CONTENT_TYPE] == CLOUD_EVENT
    event = AlertEvent.model_validate_json(message.value() or b"")
    assert event.id == alerts[0].alert_id
    assert event.source == "/welltegra/rig-1/15/9-F-7%20A"
    assert event.data.emitted_at is not None
    assert event.data.model_copy(update={"emitted_at": None}) == alerts[0]


@pytest.mark.parametrize("after", range(7))
def test_that_what_a_dead_run_wrote_after_its_snapshot_is_not_written_again(
    kafka: Kafka, alerts: list[Alert], after: int
) -> None:
    make_topic(kafka, ALERTS, 2)
    dead = part(kafka)
    dead.write_batch(list(alerts[:2]))
    resume = dead.snapshot()
    dead.write_batch(list(alerts[2:after]))
    dead._producer.flush(120)  # it dies here, with all of it sent and no snapshot
    seen = Seen()
    next_ = part(kafka, resume, seen)
    next_.write_batch(list(alerts[2:]))
    next_.snapshot()
    assert ids_on(kafka) == [str(alert.alert_id) for alert in alerts]
    fenced = max(0, after - 2)
    assert seen.events[0] == ("fenced", 0, fenced)
    assert seen.events.count(("dropped",)) == fenced


def test_that_ids_that_have_not_come_again_stay_fenced_after_a_second_death(kafka: Kafka, alerts: list[Alert]) -> None:
    make_topic(kafka, ALERTS, 2)
    first = part(kafka)
    first.write_batch(list(alerts[:5]))
    first._producer.flush(120)
    second = part(kafka)
    second.write_batch(list(alerts[:2]))
    resume = second.snapshot()
    assert resume == 2, "the end would leave three ids outside the fence"
    third = part(kafka, resume)
    third.write_batch(list(alerts[2:]))
    third.snapshot()
    assert ids_on(kafka) == [str(alert.alert_id) for alert in alerts]


def test_that_a_start_without_any_state_fences_all_that_is_there(kafka: Kafka, alerts: list[Alert]) -> None:
    make_topic(kafka, ALERTS, 2)
    first = part(kafka)
    first.write_batch(list(alerts))
    first.snapshot()
    again = part(kafka)
    again.write_batch(list(alerts))
    assert again.snapshot() == 6
    assert len(ids_on(kafka)) == 6


@pytest.mark.kafka
def test_that_a_topic_that_was_made_anew_is_fenced_from_its_own_end_on(apache: Kafka, alerts: list[Alert]) -> None:
    kafka = apache  # the embedded broker does not say that an offset is beyond the end
    make_topic(kafka, ALERTS, 2)
    first = part(kafka, 5_000)
    first.write_batch(list(alerts[:3]))
    snapshot = first.snapshot()
    assert snapshot == 3
    first.write_batch(list(alerts[3:]))
    first.close()
    again = part(kafka, snapshot)
    again.write_batch(list(alerts[3:]))
    again.snapshot()
    assert ids_on(kafka) == [str(alert.alert_id) for alert in alerts]


def test_that_a_fence_is_taken_down_once_all_has_settled(kafka: Kafka, alerts: list[Alert]) -> None:
    make_topic(kafka, ALERTS, 2)
    first = part(kafka)
    first.write_batch(list(alerts))
    first.snapshot()
    again = part(kafka)
    again.write_batch([Wake()])
    assert again.snapshot() == 0
    again.write_batch([Wake(settled=True)])
    assert again.snapshot() == 6


def test_that_messages_without_an_id_do_not_hurt(kafka: Kafka, alerts: list[Alert]) -> None:
    send(kafka, make_topic(kafka, ALERTS, 2), [b"not ours"])
    one = part(kafka)
    one.write_batch([alerts[0]])
    assert one.snapshot() == 2


def test_that_a_wake_writes_nothing(kafka: Kafka) -> None:
    make_topic(kafka, ALERTS, 2)
    one = part(kafka)
    one.write_batch([Wake(), Wake(settled=True)])
    assert one.snapshot() == 0
    assert ids_on(kafka) == []


def test_that_what_was_published_is_told_with_when_it_happened(kafka: Kafka, alerts: list[Alert]) -> None:
    make_topic(kafka, ALERTS, 2)
    seen = Seen()
    one = part(kafka, None, seen)
    one.write_batch([alerts[0]])
    one.snapshot()
    assert ("published", alerts[0].time) in seen.events


def test_that_a_key_belongs_to_the_part_of_its_shard(kafka: Kafka) -> None:
    assert sink(kafka).list_parts() == PARTS
    assert [sink(kafka).part_fn(key) for key in ("0.12", "1.3")] == [0, 1]


def test_that_an_opened_and_a_closed_violation_are_events_of_their_own() -> None:
    opened, closed = violations_of([100.0, 121.0, 100.0])[:2]
    made = [Located(violation, "well.samples.v1", 3, 100, 160) for violation in (opened, closed)]
    events = [Events("site").event(record, datetime(2026, 1, 1, tzinfo=UTC)) for record in made]
    assert all(isinstance(event, ViolationEvent) for event in events)
    assert opened.violation_id == closed.violation_id
    assert events[0].id != events[1].id
    read = [json.loads(event.model_dump_json()) for event in events]
    assert [event["type"] for event in read] == ["welltegra.violation.opened.v1", "welltegra.violation.closed.v1"]
    places = [
        (event["samplestopic"], event["samplespartition"], event["samplesfrom"], event["samplesat"]) for event in read
    ]
    assert places == [("well.samples.v1", 3, 100, 160)] * 2


@pytest.mark.parametrize("raw, cut", [(b"\x00\xff{", False), (b"", False), (b"x" * (MOST_RAW + 1), True)])
def test_that_a_dead_letter_carries_its_bytes_as_far_as_they_fit(raw: bytes, cut: bool) -> None:
    letter = DeadLetter("well.samples.v1/3", None, "no scan", 1, raw, offset=17, arrived=1_767_225_600_000_000)
    event = Events("site").event(letter, datetime(2026, 1, 2, tzinfo=UTC))
    text = event.model_dump_json()
    assert DeadLetterEvent.model_validate_json(text).data.raw == raw[:MOST_RAW]
    data = json.loads(text)["data"]
    assert base64.b64decode(data["raw"], validate=True) == raw[:MOST_RAW]
    assert (data["source"], data["cut"], data["received_at"]) == (
        "well.samples.v1/3/17",
        cut,
        "2026-01-01T00:00:00.000Z",
    )
    assert len(text) < 1_000_000
    assert event_id(letter) != event_id(DeadLetter("well.samples.v1/3", None, "no time", 1, raw, offset=17))
