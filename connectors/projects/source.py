"""`read_project`: a folder in, a `Project` out. Opens every file once; all that it finds wrong is told together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from connectors.errors import Fault, FileFaults
from connectors.projects.columns import TABLES
from connectors.projects.config import Config, TableEntry
from connectors.projects.crs import convergence_deg, crs_of, is_metric_map
from connectors.projects.files import FILE, Sources, find_table, folder_of, read_config, sha256_of, well_id_in
from connectors.projects.headers import log_references
from connectors.projects.mapping import in_order, to_columns
from connectors.projects.problems import Problems
from connectors.projects.survey_files import SurveyTables, read_surveys
from connectors.projects.tables import LINE, Cells, read_cells, rows_in_toml
from connectors.projects.tidy import COUNTED, PLACE, RATES, as_volumes, tidied
from connectors.projects.well_ids import WellNames, key, names_of
from connectors.projects.wells import locate
from connectors.projects.zones import zones_and_parameters
from scoring.project import Project

# Tables with one row for each of something: rows in project.toml complete and correct those of the file.
_ONE_ROW_EACH: Final = {"wells": "well_id", "reservoirs": "reservoir", "operability": "well_id"}


def read_project(folder: Path | str) -> Project:
    """Return the project in a folder.

    Rows after `as_of` are left out. Volumes are those of the rows' periods, as the file has them: daily stays daily.
    What could not be used is in `problems`, a sentence for each column of a file, with its lines.

    Raises:
        FileFaults: project.toml or `wells` cannot be used, or a mapping does not fit its file; with every fault.
    """
    return _Reader(folder_of(folder)).read()


@dataclass(slots=True)
class _Reader:
    folder: Path
    faults: list[Fault] = field(default_factory=list)
    problems: Problems = field(default_factory=Problems)
    sources: Sources = field(default_factory=Sources)

    def read(self) -> Project:
        config, _ = read_config(self.folder)
        said = config.file
        self._check_crs(config)
        frames = {table: frame for table in TABLES if (frame := self._table(table, config)) is not None}
        if "wells" not in frames and not self.faults:
            must, remedy = "a project must have the table 'wells'", "Lay a wells.csv beside it, or map [tables.wells]."
            self.faults.append(Fault(config.where, None, must, "absent", remedy))
        if "wells" not in frames:
            raise FileFaults(self.faults)
        # In an order of their own: which of several rows of a well counts must not hang on that of the file.
        stated = frames["wells"].drop(LINE, PLACE, COUNTED)
        names, wells = names_of(stated.sort(stated.columns, nulls_last=True), self.problems)
        tables = {"wells": wells}
        for table, frame in frames.items():
            if table != "wells":
                tables[table] = self._of_wells(table, frame, names, config)
        surveys = read_surveys(self.folder, config, names, self.sources, self.problems, self.faults)
        logs = log_references(self.folder, config, names, self.sources, self.problems, self.faults)
        zones, parameters, well_parameters = zones_and_parameters(config, names, self.faults)
        if self.faults:
            raise FileFaults(self.faults)
        if surveys.stations.height or said.surveys:
            parts = [self._others(tables["surveys"], surveys)] if "surveys" in tables else []
            tables["surveys"] = in_order([*parts, surveys.stations], "surveys")
        tables["wells"] = self._located(tables, surveys, said.crs)
        if "surveys" in tables:
            tables["surveys"] = self._on_grid(tables["surveys"], tables["wells"], said.crs)
        return Project(
            said.project_id,
            said.as_of,
            said.profile,
            said.crs,
            zones,
            parameters,
            well_parameters,
            tables,
            logs,
            tuple(self.sources.known),
            self.problems.frame(),
        )

    def _check_crs(self, config: Config) -> None:
        name = config.file.crs
        crs = crs_of(name) if name is not None else None
        if name is not None and (crs is None or not is_metric_map(crs)):
            must = "crs must be a map with eastings and northings in metres"
            found = repr(name) if crs is None else f"{name!r}, {crs.name}"
            remedy = "Write it as an EPSG code, such as 'EPSG:23031'."
            self.faults.append(Fault(config.where, config.line(("crs",)), must, found, remedy))

    # Tables.

    def _table(self, table: str, config: Config) -> pl.DataFrame | None:
        """Return a table as its files and rows have it, with LINE, PLACE and source_id; None where it is not given."""
        entry = config.file.tables.get(table)
        files, absent = find_table(self.folder, table, entry, config)
        self.faults += absent
        entry = entry or TableEntry()
        parts = []
        for file in files:
            raw = file.location.read_bytes()
            source_id = self.sources.add(table, file.path, sha256_of(raw))
            well_id = None
            if entry.filename_well_id is not None:
                well_id = well_id_in(entry.filename_well_id, file)
                if well_id is None:
                    must = f"filename_well_id of tables.{table} must match the names of its files"
                    line = config.line(("tables", table, "filename_well_id"))
                    self.faults.append(Fault(config.where, line, must, repr(file.path), "Correct the pattern."))
                    continue
            try:
                cells = read_cells(raw, file.path, table, entry)
                parts.append(self._mapped(cells, table, entry, config, source_id, well_id))
            except FileFaults as error:
                self.faults += error.faults
        if entry.rows:
            lines = [config.line(("tables", table, "rows", row)) or 0 for row in range(len(entry.rows))]
            cells = rows_in_toml(entry.rows, lines, config.where)
            source_id = self.sources.add(table, FILE, sha256_of(Path(config.where).read_bytes()))
            own = TableEntry(null_values=entry.null_values, constants=entry.constants, units=entry.units)
            try:
                parts.append(self._mapped(cells, table, own, config, source_id, None))
            except FileFaults as error:
                self.faults += error.faults
        if not parts:
            return None
        names = [*TABLES[table], LINE, "source_id", PLACE, COUNTED]
        parts = [part.select(names) for part in parts]
        if entry.rows and len(parts) > 1 and table in _ONE_ROW_EACH:
            *of_files, stated = parts
            return _completed(pl.concat(of_files, how="vertical_relaxed"), stated, _ONE_ROW_EACH[table])
        return pl.concat(parts, how="vertical_relaxed")

    def _mapped(
        self, cells: Cells, table: str, entry: TableEntry, config: Config, source_id: str, well_id: str | None
    ) -> pl.DataFrame:
        mapped = to_columns(cells, table, entry, config, well_id)
        for sentence in mapped.told:
            self.problems.add("row_fault", sentence, source_id=source_id)
        return mapped.frame.with_columns(
            pl.lit(source_id).alias("source_id"), pl.lit(cells.where).alias(PLACE), pl.lit(cells.counted).alias(COUNTED)
        )

    def _of_wells(self, table: str, frame: pl.DataFrame, names: WellNames, config: Config) -> pl.DataFrame:
        """Return a table with canonical well ids, tidied and sorted."""
        if "well_id" in frame.columns:
            resolved = names.resolve_all(frame["well_id"])
            strangers = frame.filter(resolved.is_null())
            self._tell_strangers(table, strangers)
            frame = frame.with_columns(resolved.alias("well_id")).filter(resolved.is_not_null())
        entry = config.file.tables.get(table)
        if entry is not None and entry.kind == "rate" and table in RATES:
            frame = as_volumes(frame, table, self.problems)
        return in_order([tidied(table, frame, config.file.as_of, self.problems)], table)

    def _tell_strangers(self, table: str, strangers: pl.DataFrame) -> None:
        for (source_id, place), part in strangers.group_by("source_id", PLACE, maintain_order=True):
            wells = part["well_id"].unique().sort().to_list()
            shown = ", ".join(map(repr, wells[:5])) + (f" and {len(wells) - 5} more" if len(wells) > 5 else "")
            must = f"{table}: well_id must be of a well of the table 'wells', or an alias of one"
            found = f"{shown}, in {part.height} rows"
            detail = str(Fault(str(place), None, must, found, "Left out; add the well, or the alias."))
            self.problems.add("row_fault", detail, source_id=str(source_id))

    def _others(self, stations: pl.DataFrame, surveys: SurveyTables) -> pl.DataFrame:
        """Return the rows of the table `surveys` of wells without a text survey; a second survey of a well is told."""
        texts = surveys.stations["well_id"].unique()
        twice = stations.filter(pl.col("well_id").is_in(texts.implode()))
        for (well_id, source_id), _ in twice.group_by("well_id", "source_id", maintain_order=True):
            path = surveys.headers[str(well_id)].path
            remedy = "Only that file is used; remove one of them."
            detail = f"surveys: well {well_id!r} must have one survey; was in the table and in {path}. {remedy}"
            self.problems.add("row_fault", detail, well_id=str(well_id), source_id=str(source_id))
        return stations.join(twice, on="well_id", how="anti", maintain_order="left")

    # Places.

    def _located(self, tables: Mapping[str, pl.DataFrame], surveys: SurveyTables, crs: str | None) -> pl.DataFrame:
        surveyed = frozenset(tables["surveys"]["well_id"].unique()) if "surveys" in tables else frozenset()
        located = locate(tables["wells"], surveys.headers, surveyed, crs, self.problems)
        return located.sort("well_id")

    def _on_grid(self, surveys: pl.DataFrame, wells: pl.DataFrame, crs: str | None) -> pl.DataFrame:
        """Return surveys with azimuths from grid north where that is known; what is not is an azimuth_problem."""
        known = crs_of(crs) if crs else None
        places = {row[0]: row[1:] for row in wells.select("well_id", "x_m", "y_m").rows()}
        turns: dict[str, float] = {}
        references = surveys.group_by("well_id").agg(
            pl.col("azimuth_reference").unique().sort(), pl.col("source_id").min()
        )
        for well_id, said, source_id in references.sort("well_id").rows():
            x, y = places.get(well_id, (None, None))
            turn = None
            if said == ["true"] and known is not None and x is not None:
                turn = convergence_deg(x, y, known)
            if turn is not None:
                turns[well_id] = turn
            elif said != ["grid"]:
                found = ", ".join("not stated" if word is None else repr(word) for word in said)
                must = f"well {well_id!r}: a survey's azimuths must be from grid north, or true at a known place"
                remedy = "State azimuth_reference; turn magnetic azimuths by the declination of their day."
                detail = f"{must}; was {found}. They are used as they are. {remedy}"
                self.problems.add("azimuth_problem", detail, well_id=well_id, source_id=source_id)
        if not turns:
            return surveys
        turn_of = pl.col("well_id").replace_strict(turns, default=0.0, return_dtype=pl.Float64)
        is_turned = pl.col("well_id").is_in(list(turns))
        return surveys.with_columns(
            pl.when(is_turned).then((pl.col("azi_deg") - turn_of) % 360.0).otherwise("azi_deg").alias("azi_deg"),
            pl.when(is_turned).then(pl.lit("grid")).otherwise("azimuth_reference").alias("azimuth_reference"),
        )


def _completed(of_files: pl.DataFrame, stated: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return the rows of files with what project.toml states of the same thing in its place, and the rest."""
    matches = pl.col(name).map_elements(key, pl.String).alias("\0key")
    of_files, stated = of_files.with_columns(matches), stated.with_columns(matches)
    both = of_files.join(stated, on="\0key", how="left", suffix="\0stated", maintain_order="left")
    values = [column for column in of_files.columns if column not in {"\0key", LINE, PLACE, COUNTED}]
    sources = pl.concat_str("source_id", "source_id\0stated", separator=";", ignore_nulls=True)
    both = both.with_columns(
        *(pl.coalesce(f"{column}\0stated", column).alias(column) for column in values if column != "source_id"),
        sources.alias("source_id"),
    )
    only = stated.join(of_files, on="\0key", how="anti", maintain_order="left")
    return pl.concat([both.select(of_files.columns), only.select(of_files.columns)], how="vertical_relaxed").drop(
        "\0key"
    )
