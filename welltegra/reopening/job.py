"""What a batch is asked to do, as every process of it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

from connectors.kafka.config import Kafka
from welltegra.reopening.stated import Stated


@dataclass(frozen=True, slots=True)
class Discovered:
    """What discovery came to, likewise. head: the first candidates by rank. remarks: why wells gave nothing."""

    discovery_id: UUID
    candidates: int
    wells: int
    head: tuple[dict[str, object], ...]
    barren: int
    remarks: tuple[str, ...]
    published: int | None


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a ranking came to, for the closing table: what the process that wrote it tells the one that asked.

    head: the first targets by rank, a mapping of columns each. counts: targets by class. barren: wells whose logs were
    read and hold no pay, which are no targets. published: in how many messages; None where no broker is set.
    """

    run_id: UUID
    new: bool
    counts: dict[str, int]
    head: tuple[dict[str, object], ...]
    gaps: int
    gaps_opened: int
    gaps_resolved: int
    barren: int
    stated: int
    remarks: tuple[str, ...]
    published: int | None


@dataclass(frozen=True, slots=True)
class Job:
    """A batch. The profile is the stored one, as canonical JSON, so that all processes score alike.

    dsn: where it is written; it holds a password. tally: where wells that are done are counted. outcome: where what it
    came to is left. json: where the contract goes, zones: where averages of zones go, kafka: where the contract is
    published; None for nowhere. stated: at the worklist. addresses: host:port of every process.
    """

    task: Literal["rank", "discover"]
    folder: Path
    dsn: str
    scoring_profile_id: UUID
    profile: str
    requested_by: str
    read_at: datetime
    tally: Path
    outcome: Path
    json: Path | None = None
    zones: Path | None = None
    kafka: Kafka | None = None
    stated: tuple[Stated, ...] = ()
    addresses: tuple[str, ...] = ()
    number: int = 0
