"""`welltegra flow record`, wired: runs until it is stopped."""

from __future__ import annotations

import logging
from threading import Event

from connectors.kafka.captures import CaptureSource
from connectors.kafka.config import Kafka
from connectors.kafka.events import EventSource
from connectors.postgres.config import Postgres
from connectors.postgres.sink import Recorder, RecordSink
from connectors.record_observer import NOBODY, RecordObserver
from flows.record import RecordFlow, get_flow
from welltegra.running import run, stopping

# By then the 60 s after a violation are over, and have come.
SETTLE_S = 65.0
log = logging.getLogger(__name__)


def record(kafka: Kafka, postgres: Postgres, settle_s: float = SETTLE_S, observer: RecordObserver = NOBODY) -> None:
    """Record alerts and violations until SIGTERM, SIGINT or SIGHUP; whatever is away meanwhile is waited for.

    settle_s: how long after a violation's message was recorded its samples are captured.

    Raises:
        ConnectorError: A topic or the database is not as it must be.
    """
    stop = Event()
    # A wait for the database holds up the thread that would look what has come. The source is asked by a lambda as it
    # is made after the recorder.
    recorder = Recorder(postgres, stop, settle_s, observer, meanwhile=lambda: events.tell_behind())  # noqa: PLW0108
    events = EventSource(kafka, recorder.offsets, stop, observer)
    flow = get_flow(
        RecordFlow(
            events=events,
            captures=CaptureSource(kafka, recorder.due, stop),
            records=RecordSink(recorder),
        )
    )
    with stopping(stop):
        log.info("record_started database=%r", postgres.where)
        try:
            run(flow)
        except KeyboardInterrupt:
            # So it ends where it waits for something that is away.
            if not stop.is_set():
                raise
        finally:
            recorder.close()
        log.info("record_stopped")
