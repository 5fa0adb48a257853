"""A process that sends scans at 1 Hz, evenly over each second, and keeps when it sent those that breach."""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from confluent_kafka import Producer

from benchmarks.kafka.orders import write_whole
from benchmarks.workload import MEASURED, Field
from connectors.kafka.partition import partition_of

_TURN_S = 0.001


class Sending(msgspec.Struct, frozen=True):
    """What is to be sent. breaches: a second, each of a well that has no other."""

    bootstrap: str
    topic: str
    partitions: int
    wells: int
    warm_up_s: int
    seconds: int
    breaches: int
    folder: str


class Sent(msgspec.Struct, frozen=True):
    """What was sent.

    breaches: well, and when it was handed to the client [ns, the machine's monotonic clock], of the seconds measured.
    began, ended: those seconds themselves. late_s: the most that a scan was behind its time.
    """

    breaches: dict[str, int]
    began: int
    ended: int
    scans: int
    late_s: float


def send(orders: Sending) -> Sent:
    """Send it all."""
    producer = Producer(
        {
            "bootstrap.servers": orders.bootstrap,
            "enable.idempotence": True,
            "linger.ms": 1,
            "compression.type": "lz4",
            "delivery.report.only.error": True,
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    wells = Field(0, orders.wells, 0.0).well_ids()
    keys = [name.encode() for name in wells]
    places = [partition_of(name, orders.partitions) for name in wells]
    # Put together in the loop: it is all that there is time for.
    heads = [_head(name) for name in wells]
    chosen = random.Random(7).sample(range(orders.wells), orders.breaches * (orders.warm_up_s + orders.seconds))
    sent: dict[str, int] = {}
    produce, topic = producer.produce, orders.topic
    start = time.monotonic() + 0.1
    late_s, scans, began = 0.0, 0, 0
    for second in range(orders.warm_up_s + orders.seconds):
        is_measured = second >= orders.warm_up_s
        if second == orders.warm_up_s:
            began = time.monotonic_ns()
        breaching = set(chosen[second * orders.breaches : (second + 1) * orders.breaches])
        tail, at = USUAL[second % len(USUAL)], 0
        while at < orders.wells:
            ahead = start + second + at / orders.wells - time.monotonic()
            if ahead > 0:
                producer.poll(0)
                time.sleep(max(ahead, _TURN_S))
                continue
            if is_measured:
                late_s = max(late_s, -ahead)
            due = min(orders.wells, int((time.monotonic() - start - second) * orders.wells) + 1)
            now = _text(datetime.now(UTC))
            for well in range(at, due):
                if well in breaching:
                    if is_measured:
                        sent[wells[well]] = time.monotonic_ns()
                    produce(topic, heads[well] + now + BREACH, keys[well], places[well])
                else:
                    produce(topic, heads[well] + now + tail, keys[well], places[well])
            if is_measured:
                scans += due - at
            at = due
    ended = time.monotonic_ns()
    while producer.flush(1.0):
        pass
    return Sent(sent, began, ended, scans, late_s)


def usual_scan(well_id: str, time: datetime, second: int) -> str:
    """Return a scan in which all is normal; its values differ from one second to the next."""
    return _head(well_id) + _text(time) + USUAL[second % len(USUAL)]


def breaching_scan(well_id: str, time: datetime) -> str:
    """Return a scan in which the first tag is red."""
    return _head(well_id) + _text(time) + BREACH


def _head(well_id: str) -> str:
    return f'{{"well_id":"{well_id}","time":"'


def _text(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _tail(part: float, first: float | None = None) -> str:
    """Return the rest of a scan whose values are this part of the limits; the first tag's another."""
    parts = [first if first is not None else part] + [part] * (len(MEASURED) - 1)
    values = (f'"{name}":{round(each * limit, 3)}' for each, (name, _, limit) in zip(parts, MEASURED, strict=True))
    return f'","values":{{{",".join(values)}}}}}'


# A well's limits are 0.9 to 1.1 of those in MEASURED.
USUAL = [_tail(0.60 + 0.01 * number) for number in range(4)]
BREACH = _tail(0.60, first=1.3)


def main() -> None:
    """Follow the orders of the command line and leave what was sent in the folder."""
    orders = msgspec.json.decode(sys.argv[1], type=Sending)
    write_whole(Path(orders.folder, "sent"), msgspec.json.encode(send(orders)))


if __name__ == "__main__":
    main()
