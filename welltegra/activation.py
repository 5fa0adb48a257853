"""Rule files onto the cluster: which may be activated, and what their wells are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from connectors.errors import Fault, FileFaults
from connectors.kafka.cluster import partitions_of
from connectors.kafka.config import Kafka
from connectors.kafka.partition import partition_of
from connectors.kafka.rules import Envelope, Place, RuleBook, look_into_rules, write_activations, write_rules
from connectors.rule_files.message import Signature
from connectors.rule_files.source import sign_rules
from schemas.control import ActivateRecord
from schemas.rule_set import RuleSetMessage
from schemas.topics import SAMPLES


@dataclass(frozen=True)
class Step:
    """A version to activate. active: the one before, None if there is none. again: it is active already."""

    path: Path
    message: RuleSetMessage
    active: int | None
    again: bool
    partition: int


def plan(kafka: Kafka, paths: Sequence[Path], author: str, approver: str) -> list[Step]:
    """Return what is to do to activate the rule files at `paths`.

    Raises:
        FileFaults: With every fault of the files, or with every version that may not be activated.
        OutOfReach, TopicMissing, KafkaFailed: The cluster cannot say what is active.
    """
    signed = sign_rules(paths, Signature(author, approver, datetime.now(UTC)))
    # What else lies there must not keep anybody from mending it.
    (book, _), partitions = look_into_rules(kafka), partitions_of(kafka, SAMPLES)
    steps: list[Step] = []
    faults: list[Fault] = []
    for path, (message, _) in zip(paths, signed, strict=True):
        step = _step(path, message, book, partition_of(message.well_id, partitions))
        if isinstance(step, Fault):
            faults.append(step)
        else:
            steps.append(step)
    if faults:
        raise FileFaults(faults)
    return steps


def _step(path: Path, message: RuleSetMessage, book: RuleBook, partition: int) -> Step | Fault:
    latest = book.latest(message.well_id)
    if latest is None:
        return Step(path, message, None, again=False, partition=partition)
    active, entry = latest
    if message.version > active:
        return Step(path, message, active, again=False, partition=partition)
    same = message.version == active and entry.envelope().sha256 == message.sha256
    if same:
        # What was approved then is what is told again, its signatures too.
        return Step(path, entry.signed().message, active, again=True, partition=partition)
    found = f"{message.version}, with other rules" if message.version == active else str(message.version)
    must = f"version must be above {active}, which is active for {message.well_id!r}"
    return Fault(str(path), None, must, found, f"Write `version: {active + 1}`.")


def activate(kafka: Kafka, steps: Sequence[Step]) -> list[Place]:
    """Do what was planned; return where each well was told.

    Raises:
        NotDelivered: A message could not be; doing it again is safe.
    """
    # First the memory, then the news: who starts in between knows the rules already.
    write_rules(kafka, [step.message for step in steps if not step.again])
    now = datetime.now(UTC)
    records = [ActivateRecord(well_id=step.message.well_id, time=now, rule_set=step.message) for step in steps]
    return write_activations(kafka, records, partitions_of(kafka, SAMPLES))


def lines(active: Sequence[Envelope]) -> Iterator[tuple[str, ...]]:
    """Yield what is active, a line of cells each, after their headings."""
    yield "well", "version", "effective from", "author", "approver", "sha256"
    for of in active:
        yield of.well_id, str(of.version), of.effective_from, of.author, of.approver, of.sha256[:12]
