"""A process that hears alerts as a screen would, and keeps when each came."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from types import FrameType

import msgspec
from confluent_kafka import Consumer, TopicPartition

from benchmarks.kafka.orders import write_whole
from benchmarks.kafka.topics import Enveloped


class Hearing(msgspec.Struct, frozen=True):
    """What is to be heard, until SIGTERM."""

    bootstrap: str
    topic: str
    partitions: int
    folder: str


class Heard(msgspec.Struct, frozen=True):
    """A red alert that was raised, and when it came [ns, the machine's monotonic clock]."""

    well_id: str
    at: int


def hear(orders: Hearing) -> list[Heard]:
    """Return what came until SIGTERM."""
    is_over = False

    def end(_number: int, _frame: FrameType | None) -> None:
        nonlocal is_over
        is_over = True

    signal.signal(signal.SIGTERM, end)
    consumer = Consumer(
        {
            "bootstrap.servers": orders.bootstrap,
            "group.id": "bench-hearing",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": 100,
        }
    )
    consumer.assign([TopicPartition(orders.topic, partition, 0) for partition in range(orders.partitions)])
    write_whole(Path(orders.folder, "hearing"), b"")
    came: list[tuple[int, bytes]] = []
    while not is_over:
        message = consumer.poll(0.1)
        if message is not None and message.error() is None:
            came.append((time.monotonic_ns(), message.value() or b""))
    consumer.close()
    decode = msgspec.json.Decoder(Enveloped).decode
    told = [(at, decode(value).data) for at, value in came]
    return [Heard(data.well_id, at) for at, data in told if data.transition in ("raised", "escalated")]


def main() -> None:
    """Follow the orders of the command line and leave what was heard in the folder."""
    orders = msgspec.json.decode(sys.argv[1], type=Hearing)
    write_whole(Path(orders.folder, "heard"), msgspec.json.encode(hear(orders)))


if __name__ == "__main__":
    main()
