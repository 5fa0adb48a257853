"""Python, the kernel's cache, memory and cores, good and bad."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_layers import REPO
from welltegra.doctor.python import core_count, look_at_kernel, look_at_machine, look_at_python, memory_bytes
from welltegra.doctor.result import Result, State

GB = 1_000_000_000


@pytest.mark.parametrize(
    "version, system, state",
    [
        ((3, 11, 0), "linux", State.OK),
        ((3, 12, 9), "linux", State.OK),
        ((3, 10, 9), "linux", State.WRONG),
        ((3, 13, 0), "linux", State.WRONG),
        ((3, 11, 0), "darwin", State.WARNING),
    ],
)
def test_that_a_python_we_do_not_run_on_is_told(version: tuple[int, int, int], system: str, state: State) -> None:
    (result,) = look_at_python(version, system)
    assert (result.state, ".".join(map(str, version)) in result.found) == (state, True)


def test_that_a_cache_with_a_compiled_kernel_is_told_from_an_empty_one(tmp_path: Path) -> None:
    (empty,) = look_at_kernel({"NUMBA_CACHE_DIR": str(tmp_path)})
    assert (empty.state, "the first start compiles" in empty.found) == (State.OK, True)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "judge.nbi").touch()
    (full,) = look_at_kernel({"NUMBA_CACHE_DIR": str(tmp_path)})
    assert full == Result("kernel cache", State.OK, f"compiled, in {tmp_path}.")


def test_that_a_kernel_that_is_not_compiled_is_wrong(tmp_path: Path) -> None:
    (result,) = look_at_kernel({"NUMBA_CACHE_DIR": str(tmp_path), "NUMBA_DISABLE_JIT": "1"})
    assert (result.state, result.remedy) == (State.WRONG, "Unset it.")


def test_that_a_cache_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    program = "import welltegra; from welltegra.doctor.python import look_at_kernel; print(*look_at_kernel())"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    said = subprocess.run(
        [sys.executable, "-c", program], env=environment | {"XDG_CACHE_HOME": str(tmp_path / "file")}, cwd=REPO,
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "State.WARNING" in said
    assert "must be writable; is not" in said


def machine(root: Path, memory: int, limit: str = "max", cores: str = "max 100000") -> Path:
    """Return a root with the kernel's own files as they would be."""
    (root / "proc").mkdir()
    (root / "proc/meminfo").write_text(f"MemTotal:       {memory // 1024} kB\nMemFree:        1 kB\n")
    (root / "sys/fs/cgroup").mkdir(parents=True)
    (root / "sys/fs/cgroup/memory.max").write_text(f"{limit}\n")
    (root / "sys/fs/cgroup/cpu.max").write_text(f"{cores}\n")
    return root


def test_that_too_little_memory_for_500_000_tags_is_a_warning(tmp_path: Path) -> None:
    (result,) = (each for each in look_at_machine(1, machine(tmp_path, GB)) if " MB (" in each.found)
    assert result.state is State.WARNING
    assert result.found.startswith("500,000 tags must have 1,121 MB (1 process); there are 1,000 MB and ")


def test_that_what_a_container_may_have_counts_and_not_what_its_machine_has(tmp_path: Path) -> None:
    root = machine(tmp_path, 64 * GB, limit=str(GB), cores="50000 100000")
    assert (memory_bytes(root), core_count(root)) == (GB, 0.5)
    assert [result.state for result in look_at_machine(1, root)] == [State.WARNING, State.WARNING]


def test_that_a_machine_with_enough_for_its_processes_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(4)))
    root = machine(tmp_path, 64 * GB)
    assert [result.state for result in look_at_machine(3, root)] == [State.OK]
    (result,) = look_at_machine(4, root)
    assert (result.state, "and the rest one: 5" in result.found) == (State.WARNING, True)


def test_that_this_machine_can_be_looked_at() -> None:
    assert all(result.state in {State.OK, State.WARNING} for result in look_at_machine())
    assert memory_bytes() > GB / 10
