"""A watch on the cluster and the programs that the settings name."""

from __future__ import annotations

import time

from rich.console import Console

from connectors.kafka.rules import look_into_rules
from connectors.kafka.tail import Tail
from welltegra.errors import WelltegraError
from welltegra.kafka_settings import kafka_of
from welltegra.settings.model import Settings
from welltegra.watch.board import Board
from welltegra.watch.feed import TOPICS
from welltegra.watch.parts import Parts, Place
from welltegra.watch.screen import Notes, Stop, Watch


class NothingToWatch(WelltegraError):
    """No rules are active."""


def show(
    settings: Settings,
    out: Console,
    *,
    seconds: float | None = None,
    notes: Notes = list,
    stop: Stop = lambda: False,
    once: bool = False,
) -> None:
    """Show it until `stop` says so, or for so many seconds; or once, as it stands now.

    Raises:
        OutOfReach, TopicMissing, KafkaFailed: The brokers do not serve it.
        NothingToWatch: No rules are active.
        FileFaults: A version of rules is not whole.
    """
    kafka = kafka_of(settings)
    book, _ = look_into_rules(kafka)
    rule_sets = sorted(book.rule_sets_of(0, 1, None), key=lambda rules: rules.well_id)
    if not rule_sets:
        raise NothingToWatch(
            f"{kafka.topic('well.rules.v1')}: must hold the rules of a well; holds none. Activate some:"
            " welltegra rules activate FILE."
        )
    until = None if seconds is None else time.monotonic() + seconds
    watch = Watch(Board(rule_sets), Tail(kafka, TOPICS), Parts(places(settings)), notes)
    if once:
        watch.once(out)
        return
    watch.show(out, lambda: stop() or (until is not None and time.monotonic() >= until))


def places(settings: Settings) -> dict[str, Place]:
    """Return where each program of this machine serves its health, if it does."""
    metrics = settings.metrics
    ports = {"ingest": metrics.ingest_port, "constraints": metrics.port, "record": metrics.record_port}
    return {name: Place(metrics.host, port) for name, port in ports.items() if port}
