from __future__ import annotations

import json
import socket

import pytest

from connectors.errors import FileFaults
from connectors.opcua.observer import NOBODY
from tests.welltegra.live.asked import HOST, ask, free_pair, is_refused
from welltegra.ingest.serving import watched


def test_that_an_ingest_is_served_while_it_runs_and_no_longer() -> None:
    port = free_pair()
    with watched(HOST, port) as observer:
        assert ask(port, "/health/live")[0] == 200
        status, body = ask(port, "/health/ready")
        assert (status, len(json.loads(body)["errors"])) == (503, 2)
        observer.connected()
        observer.kafka(True, "")
        assert ask(port, "/health/ready")[0] == 200
        assert b"welltegra_ingest_opcua_connected 1.0" in ask(port, "/metrics")[1]
    assert is_refused(port)


def test_that_port_zero_serves_nothing() -> None:
    with watched(HOST, 0) as observer:
        assert observer is NOBODY


def test_that_a_port_that_is_taken_is_told_with_its_setting() -> None:
    port = free_pair()
    with (
        socket.create_server((HOST, port)),
        pytest.raises(FileFaults, match=r"set metrics\.ingest_port to another"),
        watched(HOST, port),
    ):
        pytest.fail("was run")
