"""The stream of benchmarks.workload on a topic: partition by well, and at the end of each partition one last breach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from benchmarks.contenders import events_of_transitions, judge_all
from benchmarks.in_memory import deliveries
from benchmarks.judging import Event
from benchmarks.peers import START
from benchmarks.workload import MEASURED, SECOND_US, START_US, TAGS, Field, Kind, stream
from connectors.kafka.partition import partition_of
from connectors.rule_files.message import sha256_of
from flows.decode import Decoder
from rules.conditions import Conditions
from rules.rule_set import RuleSet, Tag
from schemas.columns import SAMPLE_COLUMNS
from schemas.rule_file import ConstraintEntry, LimitEntry, RuleFile, TagEntry
from schemas.rule_set import RuleSetMessage
from schemas.times import format_time

# A message of Arrow has about so many rows, whatever the partitions.
_ROWS = 10_000


class Outgoing(NamedTuple):
    """A message of samples. key: the well; None for Arrow, which is of many."""

    partition: int
    key: bytes | None
    value: bytes
    samples: int


@dataclass(frozen=True)
class Load:
    """So many seconds of a field on a topic, and then, in each partition, the breach of a well without other samples.

    A partition is judged in order, so once that alert is on its topic all of the partition was judged.
    """

    field: Field
    kind: Kind
    seconds: int
    partitions: int

    @property
    def samples(self) -> int:
        return self.seconds * self.field.tags + self.partitions

    @cached_property
    def last_wells(self) -> list[str]:
        """Return the well of each partition's last breach."""
        names = [f"END-{number}" for number in range(64 * self.partitions)]
        return [
            next(name for name in names if partition_of(name, self.partitions) == own) for own in range(self.partitions)
        ]

    def rule_sets(self) -> list[RuleSet]:
        """Return the rules of all wells."""
        (model,) = replace(self.field, wells=1).rule_sets()
        last = [
            replace(model, well_id=well_id, tags=model.tags[:1], constraints=model.constraints[:1])
            for well_id in self.last_wells
        ]
        return self.field.rule_sets() + last

    def messages(self) -> Iterator[Outgoing]:
        """Yield the messages, in order."""
        if self.kind == "arrow":
            yield from self._arrow()
        else:
            tags = 1 if self.kind == "single" else TAGS
            of_well = [(partition_of(name, self.partitions), name.encode()) for name in self.field.well_ids()]
            of_message = [of for of in of_well for _ in range(TAGS // tags)]
            for batch in stream(self.field, self.kind, self.seconds):
                for (partition, key), value in zip(of_message, batch.messages, strict=True):
                    yield Outgoing(partition, key, value, tags)
        yield from self._last_breaches()

    def _arrow(self) -> Iterator[Outgoing]:
        """Yield messages of some seconds of a partition's wells, as a gateway would gather them."""
        wells = [partition_of(name, self.partitions) for name in self.field.well_ids()]
        rows = [np.flatnonzero(np.repeat(wells, TAGS) == own) for own in range(self.partitions)]
        seconds = max(1, _ROWS * self.partitions // self.field.tags)
        gathered: list[pa.RecordBatch] = []
        for number, batch in enumerate(stream(self.field, "arrow", self.seconds), 1):
            gathered.append(_batch_of(batch.messages[0]))
            if len(gathered) < seconds and number < self.seconds:
                continue
            for partition, own in enumerate(rows):
                of_partition = pa.Table.from_batches([each.take(own) for each in gathered]).combine_chunks()
                yield Outgoing(partition, None, _message_of(of_partition.to_batches()), of_partition.num_rows)
            gathered.clear()

    def _last_breaches(self) -> Iterator[Outgoing]:
        time = START_US + self.seconds * SECOND_US
        name, unit, limit = MEASURED[0]
        for partition, well_id in enumerate(self.last_wells):
            if self.kind == "arrow":
                names = ("well_id", "tag", "time", "value", "unit", "quality")
                schema = pa.schema([SAMPLE_COLUMNS.field(name) for name in names])
                row = (well_id, name, time, 1.2 * limit, unit, "good")
                row_of = pa.table(
                    [pa.array([cell]).cast(field.type) for cell, field in zip(row, schema, strict=True)], schema
                )
                value = _message_of(row_of.to_batches())
            else:
                scan = f'{{"well_id":"{well_id}","time":"{format_time(time)}","values":{{"{name}":{1.2 * limit}}}}}'
                value = scan.encode()
            yield Outgoing(partition, well_id.encode(), value, 1)

    def expected(self) -> frozenset[Event]:
        """Return the changes of level that are in it, by a plain loop in memory."""
        conditions = Conditions(self.field.rule_sets())
        decoder = Decoder(conditions.tags, conditions.unit)
        found: list[Event] = []
        for batch in stream(self.field, "arrow", self.seconds):
            found += events_of_transitions(conditions, judge_all(conditions, decoder, deliveries("arrow", [batch])))
        last = START + timedelta(seconds=self.seconds)
        return frozenset(found) | {Event(well_id, MEASURED[0][0], "raised", last) for well_id in self.last_wells}


def _batch_of(message: bytes) -> pa.RecordBatch:
    with pa.ipc.open_stream(message) as reader:
        return reader.read_next_batch()


def _message_of(batches: list[pa.RecordBatch]) -> bytes:
    (batch,) = batches
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    message: bytes = sink.getvalue().to_pybytes()
    return message


def rule_message(rule_set: RuleSet) -> RuleSetMessage:
    """Return the rules of a well as they stand on Kafka: what activating its rule file would have written."""
    rules = RuleFile(
        well=rule_set.well_id,
        tags={tag.name: TagEntry(unit=tag.unit, range=_range(tag), period=tag.period_s) for tag in rule_set.tags},
        constraints=[
            ConstraintEntry(id=rule.id, tag=rule.tag, limit=LimitEntry(high=rule.high, unit=rule.unit))
            for rule in rule_set.constraints
        ],
    )
    return RuleSetMessage(
        well_id=rule_set.well_id,
        version=1,
        effective_from=START,
        author="A. Author",
        approver="B. Approver",
        sha256=sha256_of(rules.model_dump(mode="json")),
        rules=rules,
    )


def _range(tag: Tag) -> list[float] | None:
    return None if tag.low is None or tag.high is None else [tag.low, tag.high]
