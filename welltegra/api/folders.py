"""Looks at the folders of projects, so that a page says which files are newer than the ranking that it shows."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final
from uuid import UUID

import psycopg

from connectors.errors import ConnectorError, FileFaults
from connectors.ops.inputs import CurrentInput, current_inputs, sources_of
from connectors.ops.shapes import Header
from connectors.projects.changes import Changes, Folder, WasRead
from welltegra.api.database import Connection, Database
from welltegra.api.problems import Problem

log = logging.getLogger(__name__)

_LOOK_EVERY_S: Final = 30.0
_MOST_NAMED: Final = 3


class Folders:
    """Looks from start() to stop(). folders: where each project lies, of those that can be ranked here."""

    def __init__(self, database: Database, folders: Mapping[str, Path]) -> None:
        self._database = database
        self._folders = {project_id: Folder(folder) for project_id, folder in folders.items()}
        self._read: dict[tuple[str, str], WasRead] = {}
        self._news: dict[UUID, str] = {}
        self._told: dict[str, str] = {}
        self._looking = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="folders", daemon=True)

    def start(self) -> None:
        """Look from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more. A file that is being read then is not waited for."""
        self._stopping.set()

    def with_news(self, of: Header) -> Header:
        """Return a ranking in short, with what has come into its folder since among what is newer."""
        news = self._news.get(of.run_id)
        return of if news is None else replace(of, inputs_newer=" ".join(filter(None, (of.inputs_newer, news))))

    def look(self) -> None:
        """Look at every folder once."""
        with self._looking:
            self._look()

    def _look(self) -> None:
        found: dict[UUID, str] = {}
        read: dict[tuple[str, str], WasRead] = {}
        for project_id, folder in self._folders.items():
            if self._stopping.is_set():
                return
            try:
                # Not within the transaction: a disk may take its time.
                inputs = self._inputs(project_id)
                for run_id, was in inputs:
                    read[project_id, was.input_sha256] = was
                    if sentence := _sentence(folder.changes(was)):
                        found[run_id] = sentence
                self._told.pop(project_id, None)
            except (OSError, FileFaults) as error:
                self._tell(project_id, str(error))
            except (ConnectorError, Problem, psycopg.Error) as error:
                self._tell(project_id, str(error))
                return  # what was found before stands
        self._news, self._read = found, read

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except Exception:  # whatever it was: it is looked at again, and what was found before stands
                log.exception("folders_unread")
            self._stopping.wait(_LOOK_EVERY_S)

    def _inputs(self, project_id: str) -> list[tuple[UUID, WasRead]]:
        with self._database.transaction("reader") as connection:
            return [
                (one.run_id, self._was(connection, project_id, one)) for one in current_inputs(connection, project_id)
            ]

    def _was(self, connection: Connection, project_id: str, of: CurrentInput) -> WasRead:
        known = self._read.get((project_id, of.input_sha256))
        return known or WasRead(of.input_sha256, of.read_at, sources_of(connection, project_id, of.input_sha256))

    def _tell(self, project_id: str, reason: str) -> None:
        """Log why a folder cannot be looked at, once until it is another reason."""
        if self._told.get(project_id) != reason and not self._stopping.is_set():
            self._told[project_id] = reason
            log.warning("folder_unread project=%s reason=%s", project_id, reason)


def _sentence(changes: Changes) -> str | None:
    """Return what is newer, in a sentence; None for nothing."""
    parts = "; ".join(_parts(changes))
    return f"Files are newer than this ranking: {parts}." if parts else None


def _parts(changes: Changes) -> Iterator[str]:
    for word, paths in (("changed", changes.changed), ("new", changes.new), ("gone", changes.gone)):
        if paths:
            more = f" and {len(paths) - _MOST_NAMED} more" if len(paths) > _MOST_NAMED else ""
            yield f"{word} {', '.join(paths[:_MOST_NAMED])}{more}"
