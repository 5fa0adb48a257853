"""Records of a live shard, for tests of what comes after it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from connectors.delivery import Delivery, Located
from flows.shard import Shard
from flows.summary import Record
from rules.conditions import Conditions
from rules.rule_set import Constraint, RuleSet, Tag
from schemas.alert import Alert
from schemas.times import format_time
from schemas.violation import Violation

WELL = "15/9-F-7 A"
START = 1_767_225_600_000_000
NOW = datetime(2026, 1, 1, 0, 1, tzinfo=UTC)
RULES = RuleSet(
    WELL,
    1,
    (Tag("pump_rate", "spm"),),
    (Constraint("pump-rate", "pump_rate", "spm", high=120.0, off_delay_s=0.0, deadband=0.0),),
)


def scan(value: float, second: int) -> bytes:
    content = {"well_id": WELL, "time": format_time(START + second * 1_000_000), "values": {"pump_rate": value}}
    return json.dumps(content).encode()


def records_of(values: Sequence[float]) -> list[Record]:
    """Return what a shard makes of one pump's readings, one a second."""
    shard = Shard(None, lambda _shard, _versions: Conditions([RULES]), False, lambda: NOW)
    messages = [scan(value, second) for second, value in enumerate(values)]
    arrivals = START + np.arange(len(values), dtype=np.int64) * 1_000_000
    delivery = Delivery(0, "json", messages, arrivals, 0, len(values), "well.samples.v1/0")
    return list(shard.on_batch([delivery])[0])


def alerts_of(values: Sequence[float]) -> list[Alert]:
    return [record for record in records_of(values) if isinstance(record, Alert)]


def violations_of(values: Sequence[float]) -> list[Violation]:
    return [record.violation for record in records_of(values) if isinstance(record, Located)]
