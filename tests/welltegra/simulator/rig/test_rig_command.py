"""`welltegra rig ...`, as it is called."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.welltegra.live.asked import HOST
from tests.welltegra.simulator.rig.running import Running, free_port, lasted, rig, run, until
from welltegra.commands.rig import rig as command
from welltegra.simulator.rig import client
from welltegra.simulator.rig.asks import AskRefused


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with rig(tmp_path_factory.mktemp("rig"), "--wells", "2", "--speed", "10") as running:
        yield running


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a rig answer when the machine lets it."""
    monkeypatch.setattr(client, "WITHIN_S", 60.0)


def call(running: Running, line: str) -> Result:
    return CliRunner().invoke(command, [*line.split(), "--endpoint", running.endpoint])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("breach --well W-1", "W-1/pump_rate goes to 126 spm or beyond, for 30 s."),
        ("breach --well W-1 --to 100 --for 5", "W-1/pump_rate goes to 105 spm or beyond, for 5 s."),
        (
            "breach --well W-1 --tag temperature --to 15 --percent 90",
            "W-1/temperature goes to 13.5 degC or beyond, for 30 s.",
        ),
        ("noise --well W-1 --tag depth --to 3", "W-1/depth is noisy, one sigma 3 m, for 30 s."),
        ("noise --well W-1 --to 3", "W-1 is noisy, one sigma 3, for 30 s."),
        ("noise --well W-1", "W-1 is noisy, for 30 s."),
        ("freeze --well W-2 --for 7.5", "W-2 repeats its last value, at the time of each second, for 8 s."),
        ("dropout --well W-2", "W-2 is not updated, for 30 s."),
        ("bad-status --well W-2", "W-2 has status BadSensorFailure, for 30 s."),
        ("nan --well W-2 --tag depth", "W-2/depth is NaN with status Good, for 30 s."),
        ("clock-skew --well W-2", "W-2 is stamped by a clock 5 s ahead, for 30 s."),
        ("clock-step --well W-2 --to -3", "W-2 has had its clock set 3 s back, until it is cleared."),
        ("unit-change --well W-2", "W-2 is in another unit, for 30 s."),
        ("unit-change --well W-2 --tag depth", "W-2/depth is in ft, for 30 s."),
        ("local --well W-2", "W-2 is in local: requests are refused, until it is cleared."),
    ],
)
def test_that_it_says_what_the_rig_then_does(served: Running, line: str, said: str) -> None:
    done = call(served, line)
    assert (done.output, done.exit_code) == (said + "\n", 0)


@pytest.mark.slow
def test_that_list_shows_what_is_on_and_clear_takes_it_off(served: Running) -> None:
    call(served, "clear")
    assert call(served, "list").output == "Nothing is on.\n"
    call(served, "nan --well W-1 --tag depth --for 80000")
    call(served, "local --well W-2")
    nan, local = call(served, "list").output.splitlines()
    assert re.fullmatch(r"W-1/depth is NaN with status Good, for 80000 s; 7\d{4} s left|.* 80000 s left", nan)
    assert local == "W-2 is in local: requests are refused, until it is cleared"
    assert call(served, "clear --well W-1 --tag depth").output == "W-1/depth: 1 fault taken off.\n"
    assert call(served, "clear").output == "all wells: 1 fault taken off.\n"
    assert call(served, "list").output == "Nothing is on.\n"


@pytest.mark.slow
def test_that_a_breach_is_served_from_the_next_second_on(served: Running) -> None:
    node = "W-2/wellhead_pressure"
    before = [line["time"] for line in served.lines("truth") if line["node"] == node][-1]
    call(served, "breach --well W-2 --tag wellhead_pressure --for 20")

    def shown() -> list[tuple[int, bool]]:
        """Return the seconds since then that were served, and whether each breaches."""
        began = datetime.fromisoformat(before)
        lines = [line for line in served.lines("truth") if line["node"] == node and line["time"] >= before]
        passed_s = [(datetime.fromisoformat(line["time"]) - began).total_seconds() for line in lines]
        return [(round(10 * each), line["value"] >= 5_250.0) for each, line in zip(passed_s, lines, strict=True)]

    def is_over() -> bool:
        breaches = [breaching for _, breaching in shown()]
        return True in breaches and not breaches[-1]

    until(is_over, "it must begin, and end")
    least, most = lasted({number for number, breaching in shown() if breaching}, {number for number, _ in shown()})
    assert least <= 20 <= most


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nan --well W-3", "--well: must be a well of this rig; was 'W-3'. Did you mean 'W-2' or 'W-1'?"),
        ("nan --well W-1 --tag dept", "--tag: must be a tag; was 'dept'. Did you mean 'depth'?"),
        (
            "breach --well W-1 --tag depth",
            "breach: 'depth' must be told how far to go, it has no usual limit. Give --to VALUE.",
        ),
        ("breach --well W-1 --to high", "breach: --to must be a number; was 'high'. Mend it."),
        ("bad-status --well W-1 --to Good", "--to: must be a status; was 'Good'. There are "),
    ],
)
def test_that_what_the_rig_does_not_do_is_told_in_its_sentence(served: Running, line: str, said: str) -> None:
    done = call(served, line)
    assert isinstance(done.exception, (client.NotDone, AskRefused))
    assert str(done.exception).startswith(said)
    assert done.output == ""


@pytest.mark.slow
def test_that_a_rig_of_this_machine_is_found_by_its_port(served: Running) -> None:
    done = CliRunner().invoke(command, ["clear", "--well", "W-1", "--port", str(served.port)])
    assert done.exit_code == 0
    assert done.output.startswith("W-1: ")


@pytest.mark.slow
def test_that_a_refusal_is_one_line_and_exit_code_2(served: Running) -> None:
    done = run("rig", "nan", "--well", "W-3", "--endpoint", served.endpoint)
    said = "--well: must be a well of this rig; was 'W-3'. Did you mean 'W-2' or 'W-1'?\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


@pytest.mark.slow
def test_that_a_rig_that_does_not_run_is_told_in_a_sentence() -> None:
    port = free_port()
    endpoint = f"opc.tcp://{HOST}:{port}/welltegra/rig"
    done = run("rig", "list", "--endpoint", endpoint)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{endpoint}: a rig must answer there; was not (")
    assert done.stderr.endswith("Start one: welltegra simulate rig.\n")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("answer", [None, b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_that_a_port_where_no_rig_answers_is_told_in_a_sentence(
    answer: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None: it takes the connection, and is silent for ever."""
    monkeypatch.setattr(client, "WITHIN_S", 1.0)
    with socket.create_server((HOST, 0)) as listener:
        taken: list[socket.socket] = []

        def serve() -> None:
            connection, _ = listener.accept()
            taken.append(connection)
            if answer is not None:
                connection.recv(10)
                connection.sendall(answer)
                connection.close()

        serving = threading.Thread(target=serve)
        serving.start()
        done = CliRunner().invoke(command, ["list", "--endpoint", f"opc.tcp://{HOST}:{listener.getsockname()[1]}/x"])
        serving.join()
        for connection in taken:
            connection.close()
    assert isinstance(done.exception, client.NoRig)
    assert "a rig must answer there; " in str(done.exception)


@pytest.mark.parametrize(
    "endpoint", ["", "nowhere", "http://a:1/", "opc.tcp://", "opc.tcp://a:99999/x", "opc.tcp://[::1"]
)
def test_that_an_endpoint_that_is_none_is_told_in_a_sentence(endpoint: str) -> None:
    done = CliRunner().invoke(command, ["list", "--endpoint", endpoint])
    assert done.exit_code == 2
    assert f"--endpoint must be opc.tcp://host:port, with a path where the server has one; was '{endpoint}'." in (
        " ".join(done.output.split())
    )


@pytest.mark.slow
def test_that_a_rig_with_a_user_is_asked_with_his_name_and_password(tmp_path: Path) -> None:
    options = ["--well", "A", "--user", "ann", "--password-env", "RIG_PASSWORD"]
    with rig(tmp_path, *options, RIG_PASSWORD="s3cret") as running:
        done = run("rig", "nan", "--well", "A", "--endpoint", running.endpoint)
        assert done.returncode == 2
        assert done.stderr == (
            f"{running.endpoint}: a rig must answer there; it does not let in nobody in particular. "
            "Give --user and --password-env as the rig has.\n"
        )
        user = ["--user", "ann", "--password-env", "RIG_PASSWORD", "--endpoint", running.endpoint]
        wrong = run("rig", "list", *user, RIG_PASSWORD="guess")
        assert "it does not let in 'ann'" in wrong.stderr
        assert "guess" not in wrong.stderr
        assert run("rig", "local", "--well", "A", *user, RIG_PASSWORD="s3cret").returncode == 0
        assert run("rig", "list", *user, RIG_PASSWORD="s3cret").stdout.startswith("A is in local")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("brech --well W-1", "No such command 'brech'"),
        ("breach", "Missing option '--well'"),
        ("breach --well W-1 --for 0", "must be a number from 1 to 86,400; was '0'."),
        ("list --port 0", "Invalid value for '--port'"),
        ("list --port 4840 --endpoint opc.tcp://a:1", "--endpoint and --port must not both be given; both were."),
        ("clear --tag depth", "--tag must come with --well; came alone."),
        ("nan --well W-1 --to 5", "No such option"),
    ],
)
def test_that_a_mistake_is_told_before_a_rig_is_asked(line: str, said: str) -> None:
    done = CliRunner().invoke(command, line.split())
    assert done.exit_code == 2
    assert said in " ".join(done.output.split())


@pytest.mark.slow
def test_that_what_is_on_is_json_for_programs(served: Running) -> None:
    call(served, "clear")
    call(served, "nan --well W-1 --tag depth --for 80000")
    (fault,) = client.faults_on(served.endpoint, None)
    call(served, "clear")
    assert {name: fault[name] for name in ("what", "well", "tag")} == {"what": "nan", "well": "W-1", "tag": "depth"}
    assert json.dumps(fault)
