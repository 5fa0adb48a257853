"""The recovery folder: there, to be made, closed, in memory, without locks, on a full disk."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections import namedtuple
from pathlib import Path

import pytest

from welltegra.doctor.disk import filesystem_of, look
from welltegra.doctor.result import State

Usage = namedtuple("Usage", "total used free")
GB = 1_000_000_000


@pytest.fixture(autouse=True)
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have much room wherever the tests run."""
    has(monkeypatch, 100 * GB)


def has(monkeypatch: pytest.MonkeyPatch, free: int, total: int = 200 * GB) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(total, total - free, free))


def mounts(folder: Path, *lines: tuple[str, str]) -> Path:
    """Return the kernel's table with these mount points and kinds."""
    table = folder / "mountinfo"
    table.write_text(
        "".join(f"{n} 1 8:1 / {point} rw shared:1 - {kind} /dev/x rw\n" for n, (point, kind) in enumerate(lines))
    )
    return table


def test_that_a_folder_that_is_there_and_one_to_be_made_are_fine_and_left_as_they_were(tmp_path: Path) -> None:
    table = mounts(tmp_path, ("/", "ext4"))
    folder = tmp_path / "state"
    folder.mkdir()
    (there,) = look(folder, table)
    (to_make,) = look(tmp_path / "a" / "b", table)
    assert (there.state, to_make.state) == (State.OK, State.OK)
    assert there.found == f"{folder}: writable, locks hold, 100.0 GB free on ext4."
    assert "(the flow makes it)" in to_make.found
    assert list(folder.iterdir()) == []
    assert not (tmp_path / "a").exists()


def test_that_a_file_in_its_place_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    (result,) = look(tmp_path / "state" / "inner")
    assert (result.state, "must be a folder" in result.found) == (State.WRONG, True)


def test_that_a_folder_where_nobody_can_write_is_wrong() -> None:
    (result,) = look(Path("/proc/welltegra"))
    assert (result.state, "must be one that we can write to" in result.found) == (State.WRONG, True)


@pytest.mark.parametrize("kind, state", [("tmpfs", State.WRONG), ("ramfs", State.WRONG), ("nfs4", State.WARNING)])
def test_that_a_disk_that_does_not_stay_or_locks_over_a_network_are_told(
    tmp_path: Path, kind: str, state: State
) -> None:
    (result,) = look(tmp_path, mounts(tmp_path, ("/", kind)))
    assert (result.state, kind in result.found) == (state, True)


def test_that_memory_is_told_from_a_disk_on_this_machine() -> None:
    if not os.path.ismount("/dev/shm"):
        pytest.skip("NOT PROVEN: this machine has no /dev/shm")
    (result,) = look(Path("/dev/shm"))
    assert (result.state, "is in memory (tmpfs)" in result.found) == (State.WRONG, True)


def test_that_the_innermost_mount_counts_also_with_a_blank_in_its_name(tmp_path: Path) -> None:
    table = mounts(tmp_path, ("/", "overlay"), (f"{tmp_path}/a\\040b", "xfs"), (f"{tmp_path}/a", "nfs"))
    (tmp_path / "a b" / "c").mkdir(parents=True)
    assert filesystem_of(tmp_path / "a b" / "c", table) == "xfs"
    assert filesystem_of(tmp_path, table) == "overlay"
    assert filesystem_of(tmp_path, tmp_path / "none") == "an unknown file system"


def test_that_locks_that_do_not_hold_are_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = mounts(tmp_path, ("/", "odd"))
    monkeypatch.setattr(fcntl, "flock", lambda *_: None)
    (result,) = look(tmp_path, table)
    assert (result.state, "two have it at once" in result.found) == (State.WRONG, True)

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    (result,) = look(tmp_path, table)
    assert (result.state, "No locks available" in result.found) == (State.WRONG, True)


@pytest.mark.parametrize(
    "free, total, state",
    [
        (2 * GB, 10 * GB, State.OK),
        (2 * GB, 100 * GB, State.WARNING),
        (GB // 2, GB, State.WARNING),
        (5, GB, State.WRONG),
    ],
)
def test_that_a_disk_that_fills_is_a_warning_and_a_full_one_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, total: int, state: State
) -> None:
    has(monkeypatch, free, total)
    (result,) = look(tmp_path, mounts(tmp_path, ("/", "ext4")))
    assert result.state is state


def test_that_a_disk_without_room_for_a_file_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    (result,) = look(tmp_path)
    assert (result.state, result.remedy) == (State.WRONG, "Free some room on it.")
