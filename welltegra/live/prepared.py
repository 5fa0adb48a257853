"""The rules of a process, read and built before they are needed: of a field that takes longer than a restart may."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from connectors.errors import ConnectorError, FileFaults
from connectors.kafka.config import Kafka
from connectors.kafka.rules import RuleBook, RulesReader
from connectors.observer import NOBODY, Observer
from rules.conditions import Conditions
from rules.sample import NO_TIME

log = logging.getLogger(__name__)

First = Callable[[int, Mapping[str, int]], Mapping[str, int]]


class Prepared:
    """Conditions of shards of `partitions`. A spare prepares them, and takes them once it is active.

    first: given a shard and the latest versions of its wells' rules, returns those that it was first built by.
    """

    def __init__(self, kafka: Kafka, first: First = lambda _shard, latest: latest, observer: Observer = NOBODY) -> None:
        self._first = first
        self._reader = RulesReader(kafka, observer)
        self._built: dict[int, Conditions] = {}
        self._book: RuleBook | None = None
        self._partitions = 0

    def prepare(self, partitions: int, shards: Iterable[int]) -> None:
        """Build the conditions of `shards` by the latest rules; what cannot be read now is read when it is needed."""
        try:
            book = self._reader.read()
            for shard in shards:
                self._built[shard] = Conditions(book.rule_sets_of(shard, partitions, None))
        except ConnectorError as error:
            log.warning("rules_not_prepared reason=%r", str(error))

    def open(self, partitions: int) -> RuleBook:
        """Read what has come since; return all rules. What is there and is none is told, and hurts a first start only.

        Raises:
            OutOfReach, TopicMissing, KafkaFailed: The topic cannot be read.
        """
        self._partitions = partitions
        self._book = self._reader.read_on()
        for fault in self._reader.faults:
            log.error("no_rules fault=%r", str(fault))
        return self._book

    def conditions_of(self, shard: int, versions: Mapping[str, int] | None) -> Conditions:
        """Return the conditions of a shard, as connectors.kafka.rules.RuleBook.rule_sets_of says of `versions`."""
        assert self._book is not None, "opened before the flow is wired"
        if versions is None and self._reader.faults:
            # It may hide the rules of a well; a saved state names the versions that it needs.
            raise FileFaults(self._reader.faults)
        wanted = versions
        if wanted is None:
            # A run that dies before its first snapshot is begun again; by newer rules it would tell another story.
            wanted = self._first(shard, self._book.versions_of(shard, self._partitions))
        built = self._built.pop(shard, None)
        if built is not None and self._bring(built, shard, wanted):
            return built
        return Conditions(self._book.rule_sets_of(shard, self._partitions, wanted))

    def _bring(self, built: Conditions, shard: int, wanted: Mapping[str, int]) -> bool:
        """Activate in `built`, which has judged nothing, what has come since; return whether it is then as wanted."""
        assert self._book is not None, "opened before the flow is wired"
        if any(wanted.get(well_id, 0) < version for well_id, version in built.versions.items()):
            return False
        later = {well_id: version for well_id, version in wanted.items() if built.versions.get(well_id) != version}
        for rule_set in self._book.rule_sets_of(shard, self._partitions, later):
            _exhaust(built.activate(rule_set, NO_TIME))
        return list(built.versions.items()) == list(wanted.items())


def _exhaust(rows: Iterable[Any]) -> None:
    for _ in rows:
        pass
