"""A session with an OPC UA server: whether it lets us in as we can come, runs, and what its clock says."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from datetime import UTC, datetime
from typing import Final, TypeVar

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.uaerrors import UaError, UaStatusCodeError

from welltegra.doctor.clock import Ahead, judged
from welltegra.doctor.opcua import ANSWERS_WITHIN_S, CLOCK, FAR, LOGIN, NAME, STATE, OpcUa, silent
from welltegra.doctor.result import Result, none_asked, not_asked, ok, warning, wrong

# Servers put their time into the node once a second, or when it is read.
_TICKS_WITHIN_S: Final = 3.0
_LOOK_AGAIN_S: Final = 0.05
_NONE_URI: Final = "http://opcfoundation.org/UA/SecurityPolicy#None"

_T = TypeVar("_T")


def ask(server: OpcUa) -> Iterator[Result]:
    """Yield the results of all that a server is asked, once somebody listens there."""
    with asyncio.Runner() as runner:
        results = _look(server)
        while (result := runner.run(_next(results))) is not None:
            yield result


async def _next(results: AsyncIterator[Result]) -> Result | None:
    return await anext(results, None)


async def _look(server: OpcUa) -> AsyncIterator[Result]:
    try:
        fault = closed(server, await _within(_client(server).connect_and_get_server_endpoints()))
    except (OSError, UaError, ValueError) as error:
        fault = silent(server, _said(error))
    if fault is not None:
        yield fault
        for each in none_asked((LOGIN, STATE, CLOCK), FAR):
            yield each
        return
    yield ok(NAME, f"{server.where}: answers, and offers policy None.")
    client = _client(server)
    try:
        await _within(client.connect())
    except (OSError, UaError) as error:
        yield _refused(server, error)
        for each in none_asked((STATE, CLOCK), "the OPC UA server does not let us in."):
            yield each
        return
    try:
        who = f"user {server.username!r}" if server.username else "an anonymous user"
        yield ok(LOGIN, f"{server.where}: lets {who} in; the connection is not encrypted.")
        yield await _state(server, client)
        yield await _clock(server, client)
    finally:
        await _leave(client)


def _client(server: OpcUa) -> Client:
    client = Client(server.where, timeout=ANSWERS_WITHIN_S)
    client.name = "WellTegra doctor"
    if server.username:
        client.set_user(server.username)
        client.set_password(server.password)
    return client


async def _within(answer: Awaitable[_T]) -> _T:
    return await asyncio.wait_for(answer, ANSWERS_WITHIN_S + 1)


async def _leave(client: Client) -> None:
    try:
        await asyncio.wait_for(client.disconnect(), 1)
    except (OSError, UaError):
        client.disconnect_socket()


def closed(server: OpcUa, endpoints: list[ua.EndpointDescription]) -> Result | None:
    """Return why we cannot come in by any of the endpoints; None if we can."""
    plain = [
        each
        for each in endpoints
        if each.SecurityMode == ua.MessageSecurityMode.None_ and each.SecurityPolicyUri == _NONE_URI
    ]
    if not plain:
        offered = sorted({str(each.SecurityPolicyUri).rpartition("#")[2] for each in endpoints}) or ["nothing"]
        found = f"{server.where}: must offer policy None, the one that we speak; offers {', '.join(offered)}."
        return wrong(NAME, found, "Allow policy None on the server, on a network of its own.")
    kinds = {token.TokenType for each in plain for token in each.UserIdentityTokens}
    wanted, said = (
        (ua.UserTokenType.UserName, "users with a password")
        if server.username
        else (ua.UserTokenType.Anonymous, "anonymous users")
    )
    if wanted in kinds:
        return None
    names = ", ".join(sorted(kind.name for kind in kinds)) or "nobody"
    remedy = (
        "Allow users with a password on the server, or leave opcua.username out."
        if server.username
        else "Set opcua.username and opcua.password, or allow anonymous users on the server."
    )
    return wrong(NAME, f"{server.where}: must let {said} in; lets in {names}.", remedy)


def _refused(server: OpcUa, error: Exception) -> Result:
    who = f"user {server.username!r}" if server.username else "an anonymous user"
    remedy = (
        "Check opcua.username and opcua.password, and the rights of this user on the server."
        if server.username
        else "Set opcua.username and opcua.password."
    )
    return wrong(LOGIN, f"{server.where}: must let {who} in; did not ({_said(error)}).", remedy)


async def _state(server: OpcUa, client: Client) -> Result:
    try:
        state = ua.ServerState(await _within(client.nodes.server_state.read_value()))
    except (OSError, UaError, ValueError) as error:
        found = f"{server.where}: must say how it is; did not ({_said(error)})."
        return wrong(STATE, found, "Is the server stopping, or the network failing?")
    if state is ua.ServerState.Running:
        return ok(STATE, f"{server.where}: running.")
    found = f"{server.where}: the server must be running; says that it is {state.name!r}."
    return wrong(STATE, found, "Look at the server: its values are not those of the well.")


async def _clock(server: OpcUa, client: Client) -> Result:
    try:
        return await _watched_clock(client)
    except (OSError, UaError) as error:
        return not_asked(CLOCK, f"{server.where} did not tell its time ({_said(error)}).")


async def _watched_clock(client: Client) -> Result:
    """Return how the server's clock stands against ours.

    Its node may be a second old, so a time counts only once it has changed: it was put there since we last looked.
    """
    node = client.get_node(ObjectIds.Server_ServerStatus_CurrentTime)
    asked, before = time.time(), await _within(node.read_value())
    until = time.monotonic() + _TICKS_WITHIN_S
    while time.monotonic() < until:
        await asyncio.sleep(_LOOK_AGAIN_S)
        next_asked = time.time()
        now = await _within(node.read_value())
        received = time.time()
        if not isinstance(now, datetime):
            return not_asked(CLOCK, "the server does not tell its time.")
        if now != before:
            return judged(CLOCK, "the OPC UA server's clock", Ahead.of(_epoch(now), asked, received))
        asked = next_asked
    found = f"the OPC UA server's clock must go on; stood still for {_TICKS_WITHIN_S:g} s, at {before}."
    return warning(CLOCK, found, "Is the server at work? What it gives as times may stand still, too.")


def _epoch(time_: datetime) -> float:
    """Return seconds since epoch; what has no zone is UTC, as OPC UA has it."""
    return (time_ if time_.tzinfo else time_.replace(tzinfo=UTC)).timestamp()


def _said(error: Exception) -> str:
    """Return what an error comes to, in few words; never the address, which may hold a password."""
    if isinstance(error, UaStatusCodeError):
        return type(error).__name__
    if isinstance(error, TimeoutError):
        return "no answer"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
