"""One process of a number at a time, and none beside those of an older, larger cluster."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from connectors.errors import FileFaults
from tests.system.site import wait_until
from tests.test_layers import REPO
from welltegra.live import lock as module
from welltegra.live.lock import ProcessLock, SupervisorLock, is_held

HOLD = """
import sys, time
from pathlib import Path
from welltegra.live.lock import ProcessLock
lock = ProcessLock(Path(sys.argv[1]), int(sys.argv[2]))
lock.take(int(sys.argv[3]), lambda who: print("waits for", who, flush=True))
print("has it", flush=True)
time.sleep(600)
"""


class Holder:
    """A process that takes a lock and keeps it."""

    def __init__(self, folder: Path, number: int, processes: int, program: str = HOLD) -> None:
        self.output = folder / f"holder-{len(list(folder.glob('holder-*')))}"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", program, str(folder), str(number), str(processes)],
                cwd=REPO, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_for(self, words: str) -> None:
        wait_until(lambda: words in self.said, f"{words}; said: {self.said}")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def test_that_a_second_process_waits_until_the_first_is_dead_and_says_for_whom(tmp_path: Path) -> None:
    first = Holder(tmp_path, 0, 1)
    second = None
    try:
        first.wait_for("has it")
        second = Holder(tmp_path, 0, 1)
        second.wait_for(f"waits for pid {first.process.pid}")
        assert "has it" not in second.said
        first.kill()
        second.wait_for("has it")
    finally:
        for holder in (first, second):
            if holder is not None and holder.process.poll() is None:
                holder.kill()


def test_that_processes_of_other_numbers_do_not_wait(tmp_path: Path) -> None:
    locks = [ProcessLock(tmp_path, number) for number in range(3)]
    for lock in locks:
        lock.take(3)
    for lock in locks:
        lock.release()


def test_that_a_smaller_cluster_waits_for_those_that_are_left_of_a_larger_one(tmp_path: Path) -> None:
    old = Holder(tmp_path, 1, 2)
    new = None
    try:
        old.wait_for("has it")
        new = Holder(tmp_path, 0, 1)
        new.wait_for(f"waits for pid {old.process.pid}")
        assert "has it" not in new.said
        old.kill()
        new.wait_for("has it")
    finally:
        for holder in (old, new):
            if holder is not None and holder.process.poll() is None:
                holder.kill()


def test_that_a_folder_that_cannot_be_written_to_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(FileFaults, match="recovery folder must be writable"):
        ProcessLock(tmp_path / "absent", 0).take(1)


SUPERVISE = """
import sys, time
from pathlib import Path
from welltegra.live.lock import SupervisorLock
SupervisorLock(Path(sys.argv[1]), int(sys.argv[2])).take(60.0, lambda who: print("waits for", who, flush=True))
print("has it", flush=True)
time.sleep(600)
"""


class Clock:
    """Goes on while somebody sleeps, and at no other time."""

    def __init__(self) -> None:
        self._now_s = 0.0

    def monotonic(self) -> float:
        return self._now_s

    def sleep(self, seconds: float) -> None:
        self._now_s += seconds


def test_that_one_supervisor_at_a_time_uses_a_folder_and_who_comes_second_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Holder(tmp_path, 0, 1, SUPERVISE)
    second = None
    try:
        first.wait_for("has it")
        SupervisorLock(tmp_path, 1).take(0.0, lambda _who: None)  # of another machine
        heard: list[str] = []
        with monkeypatch.context() as patched:
            # It is told before its time is over, however long this process is kept from running.
            patched.setattr(module, "time", Clock())
            with pytest.raises(FileFaults, match=f"pid {first.process.pid} uses it"):
                SupervisorLock(tmp_path, 0).take(0.1, heard.append)
        assert heard == [f"pid {first.process.pid}"]
        second = Holder(tmp_path, 0, 1, SUPERVISE)
        second.wait_for(f"waits for pid {first.process.pid}")
        first.kill()
        second.wait_for("has it")
    finally:
        for holder in (first, second):
            if holder is not None:
                holder.kill()


def test_that_a_lock_is_held_while_its_process_lives(tmp_path: Path) -> None:
    assert not is_held(tmp_path, 0), "there never was one"
    holder = Holder(tmp_path, 0, 1)
    try:
        holder.wait_for("has it")
        assert is_held(tmp_path, 0)
    finally:
        holder.kill()
    assert not is_held(tmp_path, 0)
