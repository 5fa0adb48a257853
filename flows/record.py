"""The record flow: alerts and violations, with the samples around them, into the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bytewax.operators as op
from bytewax.dataflow import Dataflow
from bytewax.inputs import Source
from bytewax.outputs import Sink

from connectors.recorded import Captured, Item, Message, Rewound


@dataclass(frozen=True)
class RecordFlow:
    """What the flow is wired to.

    events: the topics of alerts and violations. captures: the samples around violations that were recorded before.
    records: the one sink, because there is one chain; a batch is taken whole or not at all.
    """

    events: Source[Message | Rewound]
    captures: Source[Captured]
    records: Sink[Item]


def get_flow(settings: RecordFlow) -> Dataflow:
    """Return the dataflow. It keeps no state: how far it is stands in the database, with what was recorded."""
    flow = Dataflow("record")
    events: Any = op.input("events", flow, settings.events)
    captures: Any = op.input("captures", flow, settings.captures)
    op.output("records", op.merge("all", events, captures), settings.records)
    return flow
