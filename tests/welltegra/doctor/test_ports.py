"""Ports of metrics and health: free, ours, somebody else's, and where nobody can listen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.welltegra.doctor.parts import black_hole, free_port
from welltegra.doctor import ports as module
from welltegra.doctor.ports import look
from welltegra.doctor.result import Result, State
from welltegra.metrics_server import MetricsServer, Pages
from welltegra.settings.model import MetricsSettings


def settings(port: int, record_port: int = 0, host: str = "127.0.0.1") -> MetricsSettings:
    return MetricsSettings(host=host, port=port, record_port=record_port)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have whoever listens answer when the machine lets him."""
    monkeypatch.setattr(module, "_ANSWERS_WITHIN_S", 60.0)


@contextmanager
def ours(why_not: list[str]) -> Iterator[int]:
    server = MetricsServer("127.0.0.1", 0, Pages(metrics=bytes, live=lambda: why_not, ready=list))
    server.start()
    assert server.wait(60)
    try:
        yield server.port
    finally:
        server.stop()


def test_that_free_ports_are_told_with_their_settings() -> None:
    port, record_port = free_port(), free_port()
    assert list(look(settings(port, record_port))) == [
        Result("ports", State.OK, f"127.0.0.1:{port} (metrics.port) is free."),
        Result("ports", State.OK, f"127.0.0.1:{record_port} (metrics.record_port) is free."),
    ]


@pytest.mark.usefixtures("patient")
def test_that_a_port_of_our_own_flow_is_fine_while_it_lives() -> None:
    with ours([]) as port:
        (result,) = look(settings(port))
    assert (result.state, "held by WellTegra, which is alive" in result.found) == (State.OK, True)


@pytest.mark.usefixtures("patient")
def test_that_a_flow_that_is_not_alive_is_wrong_with_its_reason() -> None:
    with ours(["the engine must come round every 10 s; last did 40 s ago"]) as port:
        (result,) = look(settings(port))
    assert (result.state, "last did 40 s ago" in result.found) == (State.WRONG, True)


def test_that_a_port_of_somebody_else_is_wrong_also_when_he_never_answers() -> None:
    with black_hole() as port:
        (result,) = look(settings(0, port))
    assert (result.state, "somebody else listens there" in result.found) == (State.WRONG, True)
    assert "metrics.record_port to another" in result.remedy


def test_that_the_ports_of_further_processes_are_looked_at() -> None:
    with black_hole() as port:
        results = list(look(settings(port - 1), processes=2))
    assert results[-1].state is State.WRONG
    assert f"127.0.0.1:{port} (metrics.port)" in results[-1].found


def test_that_a_recorder_on_a_port_of_the_flow_is_wrong() -> None:
    (result,) = look(settings(9464, 9465), processes=2)
    assert (result.state, "9465 is wanted by the flow and by the recorder" in result.found) == (State.WRONG, True)


def test_that_the_port_of_ingest_is_looked_at_where_there_is_one() -> None:
    with black_hole() as port:
        wanted = MetricsSettings(port=0, record_port=0, ingest_port=port)
        (result,) = look(wanted, ingests=True)
        (none,) = look(wanted)
    assert (result.state, f"127.0.0.1:{port} (metrics.ingest_port)" in result.found) == (State.WRONG, True)
    assert none.state is State.NOT_ASKED


def test_that_ingest_on_the_port_of_the_recorder_is_wrong() -> None:
    (result,) = look(MetricsSettings(record_port=9600, ingest_port=9600), ingests=True)
    assert "9600 is wanted by the recorder and by the ingest flow" in result.found
    assert result.remedy.startswith("Set metrics.ingest_port to another")


def test_that_the_ports_of_the_worklist_are_looked_at_where_it_is_served() -> None:
    with black_hole() as port:
        wanted = MetricsSettings(port=0, record_port=0, serve_port=port - 1)
        results = list(look(wanted, workers=2))
        (none,) = look(wanted)
    assert results[-1].state is State.WRONG
    assert f"127.0.0.1:{port} (metrics.serve_port)" in results[-1].found
    assert none.state is State.NOT_ASKED


@pytest.mark.parametrize("host", ["192.0.2.1", "a" * 64])
def test_that_an_address_of_no_card_of_ours_is_wrong(host: str) -> None:
    (result,) = look(settings(free_port(), host=host))
    assert (result.state, "must be an address to listen at" in result.found) == (State.WRONG, True)


@pytest.mark.parametrize("port, record_port, count", [(0, 0, 1), (0, 9564, 1)])
def test_that_a_port_of_0_is_not_asked(port: int, record_port: int, count: int) -> None:
    results = list(look(settings(port, record_port)))
    assert len(results) == count
    assert not any(":0" in result.found for result in results)
