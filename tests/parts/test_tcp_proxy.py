from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.parts.tcp_proxy import TcpProxy


@pytest.fixture
def echo() -> Iterator[int]:
    """Yield the port of a server that says back what it hears."""

    def talk(connection: socket.socket) -> None:
        with connection:
            while piece := connection.recv(1000):
                connection.sendall(piece)

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)


def connect(proxy: TcpProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=30)


def test_that_what_comes_is_passed_both_ways(echo: int) -> None:
    with TcpProxy(echo) as proxy, connect(proxy) as client:
        client.sendall(b"heard")
        assert client.recv(100) == b"heard"
        assert proxy.connections == 1


def test_that_a_black_hole_says_nothing_and_keeps_the_connection(echo: int) -> None:
    with TcpProxy(echo) as proxy, connect(proxy) as client:
        client.sendall(b"one")
        assert client.recv(100) == b"one"
        proxy.black_hole()
        client.sendall(b"two")
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(100)
        proxy.pass_on()
        with connect(proxy) as another:
            another.sendall(b"three")
            assert another.recv(100) == b"three"


def test_that_a_connection_that_is_cut_ends_and_another_is_passed(echo: int) -> None:
    with TcpProxy(echo) as proxy:
        with connect(proxy) as client:
            client.sendall(b"one")
            assert client.recv(100) == b"one"
            proxy.cut()
            assert client.recv(100) == b""
        with connect(proxy) as client:
            client.sendall(b"two")
            assert client.recv(100) == b"two"


def test_that_who_is_refused_is_let_go_at_once(echo: int) -> None:
    with TcpProxy(echo) as proxy:
        proxy.refuse()
        with connect(proxy) as client:
            assert client.recv(100) == b""
