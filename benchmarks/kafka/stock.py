"""Bytewax with the Kafka connectors that it comes with and a state a key: benchmarks.peers.stock_flow, recovery on."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import msgspec
from bytewax.connectors.kafka import KafkaSink, KafkaSinkMessage, KafkaSource
from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.recovery import RecoveryConfig, init_db_dir
from bytewax.testing import cluster_main, run_main

from benchmarks.judging import Event
from benchmarks.kafka.limits import read_limits
from benchmarks.kafka.orders import Clock, Orders, orders_given
from benchmarks.peers import stock_flow
from benchmarks.workload import Kind

# What suits it best of 100, 1,000 and 10,000.
MESSAGES_A_POLL = 100
# Its own default: it saves its state a tenth as often as we do.
EPOCH = timedelta(seconds=10)


class Values(FixedPartitionedSource[bytes, int | None]):
    """The stock source, of values alone, with a clock that sees what is taken."""

    def __init__(self, orders: Orders) -> None:
        self._source = KafkaSource([orders.bootstrap], [orders.samples], tail=False, batch_size=MESSAGES_A_POLL)
        self._clock = Clock(orders)

    def list_parts(self) -> list[str]:
        return list(self._source.list_parts())

    def build_part(self, step_id: str, for_part: str, resume_state: int | None) -> ValuesPart:
        return ValuesPart(self._source.build_part(step_id, for_part, resume_state), self._clock)


class ValuesPart(StatefulSourcePartition[bytes, int | None]):
    """See Values."""

    def __init__(self, part: StatefulSourcePartition[Any, int | None], clock: Clock) -> None:
        self._part, self._clock = part, clock

    def next_batch(self) -> list[bytes]:
        messages = list(self._part.next_batch())
        if messages:
            self._clock.take(len(messages))
        return [message.value for message in messages]

    def snapshot(self) -> int | None:
        return self._part.snapshot()

    def close(self) -> None:
        self._part.close()


class Events(DynamicSink[Event]):
    """The stock sink, of events as JSON."""

    def __init__(self, orders: Orders) -> None:
        self._sink = KafkaSink([orders.bootstrap], orders.alerts)

    def build(self, step_id: str, worker_index: int, worker_count: int) -> EventsPart:
        return EventsPart(self._sink.build(step_id, worker_index, worker_count))


class EventsPart(StatelessSinkPartition[Event]):
    """See Events."""

    def __init__(self, part: StatelessSinkPartition[Any]) -> None:
        self._part = part

    def write_batch(self, items: list[Event]) -> None:
        self._part.write_batch(
            [KafkaSinkMessage(event.well_id.encode(), msgspec.json.encode(event._asdict())) for event in items]
        )

    def close(self) -> None:
        self._part.close()


def main() -> None:
    """Run to the end of the topic."""
    orders = orders_given()
    folder = Path(orders.folder)
    state = folder / "recovery"
    if orders.number == 0:
        state.mkdir()
        init_db_dir(state, orders.processes)
        orders.say("state")
    while not (folder / "state-0").exists():
        time.sleep(0.01)
    flow = stock_flow(Values(orders), cast("Kind", orders.kind), read_limits(folder.parent), Events(orders))
    recovery = RecoveryConfig(str(state), timedelta(0))
    if orders.addresses:
        cluster_main(flow, orders.addresses, orders.number, epoch_interval=EPOCH, recovery_config=recovery)
    else:
        run_main(flow, epoch_interval=EPOCH, recovery_config=recovery)
    orders.say("last")


if __name__ == "__main__":
    main()
