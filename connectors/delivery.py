"""What sources hand to the flow, and what it hands back that is neither alert nor violation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.violation import Violation


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a source had for one shard at one poll, in arrival order.

    messages: JSON scans, Arrow IPC streams or control records as `kind` says, or record batches of schemas.columns
    where kind is "columns"; of messages that are "lost" there are none. arrivals: of each message [us since epoch],
    shape (messages,), 0 where unknown; None where only the samples tell. position, next_position: where in the source
    it begins and where the source goes on after it; of messages from a topic, offsets without a gap. wake: the first
    after a start or a snapshot; the sinks must hear of it. caught_up: the source has read to the end it saw at start.
    ended: nothing will follow, ever.
    """

    shard: int
    kind: Literal["json", "arrow", "columns", "control", "lost"]
    messages: Sequence[bytes | pa.RecordBatch]
    arrivals: npt.NDArray[np.int64] | None = None
    position: int = 0
    next_position: int = 0
    origin: str = ""
    wake: bool = False
    caught_up: bool = False
    ended: bool = False


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Something that could not be read: what, where, why. `count` samples or messages are not judged because of it.

    line: of a file, or the number of the message in its delivery. offset, arrived: of a message of a topic; arrived
    [us since epoch], 0 where unknown.
    """

    origin: str
    line: int | None
    reason: str
    count: int
    raw: bytes
    offset: int | None = None
    arrived: int = 0


@dataclass(frozen=True, slots=True)
class Located:
    """A violation, and where in the topic its samples came: see schemas.event.ViolationEvent."""

    violation: Violation
    topic: str
    partition: int
    samples_from: int
    samples_at: int


@dataclass(frozen=True, slots=True)
class Wake:
    """Nothing happened; the sinks are to take part in the next snapshot all the same.

    settled: all that a dead run may have written has been found again by now.
    """

    settled: bool = False
