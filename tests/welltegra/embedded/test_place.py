from __future__ import annotations

from pathlib import Path

import pytest

from connectors.errors import FileFaults
from welltegra.embedded.place import own, reachable


def test_that_a_folder_is_made_and_is_ours(tmp_path: Path) -> None:
    folder = own(tmp_path / "new" / "postgres", "demo.folder")
    assert folder.is_dir()
    assert own(folder, "demo.folder") == folder


def test_that_a_link_that_somebody_laid_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "postgres").symlink_to(tmp_path / "theirs")
    with pytest.raises(FileFaults, match=r"must be in a folder of our own.*set reopening\.folder to another"):
        own(tmp_path / "postgres", "reopening.folder")


def test_that_root_keeps_it_where_nobody_can_get_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    found = reachable(tmp_path / "postgres", "demo")
    assert found.parent == Path("/var/tmp")
    assert found == reachable(tmp_path / "postgres", "demo") != reachable(tmp_path / "other", "demo")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert reachable(tmp_path / "postgres", "demo") == tmp_path / "postgres"
