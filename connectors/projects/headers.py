"""The log files of a project: whose each is, and what project.toml says about it. Their samples are read later."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from pathlib import Path
from typing import Final, Literal

from connectors.errors import Fault
from connectors.projects.config import Config, LogEntry
from connectors.projects.files import FoundFile, Sources, find, sha256_of
from connectors.projects.mnemonics import OURS
from connectors.projects.problems import Problems
from connectors.projects.survey_files import well_of
from connectors.projects.well_ids import WellNames
from connectors.toml_text import Path as KeyPath
from scoring.project import Exclude, LogReference

_HEADER_BYTES: Final = 64_000
_WELL_LINE: Final = re.compile(r"^\s*(WELL|UWI|WN)\s*\.\S*\s+(.*?)\s*(?::[^:]*)?$", re.MULTILINE)


def log_references(
    folder: Path, config: Config, names: WellNames, sources: Sources, problems: Problems, faults: list[Fault]
) -> tuple[LogReference, ...]:
    """Return the log files that [[logs]] names. One whose well is not known is a problem, no fault."""
    references = []
    for place, entry in enumerate(config.file.logs):
        path = ("logs", place)
        files, absent = find(folder, entry.file, config, (*path, "file"))
        faults += absent
        faults += _curve_faults(entry, config, path)
        for file in files:
            kind = _format(file)
            if kind is None:
                must, remedy = f"logs no. {place + 1} must be .las, .las.gz or .dlis", "Export it as one of them."
                faults.append(Fault(config.where, config.line((*path, "file")), must, repr(file.path), remedy))
                continue
            raw = file.location.read_bytes()
            is_said = entry.well_id is not None or entry.filename_well_id is not None
            header = None if is_said else _well_in(raw, kind)
            well_id, fault = well_of(entry, file, header, names, config, path)
            source_id = sources.add("log", file.path, sha256_of(raw), well_id)
            if fault is not None:
                faults.append(fault)
            elif well_id is None:
                must = "a log must be of a well of the table 'wells', or an alias of one"
                remedy = "Left out; state its well_id in project.toml, or add the alias."
                detail = f"{file.path}: {must}; was {header!r} in its header. {remedy}"
                problems.add("row_fault", detail, source_id=source_id)
            else:
                references.append(_reference(well_id, file, source_id, kind, entry))
    return tuple(references)


def _reference(
    well_id: str, file: FoundFile, source_id: str, kind: Literal["las", "dlis"], entry: LogEntry
) -> LogReference:
    exclude = entry.exclude
    return LogReference(
        well_id=well_id,
        path=file.path,
        source_id=source_id,
        location=str(file.location),
        format=kind,
        curves=dict(entry.curves),
        units=dict(entry.units),
        exclude=Exclude(exclude.curve, exclude.equals) if exclude else None,
        null_values=entry.null_values,
        encoding=entry.encoding,
        interpretation_id=entry.interpretation_id,
    )


def _format(file: FoundFile) -> Literal["las", "dlis"] | None:
    name = file.location.name.lower()
    if name.endswith((".las", ".las.gz")):
        return "las"
    return "dlis" if name.endswith(".dlis") else None


def _well_in(raw: bytes, kind: str) -> str | None:
    """Return the well that a LAS header names; a DLIS file's must be stated."""
    if kind != "las":
        return None
    if raw[:2] == b"\x1f\x8b":
        try:
            with gzip.open(io.BytesIO(raw)) as stream:
                raw = stream.read(_HEADER_BYTES)
        except (OSError, EOFError, zlib.error):
            return None
    text = raw[:_HEADER_BYTES].decode("latin-1").partition("~A")[0]
    found = {match[1].upper(): match[2] for match in reversed(list(_WELL_LINE.finditer(text))) if match[2]}
    return found.get("WELL") or found.get("UWI") or found.get("WN")


def _curve_faults(entry: LogEntry, config: Config, path: KeyPath) -> list[Fault]:
    faults = []
    for key, known in (("curves", tuple(OURS)), ("units", ("md", *OURS))):
        for name in getattr(entry, key):
            if name not in known:
                must = f"{key} of logs must be of {', '.join(known)}"
                line = config.line((*path, key, name))
                faults.append(Fault(config.where, line, must, repr(name), "Correct its name, or remove it."))
    return faults
