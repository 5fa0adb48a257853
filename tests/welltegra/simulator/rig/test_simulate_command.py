"""`welltegra simulate rig`, as it is called: what it leaves, how it ends, what it refuses."""

from __future__ import annotations

import math
import re
import signal
import socket
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from connectors.errors import FileFaults
from tests.welltegra.live.asked import HOST, is_refused
from tests.welltegra.simulator.rig.running import Running, Site, free_port, look, rig, run, until
from welltegra.commands.simulate import simulate
from welltegra.invocation import Invocation
from welltegra.simulator.rig.rig import Rig
from welltegra.simulator.rig.service import check_address
from welltegra.simulator.rig.tags import NAMES

STEP_S = 0.1  # at ten times life


def seconds_served(running: Running) -> list[int]:
    """Return which seconds of W-1 were served, counted from the start, and check that all of their values are true."""
    lines = [line for line in running.lines("truth") if line["node"].startswith("W-1/")]
    times = [datetime.fromisoformat(line["time"]).timestamp() for line in lines]
    # It starts with a whole second; what a busy machine came too late for at once was skipped.
    began = math.floor(times[0] + 1e-5)
    numbers = [round((each - began) / STEP_S) for each in times]
    assert times == pytest.approx([began + number * STEP_S for number in numbers], abs=1e-5)
    alone = Rig(["W-1"], seed=7)
    expected = [{reading.tag: reading.value for reading in alone.step(0)[0].readings} for _ in range(numbers[-1] + 1)]
    shown = [
        (number, line["node"].removeprefix("W-1/"), line["value"]) for number, line in zip(numbers, lines, strict=True)
    ]
    assert shown == [(number, tag, expected[number][tag]) for number in dict.fromkeys(numbers) for tag in NAMES]
    return list(dict.fromkeys(numbers))


@pytest.mark.slow
def test_that_what_is_served_is_what_the_seed_says_second_by_second(tmp_path: Path) -> None:
    with rig(tmp_path, "--speed", "10") as running:
        until(lambda: len(running.lines("truth")) > 3 * len(NAMES) * 20, "20 seconds of three wells")
        assert running.end(signal.SIGTERM) == 0
        served = seconds_served(running)
        assert served == sorted(served)


@pytest.mark.slow
def test_that_at_life_speed_values_are_of_whole_seconds_one_after_the_other(tmp_path: Path) -> None:
    with rig(tmp_path, "--well", "W-1") as running:
        until(lambda: len(running.lines("truth")) > 2 * len(NAMES), "three seconds")
        times = [datetime.fromisoformat(line["time"]) for line in running.lines("truth")]
        assert {time.microsecond for time in times} == {0}
        assert times[0] < times[-1]


@pytest.mark.slow
def test_that_seconds_that_come_too_late_are_skipped_counted_and_told_and_the_well_lives_them(tmp_path: Path) -> None:
    with rig(tmp_path, "--speed", "10", "--well", "W-1") as running:
        until(lambda: len(running.lines("truth")) > len(NAMES) * 10, "it serves")
        running.process.send_signal(signal.SIGSTOP)
        time.sleep(1.0)
        running.process.send_signal(signal.SIGCONT)
        count = len(running.lines("truth"))
        until(lambda: len(running.lines("truth")) > count + len(NAMES) * 10, "it goes on")
        running.end(signal.SIGTERM)
        served = seconds_served(running)
        assert len(served) < served[-1] - 5
        (told,) = re.findall(r"Stopped after ([\d,]+) seconds .* ([\d,]+) seconds came too late", running.said())
        assert [int(each) for each in told] == [len(served), served[-1] + 1 - len(served)]
        assert "rig_seconds_skipped new=" in running.said()


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_that_it_ends_at_a_signal_though_clients_hang_on_it(tmp_path: Path, how: signal.Signals) -> None:
    with rig(tmp_path, "--speed", "10") as running, socket.create_connection((HOST, running.port)):

        async def do(site: Site) -> None:
            async with site.watching("W-1/depth") as seen:
                await seen.until(lambda: seen.values)
                running.process.send_signal(how)
                # A client that is connected, subscribed, and does not go.
                await seen.until(lambda: running.process.poll() is not None)

        with suppress(ConnectionError, TimeoutError):  # its own goodbye finds nobody
            look(running, do)
        assert running.process.wait(60) == 0
        first, last = running.sentences()
        assert first == f"W-1, W-2, W-3 at {running.endpoint}, seed 7. Ctrl-C stops it."
        assert re.fullmatch(
            r"Stopped after \d+ seconds and \d+ values; \d+ seconds came too late and were skipped\.", last
        )
        assert is_refused(running.port)


@pytest.mark.slow
def test_that_garbage_on_its_port_is_no_traceback_and_no_end(tmp_path: Path) -> None:
    with rig(tmp_path, "--speed", "10") as running:
        for sent in (b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 64, b"HELF\xff\xff\xff\xff" + b"x" * 100):
            with socket.create_connection((HOST, running.port)) as connection:
                connection.sendall(sent)
                connection.shutdown(socket.SHUT_WR)
        count = len(running.lines("truth"))
        until(lambda: len(running.lines("truth")) > count + 50, "it goes on")
        assert running.end(signal.SIGTERM) == 0
        assert "Traceback" not in running.said()
        assert len(running.sentences()) == 2


@pytest.mark.slow
def test_that_a_port_that_is_taken_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        done = run("simulate", "rig", "--port", str(port), "--truth", str(tmp_path / "truth"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"rig: {HOST}:{port} must be free; was Address already in use. "
        "End what listens there, or give another with --port.\n"
    )
    assert not (tmp_path / "truth").exists()


@pytest.mark.slow
def test_that_a_host_that_is_not_this_machine_is_told_in_one_sentence() -> None:
    done = run("simulate", "rig", "--host", "192.0.2.1", "--port", "29999")
    assert done.returncode == 2
    assert done.stderr == (
        "rig: 192.0.2.1:29999 must be an address of this machine; was Cannot assign requested address. "
        "Give another with --host and --port.\n"
    )


@pytest.mark.parametrize("host", ["a" * 64, "a..b"])
def test_that_a_name_that_no_host_can_have_is_told_in_one_sentence(host: str) -> None:
    with pytest.raises(FileFaults, match="must be an address of this machine"):
        check_address(host, 29_999)


@pytest.mark.slow
@pytest.mark.parametrize("option", ["--truth", "--log"])
def test_that_a_file_that_cannot_be_opened_is_told_in_one_sentence(option: str, tmp_path: Path) -> None:
    done = run("simulate", "rig", "--port", str(free_port()), option, str(tmp_path / "no" / "file"))
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert str(tmp_path / "no" / "file") in done.stderr


@pytest.mark.slow
def test_that_a_full_disk_ends_it_with_a_sentence() -> None:
    done = run("simulate", "rig", "--port", str(free_port()), "--truth", "/dev/full")
    assert done.returncode == 1
    assert "the disk must have room for what is written; it is full." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_that_a_write_that_cannot_be_written_down_ends_it_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "writes").symlink_to("/dev/full")
    with rig(tmp_path, "--speed", "10") as running:

        async def do(site: Site) -> None:
            await site.node("W-1/request/pump_rate").write_value(90.0)

        look(running, do)
        assert running.process.wait(60) == 1
        assert "the disk must have room for what is written; it is full." in running.said()
        assert "Traceback" not in running.said()


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        ("--wells 2 --well A", "--wells and --well must not both be given; both were."),
        ("--well A --well A", "--well: each must be another; 'A' was given 2 times."),
        ("--well A/B", "no '/', no blank at its ends; was 'A/B'."),
        ("--well rig", "--well: 'rig' must not name a well"),
        ("--well ''", "--well: a name must have 1 to 64 printable characters"),
        ("--wells 0", "Invalid value for '--wells'"),
        ("--speed nan", "must be a number from 0.01 to 100; was 'nan'."),
        ("--port 0", "Invalid value for '--port'"),
        ("--user ann", "--user and --password-env must be given together; one was."),
        ("--user ann --password-env NOT_SET", "the environment variable 'NOT_SET' must hold it; was not set."),
        ("--truth a --truth b", "must be given once; was given 2 times."),
        ("now", "Got unexpected extra argument"),
    ],
)
def test_that_a_mistake_is_told_and_nothing_is_served(mistake: str, said: str) -> None:
    done = CliRunner().invoke(simulate, f"rig {mistake}", obj=Invocation())
    assert done.exit_code == 2
    # click breaks long lines where it shows them in its own frame; the command line does not.
    assert said in " ".join(done.output.split())
