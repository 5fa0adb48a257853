"""Projects of our own making, written to a folder, and single logs without one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from connectors.errors import FileFaults
from connectors.projects import read_project, read_well_log
from scoring.project import PROBLEM_COLUMNS, LogReference, Project, WellLog

DATA = Path(__file__).resolve().parents[2] / "data" / "projects"

TOML = 'project_id = "p"\nas_of = 2016-12-01\n'
WELLS = "well_id,x,y,crs,kb_elevation_m,vertical_datum,location_source,aliases\n"
A1 = "A-1,435000,6478000,EPSG:23031,25,MSL,survey,\n"


def project_of(*references: LogReference) -> Project:
    """Return a project with logs and nothing else."""
    problems = pl.DataFrame(schema=PROBLEM_COLUMNS)
    return Project("p", date(2016, 12, 1), "earthbond_reopen_v1", None, (), {}, {}, {}, references, (), problems)


def log_reference(name: str, source_id: str = "S1", **said: Any) -> LogReference:
    """Return a reference to a log of tests/data."""
    location = str(DATA / "las" / name)
    return LogReference("A-1", name, source_id, location, "dlis" if name.endswith(".dlis") else "las", **said)


def read_log(name: str, **said: Any) -> WellLog:
    """Return the log in one file of tests/data."""
    log = read_well_log(project_of(log_reference(name, **said)), "A-1")
    assert log is not None
    return log


def columns(log: WellLog) -> dict[str, list[Any]]:
    """Return a log's readings by curve."""
    return log.frame.to_dict(as_series=False)


def folder_with(folder: Path, files: dict[str, str | bytes], toml: str = TOML, wells: str = WELLS + A1) -> Path:
    """Return a project folder: project.toml, wells.csv and other files."""
    for name, content in {"project.toml": toml, "wells.csv": wells, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read(folder: Path, files: dict[str, str | bytes], toml: str = TOML, wells: str = WELLS + A1) -> Project:
    """Return what is read from a project folder."""
    return read_project(folder_with(folder, files, toml, wells))


def faults(folder: Path, files: dict[str, str | bytes], toml: str = TOML, wells: str = WELLS + A1) -> list[str]:
    """Return what is wrong with a project folder, without the folder's own path."""
    with pytest.raises(FileFaults) as caught:
        read(folder, files, toml, wells)
    return [str(fault).replace(f"{folder}/", "") for fault in caught.value.faults]


def told(project: Project, kind: str = "row_fault") -> list[str]:
    """Return the sentences of one kind of problem."""
    return project.problems.filter(pl.col("kind") == kind)["detail"].to_list()
