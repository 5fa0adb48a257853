from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from connectors.errors import FileFaults
from welltegra.reopening.contracts import publish_whole, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def writes(content: bytes) -> Callable[[IO[bytes]], None]:
    def write(file: IO[bytes]) -> None:
        file.write(content)

    return write


def test_that_a_document_is_whole_or_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "ranking.json"
    path.write_text("before")

    def half(file: IO[bytes]) -> None:
        file.write(b"half")
        file.flush()
        assert path.read_text() == "before"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(path, half)
    assert path.read_text() == "before"
    assert names(tmp_path) == ["ranking.json"]
    write_whole(path, writes(b"after"))
    assert path.read_text() == "after"
    assert names(tmp_path) == ["ranking.json"]


def test_that_what_a_killed_run_left_is_written_over(tmp_path: Path) -> None:
    (tmp_path / ".ranking.json.part").write_text("of a run that was killed, and longer")
    write_whole(tmp_path / "ranking.json", writes(b"new"))
    assert (tmp_path / "ranking.json").read_bytes() == b"new"
    assert names(tmp_path) == ["ranking.json"]


def test_that_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / ".ranking.json.part").symlink_to(tmp_path / "mine")
    write_whole(tmp_path / "ranking.json", writes(b"new"))
    assert (tmp_path / "mine").read_text() == "mine"


def test_that_a_document_may_be_read_by_whom_the_umask_lets(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "ranking.json", writes(b"new"))
    finally:
        os.umask(before)
    assert (tmp_path / "ranking.json").stat().st_mode & 0o777 == 0o640


def test_that_a_full_disk_is_a_sentence(tmp_path: Path) -> None:
    def full(_file: IO[bytes]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(FileFaults, match=r"must be a file that can be written; was No space left on device\. Free"):
        write_whole(tmp_path / "ranking.json", full)
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("absent/ranking.json", r"was No such file or directory\. Make its folder first"),
        ("file/ranking.json", r"was Not a directory\. Make its folder first"),
        ("x" * 255, r"was File name too long\. Name it shorter"),
        ("folder", r"was Is a directory\. Name another"),
    ],
)
def test_that_what_stands_in_the_way_is_said_with_what_to_do(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileFaults, match=says):
        write_whole(tmp_path / name, lambda _file: None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_that_nothing_is_written_or_published_where_nothing_was_asked_for() -> None:
    write_whole(None, lambda _file: pytest.fail("there is nowhere to write to"))
    assert publish_whole(None, "topic", {}, []) is None
