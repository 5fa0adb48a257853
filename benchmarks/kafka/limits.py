"""Limits in a file, for peers whose packages cannot read our rules. Needs nothing but msgspec."""

from __future__ import annotations

from pathlib import Path

import msgspec

from benchmarks.judging import Limit, Limits

NAME = "limits.json"


class _Row(msgspec.Struct, array_like=True):
    well_id: str
    tag: str
    limit: Limit


def write_limits(folder: Path, limits: Limits) -> None:
    """Write the limits of a workload into `folder`."""
    rows = [_Row(well_id, tag, limit) for (well_id, tag), limit in limits.items()]
    (folder / NAME).write_bytes(msgspec.json.encode(rows))


def read_limits(folder: Path) -> Limits:
    """Return what `write_limits` wrote, to the last bit."""
    rows = msgspec.json.decode((folder / NAME).read_bytes(), type=list[_Row])
    return {(row.well_id, row.tag): row.limit for row in rows}
