from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from connectors.errors import FileFaults
from tests.welltegra.live.asked import HOST, ask, free_pair, is_refused
from tests.welltegra.live.told import start, turn
from welltegra.live.job import Job
from welltegra.live.lock import ProcessLock
from welltegra.live.serving import check_ports, watched
from welltegra.live.watcher import NOBODY
from welltegra.settings.model import MetricsSettings, Settings


@pytest.fixture
def port() -> int:
    return free_pair()


def job(port: int, number: int = 0) -> Job:
    return Job(Settings(metrics=MetricsSettings(port=port)), number)


def test_that_a_process_serves_on_the_port_of_its_number_from_the_lock_on(port: int) -> None:
    with watched(job(port, number=1)) as watcher:
        assert is_refused(port + 1)  # a spare has nothing to say
        watcher.begun()
        assert ask(port + 1, "/health/live")[0] == 200
        status, body = ask(port + 1, "/health/ready")
        assert status == 503
        assert "the brokers must say which shards there are; have not yet" in json.loads(body)["detail"]
        assert b"welltegra_process_number 1.0" in ask(port + 1, "/metrics")[1]
    assert is_refused(port + 1)


def test_that_it_is_ready_once_all_is_caught_up(port: int) -> None:
    with watched(job(port)) as watcher:
        start(watcher)
        turn(watcher, 1)
        assert ask(port, "/health/ready")[0] == 200


def test_that_a_spare_serves_when_the_process_before_it_ends(port: int) -> None:
    with watched(job(port)) as first:
        first.begun()
        ask(port, "/metrics")
        with watched(job(port)) as spare:
            first.stop()  # type: ignore[attr-defined] # as its end does
            spare.begun()
            start_of_spare = ask(port, "/health/live")
    assert start_of_spare[0] == 200


def test_that_judging_goes_on_while_somebody_else_has_the_port(port: int) -> None:
    with socket.create_server((HOST, port)), watched(job(port)) as watcher:
        start(watcher)
        turn(watcher, 1)


def test_that_port_zero_serves_nothing() -> None:
    with watched(job(0)) as watcher:
        assert watcher is NOBODY
    check_ports(Settings(metrics=MetricsSettings(port=0)), range(4))


def test_that_a_port_that_is_taken_is_found_before_anything_runs(port: int) -> None:
    check_ports(job(port).settings, range(2))
    with socket.create_server((HOST, port + 1)), pytest.raises(FileFaults, match=f"{HOST}:{port + 1} must be free"):
        check_ports(job(port).settings, range(2))


def test_that_an_address_of_another_machine_stops_the_process_before_it_judges() -> None:
    settings = Settings(metrics=MetricsSettings(host="192.0.2.7"))
    with pytest.raises(FileFaults), watched(Job(settings)):
        pytest.fail("was run")


def test_that_a_port_of_a_process_that_is_still_stopping_is_no_fault(port: int, tmp_path: Path) -> None:
    settings = job(port).settings
    settings = settings.model_copy(
        update={"constraints": settings.constraints.model_copy(update={"recovery": tmp_path})}
    )
    lock = ProcessLock(tmp_path, 0)
    lock.take(1)
    with socket.create_server((HOST, port)):
        check_ports(settings, [0])
        lock.release()
        with pytest.raises(FileFaults, match=f"{HOST}:{port} must be free"):
            check_ports(settings, [0])
