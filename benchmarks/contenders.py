"""Each contender on the same messages: the time it takes, and the changes of level it finds."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from typing import Literal, NamedTuple

from bytewax.dataflow import Dataflow
from bytewax.testing import run_main

from benchmarks.in_memory import (
    Collected,
    CollectedRecords,
    DeliverySource,
    MessageSource,
    Stopwatch,
    deliveries,
)
from benchmarks.judging import Event
from benchmarks.peers import limits_of, stock_flow, windows_flow
from benchmarks.workload import Batch, Field, Kind, batches
from connectors.delivery import DeadLetter, Delivery
from flows.constraints import ConstraintsFlow, get_flow
from flows.decode import Decoder
from flows.shard import ConditionsOf
from flows.summary import Summary
from rules.conditions import Conditions, Records, transitions
from rules.memory import CLOCK_RESET, TRANSITIONS
from schemas.alert import Alert
from schemas.times import to_datetime
from schemas.violation import Violation

Contender = Literal["bound", "flow", "stock", "windows"]
CONTENDERS: dict[Contender, str] = {
    "bound": "no engine",
    "flow": "this flow",
    "stock": "stateful_map",
    "windows": "windows",
}

# What suits the peers best of 10, 100, 1,000 and 10,000.
PEER_MESSAGES_A_POLL = 100


class Run(NamedTuple):
    """What came of one run."""

    samples: int
    seconds: float
    events: frozenset[Event]

    @property
    def rate(self) -> float:
        """Return millions of samples a second."""
        return self.samples / self.seconds / 1e6


def run(contender: Contender, field: Field, kind: Kind, stream: Sequence[Batch]) -> Run:
    """Return what came of a contender on the `stream` of a field, timed from the first to the end of the last."""
    gc.collect()
    seconds, events = _RUN[contender](field, kind, stream)
    kept = frozenset(events)
    assert len(kept) == len(events), f"{contender} told an event twice"
    return Run(sum(batch.samples for batch in stream), seconds, kept)


def warm_up(kind: Kind) -> None:
    """Load the kernel and all else that the first samples of a process bring in."""
    field = Field(0, 10, 0.0)
    run("bound", field, kind, batches(field, kind, 5))


Timed = tuple[float, list[Event]]


def _bound(field: Field, kind: Kind, stream: Sequence[Batch]) -> Timed:
    conditions = Conditions(field.rule_sets())
    items = deliveries(kind, stream)
    started = time.monotonic()
    found = judge_all(conditions, Decoder(conditions.tags, conditions.unit), items)
    return time.monotonic() - started, events_of_transitions(conditions, found)


def judge_all(conditions: Conditions, decoder: Decoder, items: Iterable[Delivery]) -> list[Records]:
    """Return the transitions in `items`: what the flow does but for Bytewax around it and words after it."""
    found = []
    for item in items:
        for samples, dead in decoder.decode(item):
            assert not dead, f"the workload is clean; was {dead[0]}"
            found += [rows.copy() for rows in conditions.judge(*samples[:5])]
    return found


def events_of_transitions(conditions: Conditions, found: Iterable[Records]) -> list[Event]:
    rows = chain.from_iterable(map(transitions, found))
    return [
        Event(conditions[row.slot].well_id, conditions[row.slot].tag.name, TRANSITIONS[row.code], to_datetime(row.time))
        for row in rows
        if row.code <= CLOCK_RESET
    ]


def _flow(field: Field, kind: Kind, stream: Sequence[Batch]) -> Timed:
    stopwatch = Stopwatch([0])
    source = DeliverySource({0: deliveries(kind, stream)}, stopwatch)
    alerts = CollectedRecords[Alert](stopwatch)
    flow = constraints(source, alerts, lambda _shard, _versions: Conditions(field.rule_sets()))
    run_main(flow)
    return time.monotonic() - stopwatch.started, events_of_alerts(alerts.items)


def constraints(source: DeliverySource, alerts: CollectedRecords[Alert], conditions_of: ConditionsOf) -> Dataflow:
    """Return this flow between a source and sinks of memory."""
    return get_flow(
        ConstraintsFlow(
            source,
            alerts,
            CollectedRecords[Violation](),
            CollectedRecords[DeadLetter](),
            CollectedRecords[Summary](),
            conditions_of,
        )
    )


def events_of_alerts(alerts: Iterable[Alert]) -> list[Event]:
    return [Event(alert.well_id, alert.tag, alert.transition, alert.time) for alert in alerts]


def _peer(
    make: Callable[..., Dataflow], messages_a_poll: int, field: Field, kind: Kind, stream: Sequence[Batch]
) -> Timed:
    messages = list(chain.from_iterable(batch.messages for batch in stream))
    polls = [messages[at : at + messages_a_poll] for at in range(0, len(messages), messages_a_poll)]
    source, sink = MessageSource(polls), Collected[Event]()
    flow = make(source, kind, limits_of(field.rule_sets()), sink)
    run_main(flow)
    return time.monotonic() - source.started, sink.items


_RUN: dict[Contender, Callable[[Field, Kind, Sequence[Batch]], Timed]] = {
    "bound": _bound,
    "flow": _flow,
    "stock": partial(_peer, stock_flow, PEER_MESSAGES_A_POLL),
    "windows": partial(_peer, windows_flow, PEER_MESSAGES_A_POLL),
}
