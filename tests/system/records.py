"""What stands on the topics, and what had to: the same messages judged once through, without any stop."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from confluent_kafka import Message

from connectors.delivery import Delivery, Located
from connectors.kafka.config import Kafka
from connectors.kafka.messages import event_id
from connectors.kafka.reader import read_to_end
from flows.shard import Shard
from rules.conditions import Conditions
from rules.rule_set import RuleSet
from schemas.alert import Alert
from schemas.topics import ALERTS, CE_ID, CONTROL, KIND, SAMPLES, VIOLATIONS

LIVE_ONLY = {"detected_at", "emitted_at"}
_SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)
_LONG_AFTER = datetime(2100, 1, 1, tzinfo=UTC)
_AT_ONCE = 5000
_DATA = re.compile(rb'"data":(\{.*),"detected_at":"[^"]*","emitted_at":"[^"]*"\}', re.DOTALL)


def messages(kafka: Kafka, name: str, partition: int) -> list[Message]:
    """Return what stands on a partition."""
    return list(read_to_end(kafka, kafka.topic(name), partition, 0))


def header(message: Message, name: str) -> bytes:
    """Return a header of a message, empty if it has none of that name."""
    value = dict(message.headers() or ()).get(name, b"")
    assert isinstance(value, bytes), f"header {name} is bytes"
    return value


def judged_once(
    kafka: Kafka, partition: int, rule_sets_of: Callable[[int, Mapping[str, int] | None], Iterable[RuleSet]]
) -> dict[str, bytes]:
    """Return the data of each alert and violation message of a partition, by the message's id, as the samples say."""
    now = [_SOME_TIME]
    shard = Shard(None, lambda shard, versions: Conditions(rule_sets_of(shard, versions)), False, lambda: now[0])
    records = [record for delivery in deliveries(kafka, partition) for record in shard.on_batch([delivery])[0]]
    if records:
        # In the end all went silent, and the timers of the live flow have had the time to find it.
        now[0] = _LONG_AFTER
        records += shard.on_notify()[0]
    found: dict[str, bytes] = {}
    for record in records:
        if isinstance(record, Alert):
            found[str(event_id(record))] = record.model_dump_json(exclude=LIVE_ONLY).encode()
        elif isinstance(record, Located):
            found[str(event_id(record))] = record.violation.model_dump_json(exclude=LIVE_ONLY).encode()
    return found


def deliveries(kafka: Kafka, partition: int) -> Iterator[Delivery]:
    """Yield the messages of a partition of samples, as they were put there."""
    all_of_it = messages(kafka, SAMPLES, partition)
    origin = f"{kafka.topic(SAMPLES)}/{partition}"
    at = 0
    while at < len(all_of_it):
        is_control = header(all_of_it[at], KIND) == CONTROL
        run = [all_of_it[at]]
        while len(run) < _AT_ONCE and at + len(run) < len(all_of_it):
            if is_control or header(all_of_it[at + len(run)], KIND) == CONTROL:
                break
            run.append(all_of_it[at + len(run)])
        first = run[0].offset()
        assert first is not None, "a message that was read has an offset"
        arrivals = np.array([message.timestamp()[1] * 1000 for message in run], np.int64)
        values = [message.value() or b"" for message in run]
        yield Delivery(
            partition, "control" if is_control else "json", values, arrivals, first, first + len(run), origin
        )
        at += len(run)


@dataclass
class Comparison:
    """What was found on the topics beside what had to be there."""

    expected: int = 0
    momentary: int = 0
    missing: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)

    @property
    def is_exact(self) -> bool:
        return not (self.missing or self.doubled or self.unexpected or self.different)

    def __str__(self) -> str:
        return (
            f"{self.expected} records; missing {len(self.missing)}, doubled {len(self.doubled)},"
            f" unexpected {len(self.unexpected)}, different {len(self.different)}; {self.momentary} of the moment"
        )


def compare(
    kafka: Kafka,
    partitions: int,
    rule_sets_of: Callable[[int, Mapping[str, int] | None], Iterable[RuleSet]],
) -> Comparison:
    """Compare alerts and violations on their topics with what the samples say.

    A loss of monitoring that only the delivery's silence explains is outside: it is of the moment, not of the samples.
    """
    found = Comparison()
    for partition in range(partitions):
        expected = judged_once(kafka, partition, rule_sets_of)
        found.expected += len(expected)
        ids: Counter[str] = Counter()
        for name in (ALERTS, VIOLATIONS):
            for message in messages(kafka, name, partition):
                data = data_of(message)
                number = header(message, CE_ID).decode()
                if is_of_the_moment(data) or is_of_the_moment(json.loads(expected.get(number, b"{}"))):
                    expected.pop(number, None)
                    continue
                ids[number] += 1
                if number not in expected and data.get("transition") == "monitoring_lost":
                    # Found by a timer while samples were on their way to us; the samples show no gap.
                    found.momentary += 1
                elif number not in expected:
                    found.unexpected.append(f"{partition}/{message.offset()} {data}")
                elif as_bytes(message) != expected[number] and ids[number] == 1:
                    found.different.append(f"{as_bytes(message)!r} for {expected[number]!r}")
        missing = [expected[number] for number in expected.keys() - ids.keys()]
        found.missing += [data.decode() for data in missing if not is_of_the_moment(json.loads(data))]
        found.doubled += [number for number, count in ids.items() if count > 1]
    return found


def is_of_the_moment(data: Mapping[str, Any]) -> bool:
    """Say whether it tells of when samples came, or that none did, and not of what they say."""
    never = data.get("transition") == "monitoring_lost" and data.get("value") is None
    return never or data.get("cause") == "transport"


def data_of(message: Message) -> dict[str, Any]:
    """Return the data of the event in a message."""
    data: dict[str, Any] = json.loads(message.value() or b"")["data"]
    return data


def as_bytes(message: Message) -> bytes:
    """Return data as a line of a dry run's file has it, cut from the message as it stands, not written anew."""
    found = _DATA.search(message.value() or b"")
    assert found is not None, f"data ends with the times of a live run: {message.value()!r}"
    return found[1] + b"}"
