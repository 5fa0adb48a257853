"""Timers of a live shard: silence is told while it lasts, not when the next sample comes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition
from bytewax.testing import run_main

from connectors.delivery import DeadLetter, Delivery
from connectors.replay.sink import CallSink
from flows.constraints import ConstraintsFlow, get_flow
from flows.placement import part_name, shard_key
from flows.summary import Summary
from rules.conditions import Conditions
from rules.rule_set import Constraint, RuleSet, Tag
from schemas.alert import Alert
from schemas.times import format_time
from schemas.violation import Violation
from tests.kernel import Kernel
from tests.oracle import Row

PUMP = RuleSet("W-1", 1, (Tag("pump_rate", "spm"),), (Constraint("pump-rate", "pump_rate", "spm", high=120.0),))
PATIENCE = timedelta(seconds=120)


class OneSampleThenSilence(FixedPartitionedSource[tuple[str, Delivery], None]):
    """Delivers one sample that arrived `ago`, then nothing until `enough` says so or patience ends."""

    def __init__(self, ago: timedelta, caught_up: bool, enough: Callable[[], bool]) -> None:
        self.ago, self.caught_up, self.enough = ago, caught_up, enough

    def list_parts(self) -> list[str]:
        return [part_name(0)]

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> Silence:
        return Silence(self)


class Silence(StatefulSourcePartition[tuple[str, Delivery], None]):
    def __init__(self, source: OneSampleThenSilence) -> None:
        self.source = source
        self.sent = 0
        self.until = datetime.now(UTC) + PATIENCE

    def next_batch(self) -> list[tuple[str, Delivery]]:
        if self.sent == 0:
            self.sent = 1
            arrived = round((datetime.now(UTC) - self.source.ago).timestamp() * 1e6)
            scan = {"well_id": "W-1", "time": format_time(arrived), "values": {"pump_rate": 100.0}}
            message = json.dumps(scan).encode()
            arrivals = np.array([arrived], np.int64)
            return [(shard_key(0), Delivery(0, "json", [message], arrivals, 0, 1, caught_up=self.source.caught_up))]
        if self.source.enough() or datetime.now(UTC) > self.until:
            raise StopIteration
        return []

    def snapshot(self) -> None:
        return None


def now() -> datetime:
    return datetime.now(UTC)


def alerts_of(
    ago: timedelta, caught_up: bool, enough: Callable[[list[Alert]], bool], clock: Callable[[], datetime] = now
) -> list[Alert]:
    told: list[Alert] = []
    nowhere: list[Violation | DeadLetter | Summary] = []
    run_main(
        get_flow(
            ConstraintsFlow(
                OneSampleThenSilence(ago, caught_up, lambda: enough(told)),
                CallSink(told.append),
                CallSink(nowhere.append),
                CallSink(nowhere.append),
                CallSink(nowhere.append),
                conditions_of=lambda _shard, _versions: Conditions([PUMP]),
                clock=clock,
            )
        )
    )
    return told


def test_that_a_timer_tells_of_silence_without_another_sample() -> None:
    (lost,) = alerts_of(timedelta(seconds=20), caught_up=True, enough=bool)
    assert (lost.transition, lost.level, lost.view, lost.cause) == ("monitoring_lost", "normal", "stale", None)
    assert lost.value == 100.0


def test_that_a_tag_that_never_came_is_told_of_once_and_its_first_sample_restores_nothing() -> None:
    kernel = Kernel([PUMP])
    second, began = 1_000_000, 1_767_225_600_000_000
    kernel.lapse(began + 5 * second, activated=began)
    assert kernel.alerts == []
    kernel.lapse(began + 5 * second + 1, activated=began)
    kernel.restart()
    kernel.lapse(began + 60 * second, activated=began + 30 * second)
    (lost,) = kernel.alerts
    assert (lost["transition"], lost["time"]) == ("monitoring_lost", began + 5 * second)
    assert (lost["value"], lost["percent_of_limit"], lost["view"]) == (None, None, "stale")
    kernel.feed(
        [Row("W-1", "pump_rate", began + 70 * second, 100.0), Row("W-1", "pump_rate", began + 71 * second, 120.0)]
    )
    assert [alert["transition"] for alert in kernel.alerts] == ["monitoring_lost", "raised"]


def test_that_timers_rest_until_the_shard_has_caught_up() -> None:
    # What looks like silence may lie unread in the topic.
    began = now()
    told = alerts_of(timedelta(seconds=20), caught_up=False, enough=lambda _: now() - began > timedelta(seconds=2))
    assert told == []


def test_that_a_tag_that_is_seen_is_not_lost() -> None:
    began, looked = now(), list[datetime]()

    def clock() -> datetime:
        # However slow this machine is, the tag has not been silent for too long.
        looked.append(min(now(), began + timedelta(seconds=4)))
        return looked[-1]

    told = alerts_of(timedelta(0), caught_up=True, enough=lambda _: len(looked) > 5, clock=clock)
    assert told == []
