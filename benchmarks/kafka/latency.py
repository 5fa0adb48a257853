"""How long an alert takes: from just before a breaching sample is handed to a producer to a consumer of the alerts."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from benchmarks.kafka.children import Child, Meter, resident_mb, stop_all
from benchmarks.kafka.hearing import Heard, Hearing
from benchmarks.kafka.orders import Orders
from benchmarks.kafka.sending import Sending, Sent
from benchmarks.kafka.topics import Topics
from benchmarks.processes import free_ports
from benchmarks.workload import TAGS, Field
from rules.rule_set import RuleSet
from schemas.topics import ALERTS, DEAD_LETTERS, SAMPLES

Tell = Callable[[str], None]
PARTITIONS = 4
_BREACHES_A_SECOND = 50
# A field of this size starts for longer than a tag of 1 s may be silent, and then says so of each condition. We ask how
# long an alert takes while samples come: so the rules allow for silence.
_PERIOD_S = 60.0
# By then the last alerts have come, if they come at all.
_TAIL_S = 5.0


class Trial(msgspec.Struct, frozen=True):
    """What is tried: tags, how often the state is saved [s], and for how long."""

    tags: int
    snapshot_s: int
    warm_up_s: int
    seconds: int


FULL = (Trial(50_000, 1, 15, 60), Trial(500_000, 5, 15, 60), Trial(500_000, 10, 15, 60))
QUICK = (Trial(5000, 1, 3, 5),)


class Latency(msgspec.Struct, frozen=True):
    """What came of a trial.

    sent_of_due: part of the samples that were due in the time and were sent in it. late_s: the most that a scan was
    sent behind its time. p50_ms to worst_ms: over `alerts`, None if none came;
    lost: breaches whose alert had not come when all was over. rss_mb: of the flow, over
    the time measured. cores: how many each part was busy on. ready_s: how long the flow took to start.
    """

    trial: Trial
    samples_a_second: float
    sent_of_due: float
    late_s: float
    alerts: int
    lost: int
    dead_letters: int
    p50_ms: float | None
    p99_ms: float | None
    worst_ms: float | None
    rss_start_mb: float
    rss_end_mb: float
    rss_most_mb: float
    cores: dict[str, float]
    ready_s: float


def measure(bootstrap: str, broker_pid: int, trial: Trial, tell: Tell) -> Latency:
    """Return what came of a trial."""
    wells = trial.tags // TAGS
    what = f"{trial.tags:,} tags at 1 Hz, a snapshot each {trial.snapshot_s} s"
    tell(f"{what}: the rules of {wells:,} wells")
    topics = Topics(bootstrap, f"bench-latency-{trial.tags}-{trial.snapshot_s}.", PARTITIONS)
    topics.create(_rule_sets(wells))
    kafka = topics.kafka
    with tempfile.TemporaryDirectory(prefix="bench-latency-") as name, ExitStack() as stack:
        folder = Path(name)
        port = free_ports(1)[0]
        orders = Orders(
            bootstrap,
            kafka.prefix,
            kafka.topic(SAMPLES),
            kafka.topic(ALERTS),
            "scans",
            PARTITIONS,
            0,
            (0,),
            name,
            snapshot_s=trial.snapshot_s,
            metrics_port=port,
        )
        tell(f"{what}: starting")
        began = time.monotonic()
        flow = stack.enter_context(Child("flow", orders, folder / "log-flow"))
        hearing = Hearing(bootstrap, kafka.topic(ALERTS), PARTITIONS, name)
        ears = stack.enter_context(Child("hearing", hearing, folder / "log-hearing"))
        ears.wait_for(folder / "hearing")
        flow.wait_for(orders.path("judging"))
        ready_s = time.monotonic() - began
        breaches = min(_BREACHES_A_SECOND, wells // (trial.warm_up_s + trial.seconds))
        sending = Sending(
            bootstrap, kafka.topic(SAMPLES), PARTITIONS, wells, trial.warm_up_s, trial.seconds, breaches, name
        )
        tell(f"{what}: {trial.seconds} s")
        sender = stack.enter_context(Child("sending", sending, folder / "log-sending"))
        meter = Meter({"flow": [flow.pid], "broker": [broker_pid], "producer": [sender.pid], "consumer": [ears.pid]})
        sizes = list(_sizes(flow, sender, folder / "sent", meter, trial.warm_up_s))
        sender.join()
        time.sleep(_TAIL_S)
        stop_all([ears])
        ears.wait_for(folder / "heard")
        stop_all([flow])
        sent = msgspec.json.decode((folder / "sent").read_bytes(), type=Sent)
        heard = msgspec.json.decode((folder / "heard").read_bytes(), type=list[Heard])
    return _latency(trial, sent, heard, sizes, meter, topics.count(DEAD_LETTERS), ready_s)


def _sizes(flow: Child, sender: Child, until: Path, meter: Meter, warm_up_s: float) -> Iterator[float]:
    """Yield the flow's resident memory once a second while it is measured [MB]."""
    began = time.monotonic()
    while not until.exists():
        flow.has_ended()
        sender.has_ended()
        if time.monotonic() - began > warm_up_s:
            meter.read()
            yield resident_mb(flow.pid)
        time.sleep(1.0)


def _rule_sets(wells: int) -> Iterator[RuleSet]:
    # One at a time: of a large field they are many.
    for well in range(wells):
        (own,) = Field(well, 1, 0.0).rule_sets()
        yield replace(own, tags=tuple(replace(tag, period_s=_PERIOD_S) for tag in own.tags))


def _latency(
    trial: Trial, sent: Sent, heard: list[Heard], sizes: list[float], meter: Meter, dead_letters: int, ready_s: float
) -> Latency:
    came: dict[str, int] = {}
    for one in heard:
        came.setdefault(one.well_id, one.at)
    took_ms = np.array([(came[well_id] - at) / 1e6 for well_id, at in sent.breaches.items() if well_id in came])
    p50_ms, p99_ms, worst_ms = np.percentile(took_ms, (50, 99, 100)).tolist() if len(took_ms) else 3 * (None,)
    seconds = (sent.ended - sent.began) / 1e9
    samples_a_second = sent.scans * TAGS / seconds
    sizes = sizes or [0.0]
    return Latency(
        trial,
        samples_a_second,
        samples_a_second / trial.tags,
        sent.late_s,
        len(set(came) & set(sent.breaches)),
        len(set(sent.breaches) - set(came)),
        dead_letters,
        p50_ms,
        p99_ms,
        worst_ms,
        sizes[0],
        sizes[-1],
        max(sizes),
        {part: meter.cores(part) for part in ("flow", "broker", "producer", "consumer")},
        ready_s,
    )
