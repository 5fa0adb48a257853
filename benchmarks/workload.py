"""The stream that every contender gets: wells at 1 Hz, clean, seeded, the same to the last byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rules.rule_set import Constraint, RuleSet, Tag
from schemas.columns import SAMPLE_COLUMNS
from schemas.times import format_time

Kind = Literal["single", "scans", "arrow"]
KINDS: dict[Kind, str] = {
    "single": "JSON, one tag a message",
    "scans": "JSON, scans of 10 tags",
    "arrow": "Arrow, 10,000 rows a message",
}

# Name, unit and limit [unit] of what is measured on each well.
MEASURED = (
    ("pump_rate", "spm", 120.0),
    ("wellhead_pressure", "psi", 3000.0),
    ("casing_pressure", "psi", 1500.0),
    ("tubing_pressure", "psi", 2500.0),
    ("flow_rate", "bbl/d", 900.0),
    ("motor_temperature", "degF", 250.0),
    ("intake_pressure", "psi", 1800.0),
    ("motor_current", "A", 80.0),
    ("hook_load", "klbf", 400.0),
    ("mud_weight", "g/cm3", 2.0),
)
TAGS = len(MEASURED)
START_US = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z
SECOND_US = 1_000_000
DAY_S = 86_400

# Part of the limit: up through yellow to red, a while there, and back down below the deadband.
_EXCURSION = np.concatenate([np.linspace(0.80, 1.05, 20), np.full(10, 1.05), np.linspace(1.05, 0.70, 20)])


@dataclass(frozen=True)
class Field:
    """Some wells and how lively they are: excursions to red and back, begun at chance moments, per tag and day."""

    first_well: int
    wells: int
    excursions_a_day: float
    seed: int = 7

    @property
    def tags(self) -> int:
        """Return how many tags the field has; so many samples come each second."""
        return self.wells * TAGS

    def well_ids(self) -> list[str]:
        return [f"W-{well:05d}" for well in range(self.first_well, self.first_well + self.wells)]

    def rule_sets(self) -> list[RuleSet]:
        """Return the rules: one high limit a tag, another for each well."""
        return [
            RuleSet(
                well_id,
                1,
                tuple(Tag(name, unit, 0.0, 2 * limit) for name, unit, limit in MEASURED),
                tuple(
                    Constraint(f"{name}-max", name, unit, high=limit_of(limit, well)) for name, unit, limit in MEASURED
                ),
            )
            for well, well_id in enumerate(self.well_ids(), self.first_well)
        ]

    def values(self, seconds: int) -> Iterator[npt.NDArray[np.float64]]:
        """Yield each second's values, well by well, shape (tags,) [each tag's unit], with three decimals."""
        random = np.random.default_rng((self.seed, self.first_well))
        limits = np.array(
            [limit_of(limit, self.first_well + well) for well in range(self.wells) for _, _, limit in MEASURED]
        )
        part = random.uniform(0.55, 0.80, self.tags)
        phase = np.full(self.tags, -1)
        for _ in range(seconds):
            part = 0.7 + 0.98 * (part - 0.7) + random.normal(0.0, 0.004, self.tags)
            phase[(phase < 0) & (random.random(self.tags) < self.excursions_a_day / DAY_S)] = 0
            out = np.flatnonzero(phase >= 0)
            now = np.minimum(part, 0.85)
            now[out] = np.maximum(now[out], _EXCURSION[phase[out]])
            phase[out] += 1
            phase[phase == len(_EXCURSION)] = -1
            # Whole thousandths over 1000: the very double that a reader of the decimals gets.
            yield np.rint(now * limits * 1000) / 1000


def limit_of(limit: float, well: int) -> float:
    """Return the limit [as given] of one well: no two neighbours have the same."""
    return round(limit * (0.9 + 0.0002 * (well % 1000)), 4)


class Batch(NamedTuple):
    """What a source has at one poll: one second of a field, as messages."""

    messages: list[bytes]
    samples: int


def batches(field: Field, kind: Kind, seconds: int, after: int = 0) -> list[Batch]:
    """Return the messages of so many seconds, a batch each, from so many after the start."""
    return list(stream(field, kind, seconds, after))


def stream(field: Field, kind: Kind, seconds: int, after: int = 0) -> Iterator[Batch]:
    """Yield what `batches` returns, without holding it."""
    encode = _ENCODERS[kind](field)
    for second, values in enumerate(field.values(seconds), after):
        yield Batch(encode(START_US + second * SECOND_US, values), field.tags)


Encode = Callable[[int, npt.NDArray[np.float64]], list[bytes]]


def _to_single(field: Field) -> Encode:
    heads = [f'{{"well_id":"{well_id}","time":"' for well_id in field.well_ids() for _ in MEASURED]
    names = [f'","values":{{"{name}":' for name, _, _ in MEASURED] * field.wells

    def encode(time: int, values: npt.NDArray[np.float64]) -> list[bytes]:
        text = format_time(time)
        return [
            f"{head}{text}{name}{value}}}}}".encode()
            for head, name, value in zip(heads, names, values.tolist(), strict=True)
        ]

    return encode


def _to_scans(field: Field) -> Encode:
    heads = [f'{{"well_id":"{well_id}","time":"' for well_id in field.well_ids()]
    body = ",".join(f'"{name}":%s' for name, _, _ in MEASURED)

    def encode(time: int, values: npt.NDArray[np.float64]) -> list[bytes]:
        middle = f'{format_time(time)}","values":{{{body}}}}}'
        rows = values.reshape(-1, TAGS).tolist()
        return [(head + middle % tuple(row)).encode() for head, row in zip(heads, rows, strict=True)]

    return encode


def _to_arrow(field: Field) -> Encode:
    """Return the encoder of the wire contract's six columns, one IPC stream a batch."""
    names = ("well_id", "tag", "time", "value", "unit", "quality")
    schema = pa.schema([SAMPLE_COLUMNS.field(name) for name in names])
    number = np.arange(field.tags, dtype=np.int32)
    units = sorted({unit for _, unit, _ in MEASURED})
    unit_of = np.array([units.index(unit) for _, unit, _ in MEASURED], np.int32)
    well_ids = pa.DictionaryArray.from_arrays(number // TAGS, field.well_ids())
    tags = pa.DictionaryArray.from_arrays(number % TAGS, [name for name, _, _ in MEASURED])
    unit = pa.DictionaryArray.from_arrays(unit_of[number % TAGS], units)
    quality = pa.DictionaryArray.from_arrays(np.zeros(field.tags, np.int32), ["good"])

    def encode(time: int, values: npt.NDArray[np.float64]) -> list[bytes]:
        times = pa.array(np.full(field.tags, time), pa.int64()).cast(schema.field("time").type)
        batch = pa.RecordBatch.from_arrays([well_ids, tags, times, pa.array(values), unit, quality], schema=schema)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, schema) as writer:
            writer.write_batch(batch)
        return [sink.getvalue().to_pybytes()]

    return encode


_ENCODERS: dict[Kind, Callable[[Field], Encode]] = {"single": _to_single, "scans": _to_scans, "arrow": _to_arrow}
