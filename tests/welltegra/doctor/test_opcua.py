"""An OPC UA server: in reach and not, with another policy, another user, another state, another clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from asyncua import ua
from asyncua.server import internal_server
from asyncua.server.server import Server
from asyncua.ua.object_ids import ObjectIds

from tests.welltegra.doctor.parts import (
    PASSWORD,
    PATIENCE_S,
    USER,
    OpcUaServer,
    black_hole,
    free_port,
    one,
    opcua_server,
    states,
)
from welltegra.doctor import opcua, opcua_session
from welltegra.doctor.opcua import OpcUa, look
from welltegra.doctor.opcua_session import closed
from welltegra.doctor.result import Result, State

NAMES = ["opc ua", "opc ua login", "opc ua state", "clock: opc ua"]


def only_the_server_is_wrong(results: list[Result]) -> Result:
    assert [result.name for result in results] == NAMES
    assert [result.state for result in results] == [State.WRONG, *[State.NOT_ASKED] * 3]
    assert results[0].remedy
    return results[0]


def test_that_no_endpoint_is_not_asked() -> None:
    for server in (None, OpcUa("")):
        assert [result.state for result in look(server)] == [State.NOT_ASKED] * 4


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a server answer, and its clock go on, when the machine lets it."""
    for each in (opcua, opcua_session):
        monkeypatch.setattr(each, "ANSWERS_WITHIN_S", 60.0)
    monkeypatch.setattr(opcua_session, "_TICKS_WITHIN_S", 60.0)


@pytest.fixture(scope="module")
def server() -> Iterator[OpcUaServer]:
    """Yield a server that lets everybody in; who changes it changes it back."""
    with opcua_server() as everybodys:
        yield everybodys


@pytest.mark.usefixtures("patient")
def test_that_a_server_for_everybody_is_fine(server: OpcUaServer) -> None:
    results = list(look(OpcUa(server.endpoint)))
    assert [result.name for result in results] == NAMES
    assert set(states(results).values()) == {State.OK}, results
    assert "give or take" in one(results, "clock: opc ua").found


@pytest.mark.usefixtures("patient")
def test_that_a_user_is_let_in_by_the_right_password_alone() -> None:
    with opcua_server(users=True) as server:
        right = list(look(OpcUa(server.endpoint, USER, PASSWORD)))
        wrong = list(look(OpcUa(server.endpoint, USER, "swordfish")))
        nobody = list(look(OpcUa(server.endpoint)))
    assert set(states(right).values()) == {State.OK}, right
    assert states(wrong)["opc ua login"] is State.WRONG
    assert "did not (BadUserAccessDenied)" in one(wrong, "opc ua login").found
    assert states(wrong)["opc ua state"] is states(wrong)["clock: opc ua"] is State.NOT_ASKED
    assert "must let anonymous users in; lets in UserName." in only_the_server_is_wrong(nobody).found
    assert not any(secret in str([*right, *wrong]) for secret in (PASSWORD, "swordfish"))


def set_state(server: OpcUaServer, state: ua.ServerState) -> None:
    async def write(on: Server) -> None:
        node = on.get_node(ObjectIds.Server_ServerStatus_State)
        await node.write_value(ua.Variant(int(state), ua.VariantType.Int32))

    server.do(write)


@pytest.mark.usefixtures("patient")
def test_that_a_server_that_does_not_run_is_wrong(server: OpcUaServer) -> None:
    set_state(server, ua.ServerState.Suspended)
    try:
        results = list(look(OpcUa(server.endpoint)))
    finally:
        set_state(server, ua.ServerState.Running)
    assert states(results)["opc ua state"] is State.WRONG
    assert "says that it is 'Suspended'" in one(results, "opc ua state").found


def set_clock(server: OpcUaServer, monkeypatch: pytest.MonkeyPatch, now: Callable[[], datetime]) -> None:
    """Have the server's clock show `now`; return once it does."""
    told: list[datetime] = []

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            del tz
            told.append(now())
            return told[-1]

    async def wait(on: Server) -> None:
        node = on.get_node(ObjectIds.Server_ServerStatus_CurrentTime)
        while await node.read_value() not in told:
            await asyncio.sleep(0.02)

    monkeypatch.setattr(internal_server, "datetime", Clock)
    server.do(wait)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("ahead_s, state", [(30.0, State.WRONG), (-30.0, State.WRONG), (1.2, State.WARNING)])
def test_that_a_clock_that_is_off_is_told(
    server: OpcUaServer, monkeypatch: pytest.MonkeyPatch, ahead_s: float, state: State
) -> None:
    set_clock(server, monkeypatch, lambda: datetime.now(UTC) + timedelta(seconds=ahead_s))
    until = time.monotonic() + PATIENCE_S
    # An answer that took long proves nothing.
    while (result := one(look(OpcUa(server.endpoint)), "clock: opc ua")).state is State.OK:
        assert time.monotonic() < until, result
    assert result.state is state, result
    assert ("ahead" if ahead_s > 0 else "behind") in result.found


@pytest.mark.slow
def test_that_a_clock_that_stands_still_is_a_warning(server: OpcUaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(server, monkeypatch, lambda: datetime(2026, 1, 1, tzinfo=UTC))
    result = one(look(OpcUa(server.endpoint)), "clock: opc ua")
    assert (result.state, "stood still" in result.found) == (State.WARNING, True)


def test_that_a_server_without_policy_none_is_told_with_what_it_offers() -> None:
    endpoints = [ua.EndpointDescription(SecurityPolicyUri="http://x#Basic256Sha256")]
    result = closed(OpcUa("opc.tcp://127.0.0.1:4840"), endpoints)
    assert result is not None
    assert (result.state, "offers Basic256Sha256." in result.found) == (State.WRONG, True)


def test_that_nobody_there_is_one_fault() -> None:
    result = only_the_server_is_wrong(list(look(OpcUa(f"opc.tcp://127.0.0.1:{free_port()}/well"))))
    assert "did not (Connection refused)" in result.found


@pytest.mark.slow
def test_that_a_black_hole_is_one_fault() -> None:
    with black_hole() as port:
        result = only_the_server_is_wrong(list(look(OpcUa(f"opc.tcp://127.0.0.1:{port}/well", USER, PASSWORD))))
    assert "must answer within 4 s; did not (no answer)" in result.found


@pytest.mark.parametrize(
    "endpoint",
    [
        "127.0.0.1:4840",
        "http://127.0.0.1:4840",
        "opc.tcp://host",
        "opc.tcp://h:x/",
        "opc.tcp://h:0",
        "opc.tcp://h..x:1",
    ],
)
def test_that_what_is_no_endpoint_is_one_fault(endpoint: str) -> None:
    result = only_the_server_is_wrong(list(look(OpcUa(endpoint))))
    assert "opcua.endpoint must be opc.tcp://host:port" in result.found


def test_that_a_password_in_an_endpoint_is_not_shown() -> None:
    server = OpcUa(f"opc.tcp://rig:hush-hush@127.0.0.1:{free_port()}/well")
    result = only_the_server_is_wrong(list(look(server)))
    assert "opcua.endpoint must be without user and password" in result.found
    assert "hush" not in str(result)
    assert "hush" not in repr(OpcUa("opc.tcp://h:1", "rig", "hush-hush"))
