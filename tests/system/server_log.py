"""What came of a server's samples beside the server's own log of them: each once, and as it was."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from connectors.kafka.config import Kafka
from schemas.times import time_us
from schemas.topics import CONTROL, KIND, SAMPLES
from tests.parts.node_opcua import Tick
from tests.parts.topic import read_topic
from tests.system.records import header


class Put(NamedTuple):
    """A scan on the topic. at_ms: when it was put there, by the message's own time [ms since epoch]."""

    value: bytes
    at_ms: int


@dataclass
class Comparison:
    """What stands on the topic beside what the server's log says. Names are `well/tag`, times ms since epoch.

    expected: samples of the log from each tag's first on the topic, or the time given, to the log's end. twice: on the
    topic more than once. different: with another value. strange: in the log not at all. delays_ms: from source time to
    the message's own, of the live ones since the time given.
    """

    expected: int = 0
    live: int = 0
    backfilled: int = 0
    missing: list[tuple[str, int]] = field(default_factory=list)
    twice: list[tuple[str, int]] = field(default_factory=list)
    different: list[tuple[str, int]] = field(default_factory=list)
    strange: list[tuple[str, int]] = field(default_factory=list)
    delays_ms: list[int] = field(default_factory=list)

    @property
    def is_exact(self) -> bool:
        return not (self.missing or self.twice or self.different or self.strange)

    def __str__(self) -> str:
        return (
            f"{self.expected} samples expected; missing {len(self.missing)}, twice {len(self.twice)},"
            f" different {len(self.different)}, strange {len(self.strange)}; live {self.live},"
            f" backfilled {self.backfilled}"
        )


def compare(sent: Sequence[Tick], scans: Iterable[Put], names: Sequence[tuple[str, str]], since_ms: int) -> Comparison:
    """Compare a server's log with what came of it. since_ms: from then on every sample must have come."""
    found = Comparison()
    rows = {tick.time: row for row, tick in enumerate(sent)}
    columns = {name: column for column, name in enumerate(names)}
    times = np.zeros((len(sent), len(names)), np.int32)
    for put in scans:
        scan = json.loads(put.value)
        at_ms = time_us(scan["time"]) // 1000
        is_backfill, row = scan.get("backfill", False), rows.get(at_ms)
        if at_ms >= since_ms and not is_backfill:
            found.delays_ms.append(put.at_ms - at_ms)
        for tag, value in scan["values"].items():
            found.live += not is_backfill
            found.backfilled += is_backfill
            column = columns[scan["well_id"], tag]
            if row is None:
                found.strange.append((f"{scan['well_id']}/{tag}", at_ms))
            else:
                times[row, column] += 1
                is_bad = scan.get("quality", {}).get(tag) == "bad"
                if value != sent[row].values[column] or (value is None) is not is_bad:
                    found.different.append((f"{scan['well_id']}/{tag}", at_ms))
    # A subscription begins with what stands there; from that on nothing may be left out.
    had_to = np.maximum.accumulate(times > 0, axis=0) | (np.array([tick.time for tick in sent]) >= since_ms)[:, None]
    found.expected = int(had_to.sum())
    for faulty, where in ((found.missing, had_to & (times == 0)), (found.twice, times > 1)):
        faulty += [("/".join(names[column]), sent[row].time) for row, column in zip(*np.nonzero(where), strict=True)]
    return found


def scans_on(kafka: Kafka) -> list[Put]:
    """Return the scans on the samples topic, partition after partition."""
    found = [message for messages in read_topic(kafka, SAMPLES).values() for message in messages]
    scans = [message for message in found if header(message, KIND) != CONTROL]
    return [Put(message.value() or b"", message.timestamp()[1]) for message in scans]
