"""What could not be used, as it is found: rows of `Project.problems`, in an order that does not hang on the files'."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from scoring.project import PROBLEM_COLUMNS, ProblemKind


class Problem(NamedTuple):
    """One thing that was found; well_id and source_id are None where it is of no one well, or no file."""

    well_id: str | None
    kind: ProblemKind
    detail: str
    source_id: str | None


@dataclass(slots=True)
class Problems:
    """All that was found so far."""

    found: list[Problem] = field(default_factory=list)

    def add(self, kind: ProblemKind, detail: str, *, well_id: str | None = None, source_id: str | None = None) -> None:
        """Note one more."""
        self.found.append(Problem(well_id, kind, detail, source_id))

    def frame(self) -> pl.DataFrame:
        """Return them, each once, sorted."""
        columns = list(PROBLEM_COLUMNS)
        return pl.DataFrame(self.found, PROBLEM_COLUMNS, orient="row").unique().sort(columns, nulls_last=False)
