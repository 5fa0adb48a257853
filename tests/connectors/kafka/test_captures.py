"""Samples around a violation, read back: which of them, in which spelling, and what is said where some are gone."""

from __future__ import annotations

import json
import time
from typing import Any

import pyarrow as pa
import pytest
from confluent_kafka import TIMESTAMP_CREATE_TIME

from connectors.kafka import captures
from connectors.kafka.captures import Capture, samples_of
from connectors.kafka.config import Kafka
from connectors.recorded import Captured, Pending
from schemas.times import to_datetime
from schemas.topics import ARROW, CONTENT_TYPE, CONTROL, KIND
from tests.connectors.postgres.events import START_US, WELL, at, uuid
from tests.flows.recorders import make_topics, produce, until

AROUND = to_datetime(START_US + 100_000_000)


class Stored:
    """A message as the client hands it over."""

    def __init__(self, value: bytes | None, headers: list[tuple[str, bytes]] | None = None, offset: int = 7) -> None:
        self._value, self._headers, self._offset = value, headers, offset

    def value(self) -> bytes | None:
        return self._value

    def headers(self) -> list[tuple[str, bytes]] | None:
        return self._headers

    def offset(self) -> int:
        return self._offset

    def timestamp(self) -> tuple[int, int]:
        return TIMESTAMP_CREATE_TIME, START_US // 1000


def scan(second: float, values: str, **more: Any) -> bytes:
    rest = "".join(f", {json.dumps(key)}: {json.dumps(value)}" for key, value in more.items())
    return f'{{"well_id": {json.dumps(WELL)}, "time": "{at(second)}", "values": {values}{rest}}}'.encode()


def read(*messages: Stored) -> list[tuple[str, str | None, str | None, str | None]]:
    found = samples_of(messages, WELL, AROUND)  # type: ignore[arg-type]  # a stand-in for the client's own class
    return [(sample.tag, sample.value, sample.unit, sample.quality) for sample in found]


@pytest.mark.parametrize(
    "text", ["57.50", "-0.0", "1e3", "120", "0.1000000000000000055511151231257827", "1" + "0" * 300]
)
def test_that_a_value_keeps_its_digits(text: str) -> None:
    assert read(Stored(scan(100, f'{{"a": {text}}}'))) == [("a", text, None, None)]


def test_that_units_quality_and_nulls_are_kept() -> None:
    found = read(Stored(scan(100, '{"a": 1, "b": null}', units={"a": "Hz"}, quality={"b": "bad"})))
    assert found == [("a", "1", "Hz", None), ("b", None, None, "bad")]


@pytest.mark.parametrize("second, kept", [(39.999, False), (40, True), (160, True), (160.001, False)])
def test_that_samples_within_60_s_are_kept_both_ends_included(second: float, kept: bool) -> None:
    assert bool(read(Stored(scan(second, '{"a": 1}')))) is kept
    assert bool(read(Stored(arrow(second), [(CONTENT_TYPE, ARROW)]))) is kept


def test_that_other_wells_control_records_and_what_is_unreadable_are_left_out() -> None:
    good = scan(100, '{"a": 1}')
    other = good.replace(b"F-7", b"F-9")
    found = read(
        Stored(other),
        Stored(good, [(KIND, CONTROL)]),
        Stored(b"{"),
        Stored(None),
        Stored(b"", [(CONTENT_TYPE, ARROW)]),
        Stored(good.replace(b"2026-01-01", b"2026-13-01")),
        Stored(good),
    )
    assert found == [("a", "1", None, None)]


def arrow(second: float = 100.0) -> bytes:
    time = pa.array([START_US + round(second * 1e6)] * 4, pa.timestamp("us", "UTC"))
    batch = pa.record_batch(
        {
            "well_id": pa.array([WELL, WELL, "other", WELL]).dictionary_encode(),
            "tag": ["a", "b", "a", "c"],
            "time": time,
            "value": [57.5, float("nan"), 1.0, None],
            "quality": ["bad", None, None, None],
        }
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())


def test_that_arrow_streams_are_read_too() -> None:
    found = read(Stored(arrow(), [(CONTENT_TYPE, ARROW)]), Stored(scan(101, '{"d": 2}')))
    assert found == [
        ("a", "57.5", None, "bad"),
        ("b", "nan", None, None),
        ("c", None, None, None),
        ("d", "2", None, None),
    ]


# From a topic


def pending(kafka: Kafka, first: int | None, at: int | None, topic: str | None = None) -> Pending:
    return Pending(uuid("m"), WELL, AROUND, topic or kafka.topic("well.samples.v1"), 0, first, at)


def outcome(kafka: Kafka, of: Pending) -> Captured | str:
    capture = Capture(kafka, of)
    found: list[Captured] = []

    def look() -> bool:
        done = capture.read_on()
        found.extend([done] if done is not None else [])
        return bool(found) or capture.is_early

    try:
        until(look, "the capture comes to an end")
    finally:
        capture.close()
    return found[0] if found else "early"


def fill(kafka: Kafka, seconds: range, values: str = '{"a": 1}', shift_s: int = 0) -> None:
    make_topics(kafka, partitions=1)
    times = [{"timestamp": START_US // 1000 + (second + shift_s) * 1000} for second in seconds]
    produce(kafka, [("samples", 0, scan(second, values), more) for second, more in zip(seconds, times, strict=True)])


def test_that_a_stretch_is_read_to_60_s_behind_its_message(kafka: Kafka) -> None:
    fill(kafka, range(400))
    found = outcome(kafka, pending(kafka, 30, 100))
    assert isinstance(found, Captured)
    assert (found.outcome, found.reason) == ("whole", None)
    assert [sample.offset for sample in found.samples] == list(range(40, 161))


def test_that_a_stretch_ends_with_its_topic_once_the_time_has_passed(kafka: Kafka) -> None:
    fill(kafka, range(130))
    found = outcome(kafka, pending(kafka, 30, 100))
    assert isinstance(found, Captured)
    assert (found.outcome, len(found.samples)) == ("whole", 90)


def test_that_a_stretch_whose_time_has_not_passed_waits(kafka: Kafka) -> None:
    far_ahead_s = int(time.time()) - START_US // 1_000_000 + 1800  # brokers take no message an hour ahead of them
    fill(kafka, range(130), shift_s=far_ahead_s)
    assert outcome(kafka, pending(kafka, 30, 100)) == "early"


def test_that_too_many_samples_are_cut_and_that_is_said(kafka: Kafka, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captures, "MOST_SAMPLES", 50)
    fill(kafka, range(200))
    found = outcome(kafka, pending(kafka, 30, 100))
    assert isinstance(found, Captured)
    assert (found.outcome, len(found.samples)) == ("cut", 50)
    assert found.reason == "there were more than 50 samples; the first of them are kept"


def test_that_where_to_look_must_be_known(kafka: Kafka) -> None:
    found = outcome(kafka, pending(kafka, None, None))
    assert isinstance(found, Captured)
    assert (found.outcome, found.reason) == ("gone", "the message of the violation does not say where its samples were")


def test_that_a_topic_that_is_no_more_is_told(kafka: Kafka, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captures, "_SILENCE_S", 1.0)
    monkeypatch.setattr(captures, "_ASK_S", 60.0)
    found = outcome(kafka, pending(kafka, 0, 1, topic=kafka.topic("never.made")))
    assert isinstance(found, Captured)
    assert found.outcome == "gone"
    assert found.reason is not None
    assert found.reason.startswith("the brokers no longer serve the topic of its samples: ")


def test_that_a_topic_that_no_longer_reaches_so_far_is_told(kafka: Kafka, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captures, "_SILENCE_S", 1.0)
    monkeypatch.setattr(captures, "_ASK_S", 60.0)
    fill(kafka, range(10))
    found = outcome(kafka, pending(kafka, 5_000, 5_100))
    assert isinstance(found, Captured)
    assert found.outcome == "gone"
    assert found.samples == []


def test_that_brokers_that_are_gone_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captures, "_SILENCE_S", 0.2)
    monkeypatch.setattr(captures, "_ASK_S", 0.2)
    nowhere = Kafka({"bootstrap.servers": "127.0.0.1:1"})
    assert outcome(nowhere, pending(nowhere, 0, 1)) == "early"
