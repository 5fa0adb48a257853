"""The text surveys of a project: whose each is, its stations as rows of `surveys`, and what its header says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from connectors.errors import Fault
from connectors.projects.columns import TABLES
from connectors.projects.config import Config, SurveyEntry
from connectors.projects.files import FoundFile, Sources, find, sha256_of, well_id_in
from connectors.projects.problems import Problems
from connectors.projects.surveys import Survey, parse_survey
from connectors.projects.well_ids import WellNames
from connectors.projects.wells import SurveyHeader
from scoring.project import ProblemKind

_SCHEMA = {name: column.dtype for name, column in TABLES["surveys"].items()} | {"source_id": pl.String}


@dataclass(frozen=True, slots=True)
class SurveyTables:
    """All text surveys. stations: rows of `surveys`. headers: by well."""

    stations: pl.DataFrame
    headers: dict[str, SurveyHeader]


def read_surveys(
    folder: Path, config: Config, names: WellNames, sources: Sources, problems: Problems, faults: list[Fault]
) -> SurveyTables:
    """Return the surveys that [[surveys]] names. One that cannot be read is a problem of its well, no fault."""
    rows: list[pl.DataFrame] = []
    headers: dict[str, SurveyHeader] = {}
    for place, entry in enumerate(config.file.surveys):
        path = ("surveys", place)
        files, absent = find(folder, entry.file, config, (*path, "file"))
        faults += absent
        for file in files:
            raw = file.location.read_bytes()
            digest = sha256_of(raw)
            survey = _parsed(raw, file, entry)
            well_id, fault = well_of(entry, file, survey.facts.well_name, names, config, path)
            source_id = sources.add("survey", file.path, digest, well_id)
            if fault is not None:
                faults.append(fault)
            for told in survey.faults:
                kind: ProblemKind = "row_fault" if survey.stations else "vertical_datum_problem"
                problems.add(kind, str(told), well_id=well_id, source_id=source_id)
            if well_id is None:
                if fault is None:
                    problems.add("row_fault", _stranger(file, survey), source_id=source_id)
                continue
            if well_id in headers:
                must, remedy = f"well {well_id!r} must have one survey", "Only the first is used; remove the other."
                detail = f"{file.path}: {must}; was {headers[well_id].path} too. {remedy}"
                problems.add("row_fault", detail, well_id=well_id, source_id=source_id)
                continue
            headers[well_id] = SurveyHeader(survey.facts, file.path, source_id)
            rows.append(_stations(survey, well_id, source_id))
            _tell_twice(survey, file, well_id, source_id, problems)
    return SurveyTables(pl.concat(rows) if rows else pl.DataFrame(schema=_SCHEMA), headers)


def _parsed(raw: bytes, file: FoundFile, entry: SurveyEntry) -> Survey:
    try:
        text = raw.decode(entry.encoding)
    except (UnicodeDecodeError, LookupError) as error:
        must = f"a survey must be in the encoding that project.toml says, {entry.encoding!r}"
        line = raw.count(b"\n", 0, error.start) + 1 if isinstance(error, UnicodeDecodeError) else None
        fault = Fault(file.path, line, must, str(error), "Write encoding = 'latin-1', or 'cp1252'.")
        survey = parse_survey(raw.decode("latin-1"), file.path, entry)
        return Survey((), survey.facts, (fault,))
    return parse_survey(text, file.path, entry)


def well_of(
    entry: object, file: FoundFile, header: str | None, names: WellNames, config: Config, path: tuple[str | int, ...]
) -> tuple[str | None, Fault | None]:
    """Return whose a file is: what project.toml says, else what its name says, else its header. And what is wrong."""
    said = getattr(entry, "well_id", None)
    pattern = getattr(entry, "filename_well_id", None)
    if said is not None:
        well_id, key, must = names.resolve(said), "well_id", "well_id must be of a well of the table 'wells'"
        found = said
    elif pattern is not None:
        found = well_id_in(pattern, file) or file.location.name
        well_id, key = names.resolve(found), "filename_well_id"
        must = f"filename_well_id must find a well of the table 'wells' in {file.path}"
    else:
        return (names.resolve(header) if header else None), None
    if well_id is not None:
        return well_id, None
    remedy = "Correct it, or add it to the aliases of the well that is meant."
    return None, Fault(config.where, config.line((*path, key)), must, repr(found), remedy)


def _stranger(file: FoundFile, survey: Survey) -> str:
    must = "a survey must be of a well of the table 'wells', or an alias of one"
    return f"{file.path}: {must}; was {survey.facts.well_name!r}. Left out; state its well_id, or add the alias."


def _stations(survey: Survey, well_id: str, source_id: str) -> pl.DataFrame:
    first: dict[float, tuple[float, float, float]] = {}
    for station in survey.stations:
        first.setdefault(station[0], station)
    reference = survey.facts.azimuth_reference
    rows = [(well_id, *station, reference, source_id) for station in sorted(first.values())]
    return pl.DataFrame(rows, _SCHEMA, orient="row")


def _tell_twice(survey: Survey, file: FoundFile, well_id: str, source_id: str, problems: Problems) -> None:
    depths = [station[0] for station in survey.stations]
    twice = sorted({depth for depth in depths if depths.count(depth) > 1}) if len(set(depths)) < len(depths) else []
    if twice:
        must, remedy = "each station must have a depth of its own", "The first is kept; remove the others."
        detail = f"{file.path}: {must}; was {twice[0]} m more than once. {remedy}"
        problems.add("row_fault", detail, well_id=well_id, source_id=source_id)
