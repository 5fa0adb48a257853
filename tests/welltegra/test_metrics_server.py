from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from connectors.errors import FileFaults
from tests.system.site import wait_until
from tests.welltegra.live.asked import free_pair
from welltegra import metrics_server
from welltegra.metrics_server import MetricsServer, Pages, check_address

HOST = "127.0.0.1"
WITHIN_S = 60.0


@contextmanager
def served(
    metrics: Callable[[], bytes] = lambda: b"a 1\n",
    live: Callable[[], list[str]] = list,
    ready: Callable[[], list[str]] = list,
    port: int = 0,
) -> Iterator[MetricsServer]:
    server = MetricsServer(HOST, port, Pages(metrics, live, ready))
    server.start()
    try:
        assert server.wait(WITHIN_S)
        yield server
    finally:
        server.stop()


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=WITHIN_S)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def raw(port: int, request: bytes) -> bytes:
    """Return all that comes back for these bytes."""
    with socket.create_connection((HOST, port), timeout=WITHIN_S) as client:
        said = b""
        with suppress(BrokenPipeError, ConnectionResetError):  # it was told off before it had said all
            client.sendall(request)
        # What it was told can be read all the same.
        with suppress(ConnectionResetError):
            while chunk := client.recv(65_536):
                said += chunk
        return said


def test_that_metrics_are_text_for_prometheus() -> None:
    with served() as server:
        status, headers, body = ask(server.port, "/metrics?name[]=a", Accept="application/openmetrics-text")
    assert (status, body) == (200, b"a 1\n")
    assert headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert headers["cache-control"] == "no-store"
    assert headers["server"] == "WellTegra"


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_that_health_is_200_while_nothing_is_wrong(path: str) -> None:
    with served() as server:
        status, headers, body = ask(server.port, path)
    assert (status, headers["content-type"]) == (200, "application/json")
    assert json.loads(body)["status"] == 200


def test_that_health_is_503_with_every_reason_in_the_shape_of_rfc_9457() -> None:
    with served(ready=lambda: ["shard 0 must be read; is not yet", "Kafka é"]) as server:
        assert ask(server.port, "/health/live")[0] == 200
        status, headers, body = ask(server.port, "/health/ready")
    assert (status, headers["content-type"]) == (503, "application/problem+json")
    assert json.loads(body) == {
        "type": "about:blank",
        "title": "Not ready",
        "status": 503,
        "detail": "shard 0 must be read; is not yet; Kafka é",
        "errors": [{"detail": "shard 0 must be read; is not yet"}, {"detail": "Kafka é"}],
    }


@pytest.mark.parametrize("path", ["/", "/metrics/", "/health", "/../metrics", "/%6detrics", "/debug"])
def test_that_anything_else_is_404_in_the_same_shape(path: str) -> None:
    with served() as server:
        status, headers, body = ask(server.port, path)
    assert (status, headers["content-type"]) == (404, "application/problem+json")
    assert set(json.loads(body)) == {"type", "title", "status", "detail", "errors"}


@pytest.mark.parametrize("path", ["/metrics", "/health/live", "/nothing"])
def test_that_head_is_get_without_a_body(path: str) -> None:
    with served() as server:
        status, headers, body = ask(server.port, path)
        assert ask(server.port, path, "HEAD")[::2] == (status, b"")
        assert ask(server.port, path, "HEAD")[1]["content-length"] == headers["content-length"] == str(len(body))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH"])
def test_that_other_methods_are_not_answered(method: str) -> None:
    with served() as server:
        status, headers, body = ask(server.port, "/metrics", method)
    assert (status, headers["allow"], json.loads(body)["status"]) == (405, "GET, HEAD", 405)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"GET /metrics HTTP/1.1\r\nx: " + b"a" * 70_000 + b"\r\n\r\n", b"431"),
        (b"GET /metrics HTTP/1.1\r\n" + b"x: y\r\n" * 200 + b"\r\n", b"431"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b""),  # a client that speaks TLS
        (b"GET /metrics HTTP/9.9\r\n\r\n", b"505"),
        (b"GET\r\n\r\n", b""),
        (b"", b""),
    ],
)
def test_that_what_is_no_request_is_told_off_and_the_next_client_is_served(request_: bytes, status: bytes) -> None:
    with served() as server, socket.create_connection((HOST, server.port)) as gone:
        gone.close()
        if request_:
            assert status in raw(server.port, request_)
        assert ask(server.port, "/metrics")[0] == 200


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nobody cut off for the time they take: only for how many there are."""
    monkeypatch.setattr(metrics_server, "LONGEST_S", 600.0)
    monkeypatch.setattr(metrics_server._Handler, "timeout", 600.0)


@pytest.mark.usefixtures("patient")
def test_that_four_hundred_half_open_clients_hold_up_nobody() -> None:
    with served() as server, ExitStack() as clients:
        for number in range(400):
            client = clients.enter_context(socket.create_connection((HOST, server.port), timeout=WITHIN_S))
            if number % 2:
                client.sendall(b"GET /metrics HT")
        assert ask(server.port, "/metrics")[2] == b"a 1\n"
        assert ask(server.port, "/health/live")[0] == 200
        # Who was cut off has a thread for a moment yet.
        wait_until(lambda: _served_at_once() <= metrics_server.MOST_CLIENTS, "the eldest must have given way")


def _served_at_once() -> int:
    return sum("process_request_thread" in thread.name for thread in threading.enumerate())


@pytest.mark.usefixtures("patient")
def test_that_two_hundred_scrapes_at_once_are_all_answered_while_another_thread_works() -> None:
    body = b"a 1\n" * 20_000
    answers: list[int] = []
    worked = [0]
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            worked[0] += 1

    with served(metrics=lambda: body) as server:
        judging = threading.Thread(target=work)
        judging.start()
        scrapers = [
            threading.Thread(target=lambda: answers.append(len(ask(server.port, "/metrics")[2]))) for _ in range(200)
        ]
        try:
            for scraper in scrapers:
                scraper.start()
            for scraper in scrapers:
                scraper.join(WITHIN_S)
        finally:
            stop.set()
            judging.join()
    assert answers == [len(body)] * 200
    assert worked[0] > 0


def test_that_a_client_that_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics_server, "LONGEST_S", 0.3)
    with served() as server, socket.create_connection((HOST, server.port), timeout=WITHIN_S) as client:
        client.sendall(b"GET /metrics HTTP/1.1\r\n")
        with pytest.raises(OSError):  # noqa: PT011 - a broken pipe or a reset, as it happens
            drip(client)


def drip(client: socket.socket) -> None:
    """Send one header after the other, for as long as a test may take."""
    until = time.monotonic() + WITHIN_S
    while time.monotonic() < until:
        client.sendall(b"x: y\r\n")
        time.sleep(0.05)


@pytest.mark.usefixtures("patient")
def test_that_a_client_that_reads_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(metrics=lambda: b"a 1\n" * 5_000_000) as server:
        with socket.create_connection((HOST, server.port), timeout=WITHIN_S) as client:
            client.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            assert client.recv(1) == b"H"  # so it was heard
            monkeypatch.setattr(metrics_server, "LONGEST_S", 0.3)
            wait_until(lambda: not _served_at_once(), "it must be cut off")
        assert ask(server.port, "/health/live")[0] == 200


def test_that_a_mistake_of_ours_is_logged_and_the_next_client_is_served(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> bytes:
        raise ZeroDivisionError

    with served(metrics=broken) as server:
        assert raw(server.port, b"GET /metrics HTTP/1.0\r\n\r\n") == b""
        assert ask(server.port, "/health/live")[0] == 200
    assert "metrics_failed" in caplog.text


def test_that_it_listens_where_it_is_told_and_nowhere_else() -> None:
    with served() as server, pytest.raises(OSError):  # noqa: PT011 - whichever way it is refused
        socket.create_connection(("127.0.0.2", server.port), timeout=WITHIN_S)


def test_that_it_serves_on_ipv6_too() -> None:
    server = MetricsServer("::1", 0, Pages(lambda: b"a 1\n", list, list))
    server.start()
    try:
        assert server.wait(WITHIN_S)
        with socket.create_connection(("::1", server.port), timeout=WITHIN_S) as client:
            client.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.0 200")
    finally:
        server.stop()


def test_that_a_restart_takes_the_port_over_though_connections_linger() -> None:
    # Not one of those that connections get: somebody else's might have it in between.
    with served(port=free_pair()) as first:
        client = socket.create_connection((HOST, first.port), timeout=WITHIN_S)
        client.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        client.recv(10)
        port = first.port
    try:
        check_address(HOST, port)
        with served(port=port) as second:
            assert ask(second.port, "/metrics")[0] == 200
    finally:
        client.close()


def test_that_a_port_that_is_taken_is_taken_over_once_it_is_free() -> None:
    port = free_pair()
    with socket.create_server((HOST, port)) as other:
        server = MetricsServer(HOST, port, Pages(lambda: b"a 1\n", list, list))
        server.start()
        try:
            assert not server.wait(0.2)
            other.close()
            assert server.wait(WITHIN_S)
            assert ask(port, "/metrics")[0] == 200
        finally:
            server.stop()


def test_that_one_that_never_got_its_port_stops_at_once() -> None:
    with socket.create_server((HOST, 0)) as other:
        server = MetricsServer(HOST, other.getsockname()[1], Pages(lambda: b"", list, list))
        server.start()
        assert not server.wait(0.1)
        server.stop()


def test_that_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(FileFaults) as raised:
            check_address(HOST, port)
        check_address(HOST, port, may_be_in_use=True)
    assert str(raised.value) == (
        f"settings: 127.0.0.1:{port} must be free for metrics and health; was Address already in use. End what listens"
        " there, or set metrics.port to another, or to 0 for no metrics."
    )


@pytest.mark.parametrize("host", ["192.0.2.7", "no-such-host.invalid", "300.1.1.1", "a" * 64, "a..b"])
def test_that_an_address_that_is_not_ours_is_said_also_to_a_spare(host: str) -> None:
    with pytest.raises(FileFaults, match=r"metrics\.host and metrics\.port must be an address to listen at"):
        check_address(host, 9464, may_be_in_use=True)
