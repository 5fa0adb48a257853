from __future__ import annotations

import json
import socket

import pytest

from connectors.errors import FileFaults
from connectors.record_observer import NOBODY
from tests.welltegra.live.asked import HOST, ask, free_pair, is_refused
from welltegra.recording_serving import watched
from welltegra.settings.model import MetricsSettings


def test_that_a_recorder_is_served_while_it_runs_and_no_longer() -> None:
    port = free_pair()
    with watched(MetricsSettings(record_port=port)) as observer:
        assert ask(port, "/health/live")[0] == 200
        status, body = ask(port, "/health/ready")
        assert (status, json.loads(body)["detail"].partition(": ")[2]) == (503, "the database has not been asked yet")
        observer.stored("alert", 2, None)
        assert ask(port, "/health/ready")[0] == 200
        assert b'welltegra_recorder_stored_total{kind="alert"} 2.0' in ask(port, "/metrics")[1]
    assert is_refused(port)


def test_that_port_zero_serves_nothing() -> None:
    with watched(MetricsSettings(record_port=0)) as observer:
        assert observer is NOBODY


def test_that_a_port_that_is_taken_is_told_with_its_setting() -> None:
    port = free_pair()
    settings = MetricsSettings(record_port=port)
    with (
        socket.create_server((HOST, port)),
        pytest.raises(FileFaults, match=r"set metrics\.record_port to another"),
        watched(settings),
    ):
        pytest.fail("was run")


def test_that_an_address_of_another_machine_is_refused() -> None:
    with (
        pytest.raises(FileFaults, match=r"metrics\.host and metrics\.record_port must be an address"),
        watched(MetricsSettings(host="192.0.2.7")),
    ):
        pytest.fail("was run")
