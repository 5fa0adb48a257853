"""Where the compiled kernel is kept: never with what was compiled from other sources, never where others can write."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from connectors import kernel_cache
from connectors.kernel_cache import use_kernel_cache

ROOT = Path(__file__).parents[2]


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of what the kernel is compiled from; the cache goes by it, and numba is not told."""
    root = tmp_path / "sources"
    shutil.copytree(ROOT / "rules", root / "rules", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "schemas").mkdir()
    shutil.copy(ROOT / "schemas" / "times.py", root / "schemas" / "times.py")
    monkeypatch.setattr(kernel_cache, "_ROOT", root)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    return root


def test_that_the_folder_is_in_the_cache_of_the_user(sources: Path, tmp_path: Path) -> None:
    folder = use_kernel_cache()
    assert folder.parent == tmp_path / "cache" / "welltegra"
    assert re.fullmatch("kernel-[0-9a-f]{16}", folder.name)
    assert folder.is_dir()
    assert os.environ["NUMBA_CACHE_DIR"] == str(folder)


def test_that_it_lies_under_home_where_no_cache_is_named(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert use_kernel_cache().parent == tmp_path / "home" / ".cache" / "welltegra"


def test_that_a_second_call_and_a_process_of_ours_find_the_same_folder(sources: Path) -> None:
    folder = use_kernel_cache()
    assert use_kernel_cache() == folder
    child = "from connectors.kernel_cache import use_kernel_cache; print(use_kernel_cache())"
    said = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, check=True, cwd=ROOT)
    assert Path(said.stdout.strip()).parent == folder.parent


@pytest.mark.parametrize("changed", ["rules/step.py", "rules/sample.py", "rules/errors.py", "schemas/times.py"])
def test_that_an_edit_to_any_source_changes_the_folder_and_taking_it_back_changes_it_back(
    sources: Path, changed: str
) -> None:
    folder = use_kernel_cache()
    text = (sources / changed).read_text()
    (sources / changed).write_text(text + "\n# edited\n")
    assert use_kernel_cache() != folder
    (sources / changed).write_text(text)
    assert use_kernel_cache() == folder


def test_that_what_moves_between_two_files_and_a_new_name_change_the_folder(sources: Path) -> None:
    one, two = sources / "rules" / "limit.py", sources / "rules" / "memory.py"
    seen = {use_kernel_cache()}
    text = one.read_text() + two.read_text()
    for at in (0, 100):
        one.write_text(text[:at])
        two.write_text(text[at:])
        seen.add(use_kernel_cache())
    two.rename(two.with_name("memory_2.py"))
    seen.add(use_kernel_cache())
    assert len(seen) == 4


def test_that_numbas_own_setting_is_kept_as_the_place(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "given"))
    folder = use_kernel_cache()
    assert folder.parent == tmp_path / "given"
    (sources / "rules" / "step.py").write_text("")
    assert use_kernel_cache().parent == tmp_path / "given"


def test_that_a_numba_already_loaded_is_told(sources: Path) -> None:
    program = (
        "import numba; from connectors.kernel_cache import use_kernel_cache; "
        "print(str(use_kernel_cache()) == numba.config.CACHE_DIR)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert said.stdout.strip() == "True"


@pytest.mark.parametrize("obstacle", ["a file", "a file above", "no right to write"])
def test_that_without_a_writable_home_it_is_a_folder_that_nobody_else_can_guess_or_write(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, obstacle: str
) -> None:
    home = tmp_path / "cache"
    if obstacle == "a file":
        home.write_text("")
    elif obstacle == "a file above":
        home.write_text("")
        monkeypatch.setenv("XDG_CACHE_HOME", str(home / "below"))
    else:
        # Root may write anywhere; what the system says is what counts.
        monkeypatch.setattr(os, "access", lambda *_: False)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    one, two = use_kernel_cache(), None
    assert one.is_dir()
    assert one.parents[1] == temporary
    assert stat.S_IMODE(one.parent.stat().st_mode) == 0o700
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    two = use_kernel_cache()
    assert two.parent != one.parent


def test_that_only_the_last_few_folders_are_kept_and_nothing_that_is_not_ours_is_touched(
    sources: Path, tmp_path: Path
) -> None:
    home = tmp_path / "cache" / "welltegra"
    for number in range(8):
        older = home / f"kernel-{number:016x}"
        older.mkdir(parents=True)
        os.utime(older, (number, number))
    for name in ("kernel-headers", "kernel-logs", "kernel-0123456789abcdeX", "other"):
        (home / name).mkdir()
        os.utime(home / name, (1, 1))
    folder = use_kernel_cache()
    left = {path.name for path in home.iterdir()}
    assert left == {
        folder.name,
        *(f"kernel-{number:016x}" for number in (4, 5, 6, 7)),
        *("kernel-headers", "kernel-logs", "kernel-0123456789abcdeX", "other"),
    }


def test_that_a_place_that_is_only_called_like_ours_is_a_place(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "kernel-cache"))
    assert use_kernel_cache().parent == tmp_path / "kernel-cache"
