"""The recovery folder: whose state it is, and where it goes when its disk is full."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from connectors.errors import FileFaults
from welltegra.live import recovery as recovery_module
from welltegra.live.recovery import Recovery


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    memory = tmp_path / "memory"
    memory.mkdir()
    return tmp_path / "recovery", memory


def made(folders: tuple[Path, Path], most_processes: int = 4) -> Recovery:
    recovery = Recovery(folders[0], most_processes, folders[1])
    recovery.prepare()
    return recovery


def test_that_the_state_is_cut_into_as_many_parts_as_there_may_be_processes(folders: tuple[Path, Path]) -> None:
    assert len(list(made(folders, 4).place().iterdir())) == 4


def test_that_the_same_flow_may_come_back_with_fewer_processes(folders: tuple[Path, Path]) -> None:
    made(folders).check("well.samples.v1", "id-1", 8, 4)
    made(folders).check("well.samples.v1", "id-1", 8, 1)


def test_that_every_thing_that_does_not_fit_is_told_at_once(folders: tuple[Path, Path]) -> None:
    made(folders).check("well.samples.v1", "id-1", 8, 1)
    with pytest.raises(FileFaults) as caught:
        made(folders).check("other.samples.v1", "id-2", 16, 5)
    told = str(caught.value)
    assert [fault.found for fault in caught.value.faults] == ["'other.samples.v1'", "'id-2'", "16", "5"]
    assert "partitions must be what the state was made for, 8" in told
    assert "must be shared by 4 processes or fewer" in told


def test_that_a_folder_that_cannot_be_made_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(FileFaults, match="must be one that we can write to"):
        Recovery(tmp_path / "file" / "recovery", 1, None).prepare()


def test_that_a_making_that_was_cut_short_is_begun_again(folders: tuple[Path, Path]) -> None:
    half = folders[0] / "state.new"
    half.mkdir(parents=True)
    (half / "part-0.sqlite3").write_text("half", encoding="utf-8")
    assert len(list(made(folders, 2).place().iterdir())) == 2


def test_that_the_state_moves_to_memory_while_the_disk_is_full_and_back_with_all_in_it(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    recovery = made(folders)
    recovery.check("well.samples.v1", "id-1", 8, 1)
    first = recovery.place()
    assert recovery.is_on_disk(first)
    (first / "part-0.sqlite3").write_text("before", encoding="utf-8")
    full = {folders[0]}
    monkeypatch.setattr(recovery_module, "_has_room", lambda folder, _size: folder not in full)
    second = recovery.place()
    assert not recovery.is_on_disk(second)
    assert second.parent == folders[1]
    assert second.stat().st_mode & 0o777 == 0o700
    assert (second / "part-0.sqlite3").read_text(encoding="utf-8") == "before"
    (second / "part-0.sqlite3").write_text("while full", encoding="utf-8")
    assert recovery.place() == second, "it stays there for as long as the disk is full"
    full.clear()
    third = recovery.place()
    assert third == first
    assert (third / "part-0.sqlite3").read_text(encoding="utf-8") == "while full"
    assert list(folders[1].iterdir()) == []


def test_that_an_emptied_folder_does_not_get_the_state_back_that_it_had(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    recovery = made(folders)
    recovery.check("well.samples.v1", "id-1", 8, 1)
    (recovery.place() / "part-0.sqlite3").write_text("old", encoding="utf-8")
    full = {folders[0]}
    monkeypatch.setattr(recovery_module, "_has_room", lambda folder, _size: folder not in full)
    recovery.place()
    shutil.rmtree(folders[0])
    full.clear()
    anew = made(folders)
    anew.check("well.samples.v1", "id-2", 8, 1)
    assert (anew.place() / "part-0.sqlite3").read_bytes() != b"old"


def test_that_a_move_that_was_cut_short_leaves_the_state_that_was_there(folders: tuple[Path, Path]) -> None:
    recovery = made(folders)
    state = recovery.place()
    (state / "part-0.sqlite3").write_text("before", encoding="utf-8")
    state.rename(folders[0] / "state.old")
    assert (recovery.place() / "part-0.sqlite3").read_text(encoding="utf-8") == "before"


def test_that_it_stays_on_a_full_disk_where_memory_is_full_too(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    recovery = made(folders)
    monkeypatch.setattr(recovery_module, "_has_room", lambda _folder, _size: False)
    assert recovery.is_on_disk(recovery.place())


def test_that_what_several_machines_share_goes_into_the_memory_of_none(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    recovery = Recovery(folders[0], 2, None)
    recovery.prepare()
    monkeypatch.setattr(recovery_module, "_has_room", lambda _folder, _size: False)
    assert recovery.is_on_disk(recovery.place())


def test_that_room_is_found_by_trying(tmp_path: Path) -> None:
    assert recovery_module._has_room(tmp_path, 1 << 20)
    assert not recovery_module._has_room(tmp_path, 1 << 60)
    assert not recovery_module._has_room(tmp_path / "absent", 1)
    assert list(tmp_path.iterdir()) == []


def test_that_the_rules_of_a_first_start_are_kept_for_the_next(folders: tuple[Path, Path]) -> None:
    assert made(folders).first_versions(3, {"W-2": 1, "W-1": 4}) == {"W-2": 1, "W-1": 4}
    later = made(folders).first_versions(3, {"W-1": 5, "W-2": 1, "W-3": 1})
    assert list(later.items()) == [("W-2", 1), ("W-1", 4)], "in the order of then"
    assert made(folders).first_versions(1, {"W-9": 1}) == {"W-9": 1}


def test_that_a_disk_too_full_to_keep_them_is_no_reason_not_to_start(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(_path: Path, _content: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(recovery_module, "_write", full)
    assert made(folders).first_versions(0, {"W-1": 1}) == {"W-1": 1}
    assert "first_rules_not_kept shard=0" in caplog.text


@pytest.mark.parametrize("content", ["", "{}", '{"topic": "well.samples.v1", "partitions": 4}', '{"topic": 1}'])
def test_that_a_folder_that_does_not_say_whose_it_is_is_refused(folders: tuple[Path, Path], content: str) -> None:
    recovery = made(folders)
    (folders[0] / "flow.json").write_text(content, encoding="utf-8")
    with pytest.raises(FileFaults, match="must say what the state beside it was made for"):
        recovery.check("well.samples.v1", "id-1", 4, 1)
