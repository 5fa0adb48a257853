"""What the current rankings of a project were made from, file by file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from connectors.ops.reading import Connection, all_of
from scoring.project import Source


@dataclass(frozen=True, slots=True)
class CurrentInput:
    """What a current ranking was made from. read_at: when this content was first read."""

    run_id: UUID
    input_sha256: str
    read_at: datetime


def current_inputs(connection: Connection, project_id: str) -> list[CurrentInput]:
    """Return what the current rankings of a project were made from: one for each profile key."""
    return all_of(connection, CurrentInput, "select_current_inputs", {"project_id": project_id})


def sources_of(connection: Connection, project_id: str, input_sha256: str) -> tuple[Source, ...]:
    """Return every file that was read for it."""
    values = {"project_id": project_id, "input_sha256": input_sha256}
    return tuple(all_of(connection, Source, "select_input_sources", values))
