"""Rules on Kafka: `well.rules.v1` read to its end, new versions written, and the wells told of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import msgspec
from confluent_kafka import OFFSET_BEGINNING, KafkaError, KafkaException, Message, Producer

from connectors.errors import Fault, FileFaults
from connectors.kafka.cluster import partitions_of
from connectors.kafka.config import Kafka
from connectors.kafka.partition import PARTITIONER, partition_of
from connectors.kafka.produce import NotDelivered
from connectors.kafka.reader import read_to_end
from connectors.kafka.topics import MOST_BYTES_OF_SAMPLES
from connectors.observer import NOBODY, Observer
from connectors.rule_files.message import Signed, read_message
from rules.rule_set import RuleSet
from schemas.control import ActivateRecord
from schemas.rule_set import RuleSetMessage
from schemas.topics import CONTENT_TYPE, CONTROL, JSON, KIND, RULES, SAMPLES

log = logging.getLogger(__name__)

_TURN_S: Final = 0.1
_BY_KEY: Final = -1  # what a producer takes for: the partition that the key names
# Brokers that lead no partition for so long do not come back by themselves.
_DELIVERED_WITHIN_MS: Final = 30_000
_REMEDY: Final = (
    "Activate rules with a higher version for the well of that key, and they take its place; or, if there is no such"
    " well, write a tombstone there."
)

Headers = list[tuple[str, str | bytes | None]]


class Envelope(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A message of well.rules.v1 whose rules were not looked at: see schemas.rule_set.RuleSetMessage."""

    well_id: str
    version: int
    effective_from: str
    author: str
    approver: str
    sha256: str
    rules: msgspec.Raw


_ENVELOPE = msgspec.json.Decoder(Envelope)


@dataclass(frozen=True, slots=True)
class Entry:
    """A version of a well's rules, and where it stands."""

    raw: bytes
    place: str

    def envelope(self) -> Envelope:
        """Return who wrote it, and when it holds."""
        return _ENVELOPE.decode(self.raw)

    def signed(self) -> Signed:
        """Return what it says; FileFaults if it is not whole."""
        return read_message(self.raw, self.place)


class RuleBook:
    """All versions of all wells' rules that the topic still has. They are kept as bytes: of a field they are many."""

    def __init__(self, topic: str, entries: Mapping[str, Mapping[int, Entry]]) -> None:
        self._topic = topic
        self._entries = entries

    def latest(self, well_id: str) -> tuple[int, Entry] | None:
        """Return the latest version of a well's rules; None if it has none."""
        versions = self._entries.get(well_id)
        return max(versions.items()) if versions else None

    def active(self) -> list[Envelope]:
        """Return the latest version of each well, by the wells' names."""
        return [versions[max(versions)].envelope() for _, versions in sorted(self._entries.items())]

    def versions_of(self, shard: int, partitions: int) -> dict[str, int]:
        """Return the latest version of each of a shard's wells."""
        return {
            well_id: max(known)
            for well_id, known in sorted(self._entries.items())
            if partition_of(well_id, partitions) == shard
        }

    def rule_sets_of(self, shard: int, partitions: int, versions: Mapping[str, int] | None) -> Iterator[RuleSet]:
        """Yield the rule sets of a shard's wells.

        versions: of which wells, and which; in this order, for that is the order of a saved memory. None for the
        latest of all. What became active after `versions` comes in line.

        Raises:
            FileFaults: With all that are not whole, or not there any more, once the others were yielded.
        """
        if versions is None:
            versions = self.versions_of(shard, partitions)
        faults: list[Fault] = []
        for well_id, version in versions.items():
            entry = self._entries.get(well_id, {}).get(version)
            if entry is None:
                faults.append(self._gone(well_id, version))
                continue
            try:
                yield entry.signed().rule_set
            except FileFaults as error:
                faults += error.faults
        if faults:
            raise FileFaults(faults)

    def _gone(self, well_id: str, version: int) -> Fault:
        there = ", ".join(map(str, sorted(self._entries.get(well_id, {})))) or "none"
        return Fault(
            f"topic {self._topic}",
            None,
            f"version {version} of the rules of {well_id!r} must be there, for the saved state was judged by it",
            f"compacted away (there: {there})",
            "Start with an empty recovery folder, and judge anew what the samples topic holds; and see to the topic's"
            " min.compaction.lag.ms with welltegra topics check.",
        )


def read_rules(kafka: Kafka) -> RuleBook:
    """Return all rules on the cluster.

    Raises:
        OutOfReach, TopicMissing, KafkaFailed: The topic cannot be read.
        FileFaults: With every message in it that is no version of rules and that none took the place of, and with
            every version that is there as two.
    """
    return RulesReader(kafka).read()


def look_into_rules(kafka: Kafka) -> tuple[RuleBook, list[Fault]]:
    """Return all rules on the cluster, and what else is there: for who is to mend it. Raise as `read_rules`."""
    reader = RulesReader(kafka)
    return reader.read_on(), reader.faults


class RulesReader:
    """Reads the rules on a cluster, and later only what has come since."""

    def __init__(self, kafka: Kafka, observer: Observer = NOBODY) -> None:
        self._kafka, self._topic, self._observer = kafka, kafka.topic(RULES), observer
        self._reading = _Reading()
        self._next: dict[int, int] = {}

    @property
    def faults(self) -> list[Fault]:
        """What is there that is no version of rules, or is there as two."""
        return [fault for _, fault in self._reading.faults]

    def read_on(self) -> RuleBook:
        """Return all rules that are there now, whatever else is. Raise as `read_rules`, but no FileFaults."""
        if not self._next:
            self._next = dict.fromkeys(range(partitions_of(self._kafka, RULES)), OFFSET_BEGINNING)
        for partition, offset in self._next.items():
            for message in read_to_end(self._kafka, self._topic, partition, offset, self._observer):
                self._reading.take(message, f"topic {self._topic} partition {partition} offset {message.offset()}")
                self._next[partition] = (message.offset() or 0) + 1
        return RuleBook(self._topic, self._reading.entries)

    def read(self) -> RuleBook:
        """Return all rules that are there now; raise as `read_rules`."""
        book = self.read_on()
        if self.faults:
            raise FileFaults(self.faults)
        return book


class _Reading:
    """What was read so far. faults: each with its key, by which a later message takes its place."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[int, Entry]] = {}
        self.faults: list[tuple[bytes | None, Fault]] = []

    def take(self, message: Message, place: str) -> None:
        """Add a message."""
        raw, key = message.value(), message.key()
        if raw is None and not (key and key.decode(errors="replace") in self.entries):
            self._mended(key)
            return
        fault = self._add(raw, key, place)
        if fault is not None:
            self.faults.append((key, fault))

    def _mended(self, key: bytes | None) -> None:
        self.faults = [(other, fault) for other, fault in self.faults if other != key]

    def _add(self, raw: bytes | None, key: bytes | None, place: str) -> Fault | None:
        must = "must be a version of a well's rules"
        if raw is None:
            remedy = "Rules are not deleted: activate a version that disables its constraints."
            return Fault(place, None, must, f"a tombstone for {key!r}", remedy)
        try:
            envelope = _ENVELOPE.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return Fault(place, None, must, f"another message, with key {key!r} ({error})", _REMEDY)
        if key != envelope.well_id.encode():
            return Fault(place, None, f"key must be the well, {envelope.well_id!r}", repr(key), _REMEDY)
        versions = self.entries.setdefault(envelope.well_id, {})
        if envelope.version > max(versions, default=0):
            self._mended(key)
        known = versions.setdefault(envelope.version, Entry(raw, place))
        if (sha256 := known.envelope().sha256) != envelope.sha256:
            must = f"version {envelope.version} of {envelope.well_id!r} must be one: {sha256[:12]} at {known.place}"
            return Fault(place, None, must, envelope.sha256[:12], _REMEDY)
        return None


class Place(NamedTuple):
    """Where a message stands."""

    topic: str
    partition: int
    offset: int


def write_rules(kafka: Kafka, messages: Sequence[RuleSetMessage]) -> None:
    """Write new versions to well.rules.v1; return when the brokers have them.

    Raises:
        NotDelivered: One could not be.
    """
    topic = kafka.topic(RULES)
    outgoing = [
        _Outgoing(message.well_id, message.model_dump_json(), _BY_KEY, [(CONTENT_TYPE, JSON)]) for message in messages
    ]
    _deliver(kafka, topic, outgoing)


def write_activations(kafka: Kafka, records: Sequence[ActivateRecord], partitions: int) -> list[Place]:
    """Write control records between the samples of their wells; return where each stands.

    partitions: how many the topic of samples has.

    Raises:
        NotDelivered: One could not be.
    """
    headers: Headers = [(KIND, CONTROL), (CONTENT_TYPE, JSON)]
    outgoing = [
        _Outgoing(record.well_id, record.model_dump_json(), partition_of(record.well_id, partitions), headers)
        for record in records
    ]
    return _deliver(kafka, kafka.topic(SAMPLES), outgoing)


class _Outgoing(NamedTuple):
    key: str
    value: str
    partition: int
    headers: Headers


def _deliver(kafka: Kafka, topic: str, outgoing: Sequence[_Outgoing]) -> list[Place]:
    """Send messages, in order; return where each stands once the brokers have all."""
    places: dict[int, Place] = {}
    failed: list[KafkaError] = []

    def heard(number: int) -> Any:
        def on_delivery(error: KafkaError | None, message: Message) -> None:
            if error is not None:
                failed.append(error)
            else:
                places[number] = Place(topic, message.partition() or 0, message.offset() or 0)

        return on_delivery

    producer = Producer(
        kafka.client(
            enable_idempotence=True,  # and with it acks=all
            partitioner=PARTITIONER,
            message_timeout_ms=_DELIVERED_WITHIN_MS,
            message_max_bytes=MOST_BYTES_OF_SAMPLES,
        ),
        logger=log,
    )
    for number, one in enumerate(outgoing):
        try:
            producer.produce(
                topic,
                one.value.encode(),
                one.key.encode(),
                one.partition,
                headers=one.headers,
                on_delivery=heard(number),
            )
        except KafkaException as error:
            failed.append(error.args[0])
        producer.poll(0)
    while producer.flush(_TURN_S) and not failed:
        pass
    if failed:
        producer.purge()
        raise NotDelivered(topic, None, failed[0].str(), "Mend that, and activate again: what was sent does no harm.")
    return [places[number] for number in range(len(outgoing))]
