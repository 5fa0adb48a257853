"""What of a folder is no longer as it was read: by content, whatever the times of its files say."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.errors import FileFaults
from connectors.projects import read_project
from connectors.projects.changes import Changes, Folder, WasRead
from connectors.projects.files import FILE, STATED, input_sha256, sha256_of
from scoring.project import Source

NOTHING = Changes((), (), ())
TOML = """
project_id = "kern"
as_of = 2026-01-01
[tables.production]
file = "monthly/*.csv"
[[tables.reservoirs.rows]]
reservoir = "Upper"
[[logs]]
file = "logs/*.las"
well_id = "W-1"
"""
LAS = "~V\nVERS. 2.0 :\nWRAP. NO :\n~W\nNULL. -999.25 :\nWELL. W-1 :\n~C\nDEPT.M :\nGR.GAPI :\n~A\n1 20\n2 30\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        FILE: TOML,
        "wells.csv": "well_id\nW-1\n",
        "monthly/2024.csv": "well_id,date,oil_sm3\nW-1,2024-01-01,5\n",
        "logs/a.las": LAS,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def was(folder: Path, read_at: datetime | None = None, *more: Source) -> WasRead:
    sources = (*read_project(folder).sources, *more)
    digest = input_sha256(sha256_of((folder / FILE).read_bytes()), sources)
    return WasRead(digest, read_at or datetime.now(UTC), sources)


def test_that_nothing_has_changed_of_what_lies_as_it_was_read(folder: Path) -> None:
    assert Folder(folder).changes(was(folder)) == NOTHING
    assert Folder(folder / FILE).changes(was(folder)) == NOTHING
    # Neither a touch nor a copy with another time is a change, nor is what people stated a file.
    before = was(folder, None, Source("S9", "overrides", STATED, "0" * 64))
    os.utime(folder / "wells.csv")
    shutil.copy2(folder / "logs/a.las", folder / "spare")
    (folder / "spare").replace(folder / "logs/a.las")
    assert Folder(folder).changes(before) == NOTHING


def test_that_what_changed_came_and_went_is_named_as_project_toml_writes_it(folder: Path) -> None:
    before, looked_at = was(folder), Folder(folder)
    (folder / "wells.csv").write_text("well_id\nW-2\n")
    (folder / "monthly/2025.csv").write_text("well_id,date,oil_sm3\nW-1,2025-01-01,4\n")
    (folder / "surveys.csv").write_text("well_id,md_m,inc_deg,azi_deg\n")
    (folder / "logs/a.las").unlink()
    assert looked_at.changes(before) == Changes(("wells.csv",), ("monthly/2025.csv", "surveys.csv"), ("logs/a.las",))
    # As it was again, it is as it was.
    (folder / "wells.csv").write_text("well_id\nW-1\n")
    (folder / "logs/a.las").write_text(LAS)
    assert looked_at.changes(before) == Changes((), ("monthly/2025.csv", "surveys.csv"), ())


def test_that_an_old_time_does_not_hide_what_was_moved_here(folder: Path) -> None:
    before = was(folder)
    other = folder / "other"
    other.write_text("well_id\nW-2\n")
    os.utime(other, (0, 0))
    other.replace(folder / "wells.csv")
    assert Folder(folder).changes(before).changed == ("wells.csv",)


def test_that_project_toml_is_a_file_too(folder: Path) -> None:
    before = was(folder)
    (folder / FILE).write_text(TOML.replace("Upper", "Lower"))
    assert Folder(folder).changes(before) == Changes((FILE,), (), ())


def test_that_a_file_is_read_again_only_where_it_was_touched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = Path.open

    def opened(path: Path, *arguments: object, **named: object) -> object:
        read.append(path.name)
        return real(path, *arguments, **named)  # type: ignore[call-overload]  # as it was called

    before, later = was(folder), was(folder, datetime.now(UTC) + timedelta(days=1))
    looked_at = Folder(folder)
    monkeypatch.setattr(Path, "open", opened)
    looked_at.changes(later)
    assert set(read) <= {FILE}, "what was touched a day before it was read is known"
    looked_at.changes(before)
    assert sorted(set(read) - {FILE}) == ["2024.csv", "a.las", "wells.csv"]
    read.clear()
    looked_at.changes(before)
    assert set(read) <= {FILE}


def test_that_a_folder_that_cannot_be_looked_at_says_so(folder: Path) -> None:
    before = was(folder)
    (folder / FILE).write_text("project_id = ")
    with pytest.raises(FileFaults):
        Folder(folder).changes(before)
    (folder / FILE).unlink()
    with pytest.raises(FileFaults, match="must be a folder with"):
        Folder(folder).changes(before)


def test_that_a_file_of_two_tables_is_not_gone_where_it_is_that_of_one(folder: Path) -> None:
    both = '[tables.tops]\nfile = "wells.csv"\n'
    before = was(folder)
    (folder / FILE).write_text(TOML + both)
    assert Folder(folder).changes(before) == Changes((FILE,), (), ())
