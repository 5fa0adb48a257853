"""Inputs that people state at the worklist, as the overrides of a project: they count as if its files had them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Final

import polars as pl

from connectors.ops.overrides import active
from connectors.ops.shapes import Override
from connectors.postgres.config import Postgres
from connectors.projects.files import STATED
from scoring.project import Project, Source

_TABLE: Final = "overrides"


@dataclass(frozen=True, slots=True)
class Stated:
    """An input that somebody states. zone: None for every interval of the well. date: ISO 8601."""

    well_id: str
    zone: str | None
    input: str
    value: str
    reason: str
    author: str
    date: str


def stated_of(one: Override) -> Stated:
    """Return what the database holds as a ranking takes it."""
    return Stated(one.well_id, one.zone, one.input, one.value, one.reason, one.author, one.stated_at.date().isoformat())


def stated_in(postgres: Postgres, project_id: str) -> tuple[Stated, ...]:
    """Return what people have stated for a project at its worklist, and not withdrawn.

    Raises:
        ConnectorError: The database cannot be reached, or the user may not read it.
    """
    with postgres.session("Give it the role welltegra_reader; see docs/operations.md.") as connection:
        return tuple(stated_of(one) for one in active(connection, project_id))


def with_stated(project: Project, stated: Sequence[Stated]) -> Project:
    """Return the project with what is stated among its overrides, in place of what its files say of the same input.

    It is a source of its own, so that a ranking with it is another run than one without.
    """
    if not stated:
        return project
    rows = [{**asdict(one), "date": date.fromisoformat(one.date)} for one in stated]
    digest = hashlib.sha256(json.dumps([asdict(one) for one in stated], sort_keys=True).encode()).hexdigest()
    source = Source(f"S{len(project.sources) + 1}", _TABLE, STATED, digest)
    said = pl.DataFrame(
        rows,
        schema={
            **dict.fromkeys(("well_id", "zone", "input", "value", "reason", "author"), pl.String),
            "date": pl.Date,
        },
    )
    frame = said
    if (ours := project.tables.get(_TABLE)) is not None:
        same = ("well_id", "zone", "input")
        kept = ours.join(said, on=same, how="anti", nulls_equal=True)
        frame = pl.concat([kept, said.with_columns(pl.col("value").cast(ours.schema["value"]))], how="diagonal_relaxed")
    return replace(project, tables={**project.tables, _TABLE: frame}, sources=(*project.sources, source))
