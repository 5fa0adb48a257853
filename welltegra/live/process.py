"""One process of the constraints flow: it makes itself ready, waits for its lock, and judges until it is stopped."""

from __future__ import annotations

import gc
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any, Final

import numpy as np
from bytewax.dataflow import Dataflow

from connectors.delivery import Delivery
from connectors.errors import ConnectorError
from connectors.kafka.cluster import find_topic, wait_for_topic
from connectors.kafka.config import Kafka
from connectors.kafka.messages import Events
from connectors.kafka.partition import partition_of
from connectors.kafka.sink import FenceSink, Output
from connectors.kafka.source import SamplesSource
from connectors.replay.sink import CallSink
from flows.constraints import ConstraintsFlow, get_flow
from flows.placement import part_name, shard_key
from flows.shard import Shard
from flows.summary import Status
from rules.conditions import Conditions
from rules.rule_set import Constraint, RuleSet, Tag
from schemas.topics import ALERTS, DEAD_LETTERS, SAMPLES, VIOLATIONS
from welltegra.kafka_settings import kafka_of
from welltegra.live.job import Job
from welltegra.live.lock import ProcessLock
from welltegra.live.prepared import Prepared
from welltegra.live.recovery import config, recovery_of
from welltegra.live.watcher import NOBODY, Watcher
from welltegra.running import run

log = logging.getLogger(__name__)

# How long a stop may take: the last snapshot needs the brokers, and they may be gone.
GRACE_S: Final = 15.0
TOO_LATE: Final = 75  # as sysexits.h: try again
_ASK_S: Final = 3.0

Tell = Callable[[str], None]


def run_process(job: Job, tell: Tell, place_of_state: Callable[[], Path], watcher: Watcher = NOBODY) -> None:
    """Be a process of the flow until SIGTERM or SIGINT.

    tell: hears "ready" when nothing but the lock is missing, "active" once it has the lock, "joining" when the others
    may connect to it, "running" when the samples are read. place_of_state: asked once it is active.

    Raises:
        ConnectorError: With what is wrong with the settings, the brokers, the topics, the rules or the folder.
    """
    warm_up()
    # Messages come and go by the ten thousand and hold no cycles: at Python's own pace, looking for some took 40 % of
    # the time.
    gc.set_threshold(200_000, 20, 20)
    gc.freeze()
    stop = _stop_on_signals()
    settings = job.settings
    recovery = recovery_of(settings)
    kafka = kafka_of(settings)
    # A producer's first message waits for the broker to give it a number: a spare has its own by the time it is needed.
    output = Output(kafka, watcher)
    output.open()
    prepared = Prepared(kafka, recovery.first_versions, watcher)
    if partitions := partitions_if_known(kafka):
        prepared.prepare(partitions, range(job.number, partitions, job.processes))
        gc.freeze()
    lock = ProcessLock(settings.constraints.recovery, job.number)
    tell("ready")
    lock.take(job.processes, lambda who: log.info("waits_for_lock number=%d held_by=%s", job.number, who))
    if stop.is_set():
        return
    tell("active")
    watcher.begun()
    # The supervisor has seen it before the first start; at a later one the brokers may be gone.
    found = wait_for_topic(kafka, SAMPLES, watcher, stop.is_set)
    if found is None:
        return
    partitions = found.partitions
    recovery.check(kafka.topic(SAMPLES), found.id, partitions, job.processes)
    state = place_of_state()
    watcher.state(recovery.is_on_disk(state))
    missing = {shard for shard in range(partitions) if shard % job.processes == job.number}
    watcher.expects(missing)

    def on_built(shard: int) -> None:
        missing.discard(shard)
        if not missing:
            tell("running")

    flow = wire(job, kafka, output, prepared, partitions, stop.is_set, on_built, watcher)
    if not missing:
        tell("running")
    _wait_for_listeners(job.addresses[: job.number])
    tell("joining")
    run(
        flow,
        process_id=job.number if job.addresses else None,
        addresses=list(job.addresses) or None,
        epoch_interval=timedelta(seconds=settings.constraints.snapshot_interval_s),
        recovery_config=config(state),
    )
    log.info("stopped number=%d", job.number)


def wire(
    job: Job,
    kafka: Kafka,
    output: Output,
    prepared: Prepared,
    partitions: int,
    stop: Callable[[], bool],
    on_built: Callable[[int], None],
    watcher: Watcher,
) -> Dataflow:
    """Return the flow between the topics of the cluster."""
    prepared.open(partitions)
    parts = [part_name(shard) for shard in range(partitions)]
    events = Events(job.settings.site.name)

    def sink(topic: str) -> FenceSink:
        return FenceSink(output, kafka, kafka.topic(topic), events, parts, shard_of, watcher)

    return get_flow(
        ConstraintsFlow(
            source=SamplesSource(
                kafka, {part: at for at, part in enumerate(parts)}, shard_key, stop, on_built, watcher
            ),
            alerts=sink(ALERTS),
            violations=sink(VIOLATIONS),
            dead_letters=sink(DEAD_LETTERS),
            summaries=CallSink[Status](_settling(watcher)),
            conditions_of=prepared.conditions_of,
            clock=lambda: datetime.now(UTC),
            home_of=lambda well_id: partition_of(well_id, partitions),
            conditions_shown=job.settings.metrics.conditions // -(-partitions // job.processes),
        )
    )


def _settling(watcher: Watcher) -> Callable[[Status], None]:
    """Return what passes a status on, and leaves what a shard has built out of all collections to come."""
    built: set[int] = set()

    def on_status(status: Status) -> None:
        if status.shard not in built:
            built.add(status.shard)
            gc.freeze()
        watcher.status(status)

    return on_status


def partitions_if_known(kafka: Kafka) -> int:
    """Return how many partitions samples have; 0 where the brokers do not say so now."""
    try:
        return find_topic(kafka, SAMPLES, _ASK_S).partitions
    except ConnectorError:
        return 0


def shard_of(key: str) -> int:
    """Return the shard that `key` was made for."""
    return int(key.partition(".")[0])


def warm_up() -> None:
    """Load the compiled kernel and all that judging needs, so that a start need not wait for it."""
    rules = RuleSet("warm-up", 1, (Tag("a", "spm"),), (Constraint("a", "a", "spm", high=1.0),))
    shard = Shard(None, lambda _shard, _versions: Conditions([rules]), False, lambda: datetime.now(UTC))
    scan = b'{"well_id":"warm-up","time":"2026-01-01T00:00:00Z","values":{"a":2}}'
    list(shard.on_batch([Delivery(0, "json", [scan], np.array([1], np.int64), 0, 1, "warm-up/0", True, True)])[0])
    shard.on_notify()
    shard.snapshot()


def _stop_on_signals() -> threading.Event:
    """Return what is set at the first SIGTERM or SIGINT; a stop that takes too long ends the process all the same."""
    stop = threading.Event()

    def give_up() -> None:
        log.error("stop_too_slow seconds=%g: ended without a last snapshot; nothing is lost", GRACE_S)
        os._exit(TOO_LATE)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if not stop.is_set():
            stop.set()
            timer = threading.Timer(GRACE_S, give_up)
            timer.daemon = True
            timer.start()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, on_signal)
    return stop


def _wait_for_listeners(addresses: Any) -> None:
    """Wait until the processes of this machine that we connect to listen: the engine tries once a second only.

    Its ports cannot be tried out: whatever connects counts as a process of the cluster.
    """
    table = Path("/proc/net/tcp")
    ports = {int(address.rpartition(":")[2]) for address in addresses if address.startswith("127.")}
    deadline = time.monotonic() + 5.0
    while ports and table.exists() and time.monotonic() < deadline:
        rows = [line.split() for line in table.read_text(encoding="ascii").splitlines()[1:]]
        if ports <= {int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == "0A"}:
            return
        time.sleep(0.005)
