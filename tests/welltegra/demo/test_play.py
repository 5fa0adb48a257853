"""The demo as a newcomer has it: started, a breach asked for, seen, recorded; ended, and started again on its data."""

from __future__ import annotations

import os
import pty
import pwd
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.parts.listeners import needs_proc
from tests.parts.postgres import open_folder
from tests.system.site import wait_until
from tests.test_layers import REPO
from welltegra.demo.site import FIELD
from welltegra.settings.model import load_settings

# A machine that has other tests to run may take minutes.
STARTS_WITHIN_S = 300.0
ENDS_WITHIN_S = 180.0
_LINK = re.compile(r"http://\S+/sign-in/local\?token=\S+")
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("WELLTEGRA_")} | {
    "PYTHONPATH": str(REPO),
    "PYTHONUNBUFFERED": "1",
}


@pytest.fixture
def folder() -> Iterator[Path]:
    # PostgreSQL runs as `nobody` where we are root, and has to reach its folder.
    found = open_folder()
    yield found
    shutil.rmtree(found)


@contextmanager
def demo(
    folder: Path, name: str = "said", by: Sequence[str] = (), env: Mapping[str, str] = ENVIRONMENT
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Have it running; yield it, and where it says what it says. by: what its command begins with."""
    output = folder / name
    with output.open("wb") as said:
        process = subprocess.Popen(
            [*by, sys.executable, "-m", "welltegra.cli", "demo"],
            cwd=folder, env=env, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        yield process, output
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def welltegra(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "welltegra.cli", *arguments],
        cwd=folder / "welltegra-demo", env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def left_behind(folder: Path) -> list[str]:
    """Return the processes that work in the folder, or have it on their command line."""
    return [command for command, _ in _at_work(folder)]


def owners(folder: Path) -> set[int]:
    """Return who runs those processes."""
    return {owner for _, owner in _at_work(folder)}


def _at_work(folder: Path) -> list[tuple[str, int]]:
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            where = str((place / "cwd").readlink())
            owner = place.stat().st_uid
        except OSError:
            continue
        if str(folder / "welltegra-demo") in command or where.startswith(str(folder / "welltegra-demo")):
            found.append((command, owner))
    return found


@pytest.mark.slow
def test_that_a_newcomer_sees_a_breach_and_comes_back_to_it_later(folder: Path) -> None:
    with demo(folder) as (process, output):
        wait_until(
            lambda: "Ctrl-C ends it" in output.read_text() or process.poll() is not None, "it is ready", STARTS_WITHIN_S
        )
        assert process.poll() is None, output.read_text()
        assert "Try in another terminal:" in output.read_text()
        # Else the breach may be over before anybody reads the rig.
        wait_until(lambda: "ready: ingest, constraints, record" in output.read_text(), "all are well", STARTS_WITHIN_S)
        endpoint = load_settings(folder / "welltegra-demo" / "welltegra.toml", {}, folder).opcua.endpoint
        asked = welltegra(
            folder,
            "rig",
            "breach",
            "--well",
            "W-2",
            "--tag",
            "wellhead_pressure",
            "--for",
            "20",
            "--endpoint",
            endpoint,
        )
        assert asked.returncode == 0, asked.stderr
        wait_until(
            lambda: any("W-2" in line and "RED" in line for line in output.read_text().splitlines()),
            f"the breach; said {output.read_text()[-2000:]}",
            STARTS_WITHIN_S,
        )
        ranking = folder / "welltegra-demo" / "logs" / "rank.log"
        wait_until(lambda: "is the current one" in ranking.read_text(), "the field is ranked", STARTS_WITHIN_S)
        wait_until(lambda: _LINK.search(output.read_text()) is not None, "the worklist is shown", STARTS_WITHIN_S)
        found = _LINK.search(output.read_text())
        assert found is not None
        page = httpx.get(found[0], follow_redirects=True, trust_env=False, timeout=STARTS_WITHIN_S)
        assert page.status_code == 200
        assert FIELD.project_id in page.text
        with demo(folder, "second") as (second, told):
            assert second.wait(STARTS_WITHIN_S) == 2
            assert "one demo at a time must use the folder" in told.read_text()
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(ENDS_WITHIN_S) == 130, output.read_text()
    assert left_behind(folder) == []
    with demo(folder, "again") as (process, output):
        wait_until(
            lambda: "Ctrl-C ends it" in output.read_text() or process.poll() is not None,
            "it is ready again",
            STARTS_WITHIN_S,
        )
        assert process.poll() is None, output.read_text()
        wait_until(lambda: "nothing was added" in ranking.read_text(), "the field is as it was", STARTS_WITHIN_S)
        verified = welltegra(folder, "audit", "verify")
        assert verified.returncode == 0, verified.stderr
        assert "0 records" not in verified.stdout, "what was recorded is still there"
        process.send_signal(signal.SIGTERM)
        assert process.wait(ENDS_WITHIN_S) == 143
    assert left_behind(folder) == []


# Twice: setpriv itself may still reach what its user may not.
_RUNS_ITSELF = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import welltegra.cli'], check=True)"


def as_nobody(env: Mapping[str, str]) -> list[str]:
    """Return what a command begins with to be run by an ordinary user: nothing where we are not root.

    Where the interpreter lies in root's own folders, nobody is let read and pass there, and may write no more for it.
    """
    if os.getuid() != 0:
        return []
    group = str(pwd.getpwnam("nobody").pw_gid)
    plain = ["setpriv", "--reuid=nobody", f"--regid={group}", "--clear-groups"]
    said = ""
    for by in (plain, [*plain, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]):
        try:
            tried = subprocess.run(
                [*by, sys.executable, "-c", _RUNS_ITSELF], cwd="/", env=env, capture_output=True, check=False
            )
        except OSError as error:
            pytest.skip(f"NOT PROVEN: a demo of an ordinary user; we are root, and have no setpriv ({error})")
        if tried.returncode == 0:
            return by
        said = tried.stderr.decode(errors="replace")[-300:]
    pytest.skip(f"NOT PROVEN: a demo of an ordinary user; nobody can neither run {sys.executable} nor be let: {said}")


@pytest.mark.slow
@needs_proc
def test_that_an_ordinary_user_without_an_environment_has_it_too(folder: Path) -> None:
    own = folder / "of-nobody"
    (own / "home").mkdir(parents=True)
    # What `env -i` leaves, but for where the program lies.
    env = {"PATH": os.defpath, "HOME": str(own / "home"), "PYTHONPATH": str(REPO), "PYTHONUNBUFFERED": "1"}
    by = as_nobody(env)
    user = pwd.getpwnam("nobody").pw_uid if by else os.getuid()
    for path in (own, own / "home"):
        os.chown(path, user, -1)
        path.chmod(0o700)
    with demo(own, by=by, env=env) as (process, output):
        # Its kernels are compiled first: in a home of its own there is no cache of them.
        wait_until(
            lambda: "Ctrl-C ends it" in output.read_text() or process.poll() is not None, "it is ready", STARTS_WITHIN_S
        )
        assert process.poll() is None, output.read_text()
        wait_until(lambda: "ready: ingest, constraints, record" in output.read_text(), "all are well", STARTS_WITHIN_S)
        assert owners(own) == {user}, "nothing runs as root"
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(ENDS_WITHIN_S) == 130, output.read_text()
    assert left_behind(own) == []
    assert {path.lstat().st_uid for path in (own / "welltegra-demo").rglob("*")} == {user}


@pytest.mark.slow
@needs_proc
def test_that_one_that_is_killed_leaves_nothing_behind(folder: Path) -> None:
    with demo(folder) as (process, output):
        wait_until(
            lambda: "Ctrl-C ends it" in output.read_text() or process.poll() is not None, "it is ready", STARTS_WITHIN_S
        )
        assert any("postgres" in command for command in left_behind(folder))
        process.kill()
        process.wait()
        wait_until(lambda: left_behind(folder) == [], "all end", ENDS_WITHIN_S)
    said = (folder / "welltegra-demo" / "postgres" / "postgres.log").read_text()
    assert "database system is shut down" in said, "it was stopped, and needs no repair"


def take_terminal() -> None:
    """Make standard input the terminal of this session: when it is closed, the kernel says so."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.mark.slow
@pytest.mark.parametrize("is_of_the_session", [True, False])
def test_that_a_closed_terminal_leaves_nothing_behind(folder: Path, is_of_the_session: bool) -> None:
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "welltegra.cli", "demo"],
        cwd=folder, env=ENVIRONMENT | {"TERM": "xterm", "COLUMNS": "120", "LINES": "40"}, start_new_session=True,
        stdin=its, stdout=its, stderr=its,
        # Without it, as under `su -c`, nobody tells the program that the terminal is gone.
        preexec_fn=take_terminal if is_of_the_session else None,  # noqa: PLW1509  # this test has no threads
    )  # fmt: skip
    os.close(its)
    seen = b""
    try:
        while b"Last alerts" not in seen:
            seen += os.read(ours, 65_536)
        os.close(ours)
        process.wait(ENDS_WITHIN_S)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    assert left_behind(folder) == []
