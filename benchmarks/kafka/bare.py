"""Consume and decode, and nothing else: what no flow in Python that reads each message can be quicker than."""

from __future__ import annotations

import msgspec
import pyarrow as pa
from confluent_kafka import Consumer, KafkaError, TopicPartition

from benchmarks.kafka.orders import Clock, orders_given
from schemas.scan import ScanStruct


def main() -> None:
    """Read all that this process has of the topic to its end."""
    orders = orders_given()
    decode = _arrow if orders.kind == "arrow" else msgspec.json.Decoder(ScanStruct).decode
    consumer = Consumer(
        {
            "bootstrap.servers": orders.bootstrap,
            "group.id": "bench-bare",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
            # As this flow reads.
            "fetch.wait.max.ms": 5,
            "fetch.queue.backoff.ms": 2,
            "queued.min.messages": 1_000_000,
            "queued.max.messages.kbytes": 65_536,
        }
    )
    left = set(orders.own_partitions)
    consumer.assign([TopicPartition(orders.samples, partition, 0) for partition in left])
    clock = Clock(orders)
    while left:
        for message in consumer.consume(10_000, 0.01):
            error = message.error()
            if error is None:
                if not clock.runs:
                    clock.take(1)
                decode(message.value() or b"")
            elif error.code() == KafkaError._PARTITION_EOF:
                left.discard(message.partition() or 0)
            else:
                raise RuntimeError(f"topic {orders.samples}: must be readable; the client said {error.str()!r}.")
    orders.say("last")
    consumer.close()


def _arrow(message: bytes) -> pa.Table:
    with pa.ipc.open_stream(message) as reader:
        return reader.read_all()


if __name__ == "__main__":
    main()
