"""The reopening flow: wells are searched part by part, a reservoir is assessed and scored, a project is ranked.

Parts are chunks of the wells of one reservoir, so that logs are read side by side; what the reservoir's wells owe each
other needs them all, and ranks need all reservoirs. Frames travel between the steps; no step looks at a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import bytewax.operators as op
import polars as pl
from bytewax.dataflow import Dataflow
from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition

from connectors.replay.sink import CallSink
from scoring.project import Project

WELLS_IN_A_PART: Final = 16
_PROJECT: Final = "project"


@dataclass(frozen=True, slots=True)
class Part:
    """Wells of one reservoir, in order. reservoir: "" where the wells table names none."""

    reservoir: str
    well_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """What is done to the frames; the flow only says when.

    discover: what the wells of a part hold. assess: from what all wells of a reservoir hold, in their order, to its
    scored targets. rank: from the scored targets of all reservoirs, in the order of their names, to what is written.
    write: hears that, in one of the processes.
    """

    discover: Callable[[Part], Any]
    assess: Callable[[str, Sequence[Any]], Any]
    rank: Callable[[Sequence[Any]], Any]
    write: Callable[[Any], None]


def parts_of(project: Project, size: int = WELLS_IN_A_PART) -> tuple[Part, ...]:
    """Return the parts of a project: every well once, by reservoir and name."""
    wells = project.tables["wells"].select(pl.col("reservoir").fill_null(""), "well_id").unique().sort(pl.all())
    by_reservoir: dict[str, list[str]] = {}
    for reservoir, well_id in wells.iter_rows():
        by_reservoir.setdefault(reservoir, []).append(well_id)
    return tuple(
        Part(reservoir, tuple(well_ids[first : first + size]))
        for reservoir, well_ids in by_reservoir.items()
        for first in range(0, len(well_ids), size)
    )


def get_flow(parts: Sequence[Part], steps: Steps) -> Dataflow:
    """Return the flow. Its answer does not depend on how many processes run it: what is gathered is put in order."""
    flow = Dataflow("reopening")
    chunks = op.input("wells", flow, PartsSource(parts))
    found = op.map("discover", chunks, lambda part: (part.reservoir, (part.well_ids, steps.discover(part))))
    gathered = op.fold_final("gather-reservoir", found, list, _with)
    scored = op.map("assess", gathered, lambda item: (_PROJECT, (item[0], steps.assess(item[0], _in_order(item[1])))))
    whole = op.fold_final("gather-project", scored, list, _with)
    ranked = op.map_value("rank", whole, lambda scored: steps.rank(_in_order(scored)))
    op.output("write", ranked, CallSink(steps.write))
    return flow


def _in_order(found: Iterable[tuple[Any, Any]]) -> list[Any]:
    """Return what was found, by what it was found in, whatever the order in which the processes came to their end."""
    return [what for _, what in sorted(found, key=lambda pair: pair[0])]


def _with(gathered: list[Any], one: Any) -> list[Any]:
    gathered.append(one)
    return gathered


class PartsSource(FixedPartitionedSource[Part, None]):
    """Each part as one item."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts: Mapping[str, Part] = {f"{number:06}": part for number, part in enumerate(parts)}

    def list_parts(self) -> list[str]:
        """Return the names of the parts."""
        return list(self._parts)

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> OnePart:
        """Return the part; a run that broke off starts anew, so there is nothing to resume."""
        return OnePart(self._parts[for_part])


class OnePart(StatefulSourcePartition[Part, None]):
    """One item, once."""

    def __init__(self, part: Part) -> None:
        self._left = [part]

    def next_batch(self) -> list[Part]:
        """Return the part, then end."""
        if not self._left:
            raise StopIteration
        return [self._left.pop()]

    def snapshot(self) -> None:
        """Return nothing: a run is done whole or again."""
