"""What checks look at, for tests: something that takes connections and never answers, and an OPC UA server."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from asyncua import ua
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.server import Server
from asyncua.server.user_managers import UserManager

from tests.parts.apache_kafka import free_ports
from welltegra.doctor.result import Result, State

USER, PASSWORD = "rig", "correct-horse"
PATIENCE_S = 60.0


def states(results: Iterable[Result]) -> dict[str, State]:
    """Return the state of each result, by its name."""
    return {result.name: result.state for result in results}


def one(results: Iterable[Result], name: str) -> Result:
    """Return the one result of a name."""
    (found,) = [result for result in results if result.name == name]
    return found


@contextmanager
def black_hole() -> Iterator[int]:
    """Yield a port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listening:
        yield int(listening.getsockname()[1])


def free_port() -> int:
    """Return a port where nobody listens, and that no connection gets meanwhile."""
    (port,) = free_ports(1)
    return port


class _Users(UserManager):
    def get_user(
        self, iserver: Any, username: str | None = None, password: str | None = None, certificate: Any = None
    ) -> User | None:
        return User(role=UserRole.User) if (username, password) == (USER, PASSWORD) else None


class OpcUaServer:
    """An OPC UA server in a thread. do: run something on its loop, with the server."""

    def __init__(self, server: Server, endpoint: str, loop: asyncio.AbstractEventLoop) -> None:
        self.server, self.endpoint, self._loop = server, endpoint, loop

    def do(self, what: Callable[[Server], Coroutine[Any, Any, None]]) -> None:
        asyncio.run_coroutine_threadsafe(what(self.server), self._loop).result(PATIENCE_S)


@contextmanager
def opcua_server(users: bool = False, policy: ua.SecurityPolicyType | None = None) -> Iterator[OpcUaServer]:
    """Yield a server. users: let in USER alone, by PASSWORD; else everybody. policy: the one that it offers."""
    started: list[OpcUaServer] = []
    ready, ended = threading.Event(), asyncio.Event()

    async def serve() -> None:
        server = Server(user_manager=_Users() if users else None)
        await server.init()
        endpoint = f"opc.tcp://127.0.0.1:{free_port()}/well"
        server.set_endpoint(endpoint)
        server.set_security_policy([policy or ua.SecurityPolicyType.NoSecurity])
        if users:
            server.set_identity_tokens([ua.UserNameIdentityToken])
        async with server:
            started.append(OpcUaServer(server, endpoint, asyncio.get_running_loop()))
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(PATIENCE_S), "the server must start"
    try:
        yield started[0]
    finally:
        started[0]._loop.call_soon_threadsafe(ended.set)
        thread.join(PATIENCE_S)
        assert not thread.is_alive(), "the server must end"
