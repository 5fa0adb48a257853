"""What is counted of a run's targets, held as arrays: a run never changes, and its reviews say when they did."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, Final
from uuid import UUID

import numpy as np
import numpy.typing as npt
import polars as pl
from psycopg import sql as pgsql

import sql
from connectors.ops.asking import CONDITIONS
from connectors.ops.filters import REVIEW_STATES
from connectors.ops.reading import Connection, scalar
from connectors.ops.shapes_of_lists import Header
from scoring.vocabulary import CLASSES, LABELS

Codes = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

# Of all runs that are held together: some 30 bytes each.
_MOST_TARGETS: Final = 2_000_000
# Texts that were looked for last, a byte a target each: a page asks for the same one several times.
_MOST_TEXTS: Final = 16
_TYPES: Final[Mapping[str, Any]] = {
    "field": pl.String,
    "reservoir": pl.String,
    "classification": pl.String,
    "total_score": pl.Float64,
    "depletion_risk": pl.String,
    "operability_status": pl.String,
    "data_confidence": pl.String,
    "evidence_completeness": pl.Float64,
    "has_spatial_gap": pl.String,
    "has_action": pl.String,
}
_WORDS: Final[Mapping[str, Sequence[str]]] = {
    "classification": CLASSES,
    **{name: LABELS[name] for name in ("depletion_risk", "operability_status", "data_confidence")},
}


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The targets of a run by rank. codes: by column, the place of each word in `words`, -1 for null. scores: NaN."""

    words: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, Codes]
    total_score: Floats
    evidence_completeness: Floats
    has_spatial_gap: Truths
    has_action: Truths
    review_version: int

    def __len__(self) -> int:
        """Return how many targets there are."""
        return len(self.total_score)


class _Held:
    """The columns of the runs that were asked for last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[tuple[Any, ...], Columns] = OrderedDict()

    def get(self, connection: Connection, of: Header) -> Columns:
        # The version first: what is read after it may be newer than it says, and is then read again; never older.
        version = review_version(connection, of.project_id)
        info = connection.info
        key = (info.host, info.port, info.dbname, of.run_id)
        with self._lock:
            found = self._found.get(key)
            if found is None:
                found = _read(connection, of.run_id)
            if found.review_version != version:
                found = replace(
                    found,
                    codes={**found.codes, "review_state": _states(connection, of.run_id, len(found))},
                    review_version=version,
                )
            self._found[key] = found
            self._found.move_to_end(key)
            while len(self._found) > 1 and sum(map(len, self._found.values())) > _MOST_TARGETS:
                self._found.popitem(last=False)
            return found


class _Matches:
    """Which targets of a run match a text, of the texts that were looked for last: neither ever changes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[tuple[Any, ...], Truths] = OrderedDict()

    def get(self, connection: Connection, run_id: UUID, targets: int, pattern: str) -> Truths:
        info = connection.info
        key = (info.host, info.port, info.dbname, run_id, pattern)
        with self._lock:
            found = self._found.get(key)
        if found is None:
            # Without the lock: a search takes as long as a scan, and others are not to wait for it.
            found = np.zeros(targets, np.bool_)
            found[_places(connection, run_id, pattern)] = True
        with self._lock:
            self._found[key] = found
            self._found.move_to_end(key)
            while len(self._found) > _MOST_TEXTS:
                self._found.popitem(last=False)
        return found


_held: Final = _Held()
_matches: Final = _Matches()


def columns_of(connection: Connection, of: Header) -> Columns:
    """Return the columns of a run, with its reviews as they stand."""
    return _held.get(connection, of)


def matching(connection: Connection, of: Header, columns: Columns, pattern: str) -> Truths:
    """Return which targets match a text: PostgreSQL says, as its idea of upper and lower case is the list's.

    pattern: of ILIKE.
    """
    return _matches.get(connection, of.run_id, len(columns), pattern)


def review_version(connection: Connection, project_id: str) -> int:
    """Return a number that grows with every review of a project: with the run's id, what a list depends on."""
    return int(scalar(connection, "select_review_version", {"project_id": project_id}))


def _read(connection: Connection, run_id: UUID) -> Columns:
    """Return the columns of a run, without its reviews."""
    buffer = BytesIO()
    with connection.cursor().copy(sql.query("copy_worklist_columns"), {"run_id": run_id}) as copy:
        for part in copy:
            buffer.write(part)
    if not buffer.tell():
        frame = pl.DataFrame(schema=_TYPES)
    else:
        frame = pl.read_csv(buffer.getvalue(), has_header=False, new_columns=list(_TYPES), schema=dict(_TYPES))
    words = {name: tuple(_WORDS[name]) for name in _WORDS} | {
        name: tuple(frame[name].drop_nulls().unique().sort()) for name in ("field", "reservoir")
    }
    return Columns(
        words=words | {"review_state": REVIEW_STATES},
        codes={name: _coded(frame[name], words[name]) for name in words},
        total_score=frame["total_score"].to_numpy(),
        evidence_completeness=frame["evidence_completeness"].fill_null(float("nan")).to_numpy(),
        has_spatial_gap=(frame["has_spatial_gap"] == "t").to_numpy(),
        has_action=(frame["has_action"] == "t").to_numpy(),
        review_version=-1,
    )


def _places(connection: Connection, run_id: UUID, pattern: str) -> list[int]:
    """Return where the targets stand by rank, from 0, that match a text as the list's own filter has it."""
    source = pgsql.SQL("FROM ops.worklist_rows AS row WHERE row.run_id = %(run_id)s")
    statement = pgsql.SQL("SELECT row.target_rank - 1 {} AND {}").format(source, CONDITIONS["text"])
    return [row[0] for row in connection.execute(statement, {"run_id": run_id, "text": pattern})]


def _states(connection: Connection, run_id: UUID, targets: int) -> Codes:
    codes = np.full(targets, REVIEW_STATES.index("unreviewed"), np.int16)
    found = connection.execute(sql.query("select_review_places"), {"run_id": run_id}).fetchall()
    if found:
        places, states = zip(*found, strict=True)
        codes[list(places)] = [REVIEW_STATES.index(state) for state in states]
    return codes


def _coded(series: pl.Series, words: Sequence[str]) -> Codes:
    places = series.cast(pl.Enum(words)).to_physical().cast(pl.Int16).fill_null(-1)
    return places.to_numpy()
