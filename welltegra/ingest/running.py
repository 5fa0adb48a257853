"""`welltegra flow ingest`, wired: runs until it is stopped."""

from __future__ import annotations

import logging
from threading import Event

from connectors.kafka.config import Kafka
from connectors.kafka.scan_sink import LAST_WORDS_S, ScanSink
from connectors.opcua.config import OpcUa
from connectors.opcua.observer import NOBODY, IngestObserver
from connectors.opcua.source import ScanSource
from flows.ingest import IngestFlow, get_flow
from welltegra.describe.wording import counted
from welltegra.errors import WelltegraError
from welltegra.running import run, stopping

log = logging.getLogger(__name__)


class NotAllDelivered(WelltegraError):
    """The run was stopped while Kafka did not take what had been read."""

    def __init__(self, kafka: Kafka, scans: int) -> None:
        self.scans = scans
        servers = kafka.properties.get("bootstrap.servers", "")
        super().__init__(
            f"Kafka at {servers}: must take what was read within {LAST_WORDS_S:g} s of a stop; {counted(scans, 'scan')}"
            " were not taken, and are lost here. The server's history may have them."
        )


def ingest(kafka: Kafka, opcua: OpcUa, observer: IngestObserver = NOBODY) -> None:
    """Send what the server says to Kafka until SIGTERM, SIGINT or SIGHUP; whichever is away meanwhile is waited for.

    Raises:
        Refused: The server would not take us at the first start.
        TopicMissing, KafkaFailed: The topic is not as it must be.
        NotAllDelivered: At the stop Kafka was away.
    """
    stop = Event()
    source, sink = ScanSource(opcua, stop, observer), ScanSink(kafka, stop, observer)
    with stopping(stop):
        log.info("ingest_started endpoint=%s tags=%d", opcua.endpoint, len(opcua.tags.tags))
        # Before the flow: it is built only when the brokers answer, and until then the newest is kept.
        source.open()
        try:
            run(get_flow(IngestFlow(source, sink)))
        finally:
            source.close()
    log.info("ingest_stopped lost=%d", sink.lost)
    if sink.lost:
        raise NotAllDelivered(kafka, sink.lost)
