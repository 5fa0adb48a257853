"""The constraints flow: samples in; alerts, violations and what could not be read out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bytewax.operators as op
from bytewax.dataflow import Dataflow
from bytewax.inputs import Source
from bytewax.operators import KeyedStream
from bytewax.outputs import Sink

from connectors.delivery import DeadLetter, Delivery, Located, Wake
from flows.shard import Clock, ConditionsOf, HomeOf, Shard, nowhere
from flows.summary import Record, Status, Summary
from schemas.alert import Alert
from schemas.violation import Violation

Keyed = tuple[str, Delivery]


@dataclass(frozen=True)
class ConstraintsFlow:
    """What the flow is wired to.

    source: emits (placement.shard_key(shard), Delivery). The sinks take (key, record) of their kind. The rest: see
    flows.shard.Shard.
    """

    source: Source[Keyed]
    alerts: Sink[tuple[str, Any]]
    violations: Sink[tuple[str, Any]]
    dead_letters: Sink[tuple[str, Any]]
    summaries: Sink[tuple[str, Any]]
    conditions_of: ConditionsOf
    dry_run: bool = False
    clock: Clock | None = None
    home_of: HomeOf = nowhere
    conditions_shown: int = 0


def get_flow(settings: ConstraintsFlow) -> Dataflow:
    """Return the dataflow. Step ids are names under which recovery state stands."""
    flow = Dataflow("constraints")
    deliveries: KeyedStream[Delivery] = op.input("samples", flow, settings.source)
    records = op.stateful_batch(
        "judge",
        deliveries,
        lambda saved: Shard(
            saved,
            settings.conditions_of,
            settings.dry_run,
            settings.clock,
            settings.home_of,
            settings.conditions_shown,
        ),
    )
    op.output("alerts", _only("are-alerts", records, Alert), settings.alerts)
    op.output("violations", _only("are-violations", records, Violation, Located), settings.violations)
    op.output("dead-letters", _only("are-dead-letters", records, DeadLetter), settings.dead_letters)
    op.output("summaries", _only("are-summaries", records, Summary, Status), settings.summaries)
    return flow


def _only(step_id: str, records: KeyedStream[Record], *kinds: type[Record]) -> KeyedStream[Record]:
    # A wake goes to every sink: a part that sleeps through an epoch leaves a dead run's snapshot to be found.
    return op.filter_value(step_id, records, lambda record: isinstance(record, (*kinds, Wake)))
