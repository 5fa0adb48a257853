"""Files that are newer than the ranking: told with it, and no longer than they are."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from connectors.projects.changes import Changes, Folder, WasRead
from tests.welltegra.api.conftest import As, Site, TestClient
from welltegra.api import folders as module
from welltegra.api.database import Database
from welltegra.api.folders import Folders


@pytest.fixture
def wells(site: Site, app: FastAPI, server: TestClient) -> Iterator[Path]:
    """Yield a file of our project; others find it as it was, and are told nothing of it."""
    path = site.folders[site.ours] / "wells.csv"
    before = path.read_bytes()
    yield path
    path.write_bytes(before)
    app.state.shared.folders.look()


@pytest.fixture
def database(site: Site) -> Iterator[Database]:
    found = Database(site.postgres, 2)
    found.open()
    yield found
    found.close()


def newer(as_: As, site: Site) -> str | None:
    answer = as_("viewer").get(f"/projects/{site.ours}/portfolio/reopening-targets?limit=1")
    found: str | None = answer.json()["summary"]["inputs_newer"]
    return found


def test_that_a_list_names_the_files_that_are_newer_than_it(as_: As, site: Site, app: FastAPI, wells: Path) -> None:
    folders: Folders = app.state.shared.folders
    folders.look()
    before = newer(as_, site)
    assert "Files are newer" not in (before or "")
    wells.write_bytes(wells.read_bytes() + b"\n")
    folders.look()
    told = "Files are newer than this ranking: changed wells.csv."
    assert newer(as_, site) == " ".join(filter(None, (before, told)))
    page = as_("viewer").get(f"/projects/{site.ours}/worklist", headers={"Accept": "text/html"})
    assert told in page.text
    wells.write_bytes(wells.read_bytes()[:-1])
    folders.look()
    assert newer(as_, site) == before


def test_that_of_many_files_a_few_are_named(site: Site, database: Database, tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text(f'project_id = "{site.ours}"\nas_of = 2026-01-01\n')
    for table in ("wells", "production"):
        (tmp_path / f"{table}.csv").write_text("well_id\n")
    folders = Folders(database, {site.ours: tmp_path})
    folders.look()
    ((_, said),) = folders._news.items()
    assert said.startswith(
        "Files are newer than this ranking: changed project.toml, wells.csv; new production.csv; gone "
    )
    assert said.endswith(" more.")


def test_that_a_folder_that_cannot_be_read_is_logged_once_and_hides_no_other(
    site: Site, database: Database, wells: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wells.write_bytes(wells.read_bytes() + b"\n")
    folders = Folders(database, {site.theirs: tmp_path / "none", site.ours: wells.parent})
    with caplog.at_level(logging.WARNING):
        folders.look()
        folders.look()
    assert [record.getMessage().split(" reason=")[0] for record in caplog.records] == [
        f"folder_unread project={site.theirs}"
    ]
    assert list(folders._news.values()) == ["Files are newer than this ranking: changed wells.csv."]


def test_that_what_nobody_thought_of_does_not_end_it(
    site: Site, database: Database, wells: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real, looks, looked = Folder.changes, [0], threading.Event()

    def changes(folder: Folder, was: WasRead) -> Changes:
        looks[0] += 1
        if looks[0] == 1:
            raise RuntimeError("nobody thought of this")
        looked.set()
        return real(folder, was)

    monkeypatch.setattr(Folder, "changes", changes)
    monkeypatch.setattr(module, "_LOOK_EVERY_S", 0.01)
    folders = Folders(database, {site.ours: wells.parent})
    folders.start()
    try:
        assert looked.wait(60)
    finally:
        folders.stop()
        folders._thread.join()
    assert any("folders_unread" in said for said in caplog.messages)


def test_that_what_was_found_stands_while_the_database_is_away(site: Site, database: Database, wells: Path) -> None:
    wells.write_bytes(wells.read_bytes() + b"\n")
    folders = Folders(database, {site.ours: wells.parent})
    folders.look()
    before = dict(folders._news)
    database.close()
    folders.look()
    assert before
    assert folders._news == before
