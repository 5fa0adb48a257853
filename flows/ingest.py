"""The ingest flow: scans of a source onto the samples topic."""

from __future__ import annotations

from dataclasses import dataclass

import bytewax.operators as op
from bytewax.dataflow import Dataflow
from bytewax.inputs import Source
from bytewax.outputs import Sink

from connectors.kafka.scan_sink import ScanMessage


@dataclass(frozen=True)
class IngestFlow:
    """What the flow is wired to."""

    source: Source[ScanMessage]
    scans: Sink[ScanMessage]


def get_flow(settings: IngestFlow) -> Dataflow:
    """Return the dataflow. It keeps no state: what a server sent stands on the topic, or in the server's history."""
    flow = Dataflow("ingest")
    op.output("scans", op.input("source", flow, settings.source), settings.scans)
    return flow
