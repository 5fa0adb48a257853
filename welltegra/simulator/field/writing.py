"""Puts a field on disk: tables, logs, evidence with the sha256 of what was written, truth."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl

from welltegra.simulator.field.logs import LoggedWell
from welltegra.simulator.field.tables import Tables

# These are long; the rest can be looked at in a spreadsheet.
_PARQUET: Final = frozenset({"surveys", "production", "injection", "pressures", "candidates"})
ABOUT: Final = "truth/field.json"
EVIDENCE_KINDS: Final = ("log", "location", "survey", "completion", "production")
# The table that each item of evidence lies in; a log is a file of its own.
_TABLE_OF: Final = {"location": "wells", "survey": "surveys", "completion": "completions", "production": "production"}


def is_a_field(folder: Path) -> bool:
    """Return whether a folder holds a field that was made here."""
    return (folder / ABOUT).is_file()


def clear(folder: Path) -> None:
    """Remove what an earlier field left in its folder: a table of it would be read with those of the new one."""
    if is_a_field(folder):
        for pattern in ("*.csv", "*.parquet", "logs/W-*.las", "logs/W-*.las.gz", "truth/*.parquet"):
            for path in folder.glob(pattern):
                path.unlink()


def write_tables(tables: Tables, folder: Path) -> dict[str, tuple[str, str]]:
    """Write tables; return path and sha256 of each by name."""
    return {name: _write_table(frame, name, folder) for name, frame in sorted(tables.items())}


def _write_table(frame: pl.DataFrame, name: str, folder: Path) -> tuple[str, str]:
    content = BytesIO()
    path = f"{name}.parquet" if name in _PARQUET else f"{name}.csv"
    if name in _PARQUET:
        frame.write_parquet(content)
    else:
        frame.write_csv(content)
    (folder / path).write_bytes(content.getvalue())
    return path, hashlib.sha256(content.getvalue()).hexdigest()


def write_logs(logs: Iterable[LoggedWell], folder: Path) -> tuple[dict[str, tuple[str, str]], pl.DataFrame]:
    """Write log files; return path and sha256 of each by well, and the truth at the samples of all."""
    written: dict[str, tuple[str, str]] = {}
    samples: list[pl.DataFrame] = []
    (folder / "logs").mkdir(exist_ok=True)
    for log in logs:
        (folder / log.file.path).write_bytes(log.file.content)
        written[log.well_id] = (log.file.path, hashlib.sha256(log.file.content).hexdigest())
        samples.append(log.truth)
    return written, pl.concat(samples) if samples else pl.DataFrame()


def evidence(well_ids: Iterable[str]) -> pl.DataFrame:
    """Return every required item of every well, before anybody knows in which file it is."""
    wells = pl.DataFrame({"well_id": list(well_ids)}, schema={"well_id": pl.String})
    return wells.join(pl.DataFrame({"kind": EVIDENCE_KINDS}), how="cross")


def with_files(
    items: pl.DataFrame, tables: Mapping[str, tuple[str, str]], logs: Mapping[str, tuple[str, str]]
) -> pl.DataFrame:
    """Return items of evidence with path and sha256; logs: by well, candidates stand for them where there are none."""
    shared = {kind: tables[table] for kind, table in _TABLE_OF.items()}
    if "candidates" in tables:
        shared["log"] = tables["candidates"]
    files = pl.DataFrame(
        [(kind, *file) for kind, file in shared.items()], schema=["kind", "path", "sha256"], orient="row"
    )
    own = pl.DataFrame(
        [(well_id, "log", *file) for well_id, file in logs.items()],
        schema=dict.fromkeys(("well_id", "kind", "own_path", "own_sha256"), pl.String),
        orient="row",
    )
    items = items.join(files, on="kind", how="left", maintain_order="left")
    items = items.join(own, on=["well_id", "kind"], how="left", maintain_order="left")
    return items.select(
        "well_id", "kind", path=pl.coalesce("own_path", "path"), sha256=pl.coalesce("own_sha256", "sha256")
    )
