"""What a project's tables say of each of some wells, looked up once for all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

import polars as pl

from scoring import ids
from scoring.hole import Hole
from scoring.project import Project, WellLog
from scoring.source_lists import each_once

_TABLES: Final = ("wells", "surveys", "tops", "completions", "evidence")
# What of them an interval is found by, beside the log.
_FOUND_BY: Final = ("surveys", "tops", "completions")
_GATE_2: Final = ("crs_problem", "crs_conflict", "vertical_datum_problem", "transform_chain_problem")
_CRS_RESOLVED: Final = ("documented", "unverified", "inferred")


class WellFacts:
    """The rows of some wells in the tables of a project, and what follows from them."""

    def __init__(self, project: Project, well_ids: Collection[str]) -> None:
        of_wells = pl.col("well_id").is_in(well_ids)
        self._rows = {
            table: {
                str(well_id): rows
                for (well_id,), rows in frame.filter(of_wells).partition_by("well_id", as_dict=True).items()
            }
            for table in _TABLES
            if (frame := project.tables.get(table)) is not None
        }
        self._none = {table: project.tables[table].clear() for table in self._rows}
        self._files = {source.source_id: f"{source.kind}|{source.sha256}" for source in project.sources}
        of_place = project.problems.filter(pl.col("kind").is_in(_GATE_2))
        self._misplaced = frozenset(of_place["well_id"])
        reservoirs = project.tables.get("reservoirs")
        self._degc: dict[str, float] = {}
        if reservoirs is not None:
            known = reservoirs.select("reservoir", "temperature_degc").drop_nulls()
            self._degc = dict(known.reverse().iter_rows())

    def rows(self, table: str, well_id: str) -> pl.DataFrame | None:
        """Return a well's rows of a table; None where the table was not given."""
        return self._rows[table].get(well_id, self._none[table]) if table in self._rows else None

    def reservoir_degc(self, well_id: str) -> float | None:
        """Return the temperature of the well's reservoir [degC]; of several, that of the first by name."""
        own = self._values("wells", well_id, "reservoir")
        return next((self._degc[name] for name in sorted(own) if name in self._degc), None)

    def gate_2_holds(self, well_id: str, hole: Hole) -> bool:
        """Return whether the well's place is known well enough to be called so: CRS, datum and transforms."""
        if self._misplaced & {None, well_id}:
            return False
        resolved = self._values("wells", well_id, "crs_confidence") & set(_CRS_RESOLVED)
        return bool(resolved) and hole.kb_elevation_m is not None and (hole.path is not None or hole.vertical)

    def source_ids(self, log: WellLog) -> list[str]:
        """Return the sources that the well's intervals come from, each once, S2 before S10."""
        return each_once(
            set(log.source_ids).union(*(self._values(table, log.well_id, "source_id") for table in _FOUND_BY))
        )

    def evidence_pack_id(self, well_id: str, source_ids: Iterable[str]) -> str | None:
        """Return the id of what an interval rests on: the well's evidence and the files it was found in; None for none.

        The same files give the same id, wherever they lie.
        """
        pack = {self._files[source] for source in source_ids if source in self._files}
        evidence = self.rows("evidence", well_id)
        if evidence is not None:
            pack |= {
                f"{kind}|{digest or path}"
                for kind, path, digest in evidence.select("kind", "path", "sha256").iter_rows()
            }
        return ids.evidence_pack_id(well_id, pack) if pack else None

    def _values(self, table: str, well_id: str, column: str) -> set[str]:
        rows = self.rows(table, well_id)
        return set() if rows is None or column not in rows.columns else set(rows[column].to_list()) - {None}
