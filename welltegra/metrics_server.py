"""Metrics and health over HTTP, on a port of their own and threads of their own."""

from __future__ import annotations

import errno
import json
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, Final

from connectors.errors import Fault, FileFaults
from welltegra.listening import family_of

log = logging.getLogger(__name__)

# A client has so long from connecting to having read its answer, and so many are heard at a time: the eldest gives way.
LONGEST_S: Final = 10.0
MOST_CLIENTS: Final = 256
# A process that has just died may hold the port a little longer than the lock; and somebody else may leave it one day.
_TRY_AGAIN_S: Final = 0.02
_TRY_SELDOM_S: Final = 1.0
_SOON_S: Final = 5.0

Reasons = Callable[[], list[str]]


@dataclass(frozen=True, slots=True)
class Pages:
    """What is served. metrics: the text; live, ready: why not, nothing for yes."""

    metrics: Callable[[], bytes]
    live: Reasons
    ready: Reasons


class MetricsServer:
    """Serves `pages` from start() to stop(). port: 0 for one that is free, which `port` then says."""

    def __init__(self, host: str, port: int, pages: Pages) -> None:
        self.host, self.port = host, port
        self._pages = pages
        self._stopping = threading.Event()
        self._serving = threading.Event()
        self._server: _Server | None = None
        self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)

    def start(self) -> None:
        """Serve from now on; as soon as the port is free, if it is not. Returns at once."""
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Return whether it serves within so long."""
        return self._serving.wait(seconds)

    def stop(self) -> None:
        """Serve no more."""
        self._stopping.set()
        if self._serving.is_set() and self._server is not None:
            self._server.shutdown()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        started = time.monotonic()
        told = False
        while not self._stopping.is_set():
            try:
                self._server = _Server(self.host, self.port, self._pages)
                break
            except OSError as error:
                soon = time.monotonic() - started < _SOON_S
                if not soon and not told:
                    told = True
                    log.error("metrics_not_served host=%s port=%d reason=%s", self.host, self.port, error.strerror)
                self._stopping.wait(_TRY_AGAIN_S if soon else _TRY_SELDOM_S)
        if self._server is None:
            return
        with self._server as server:
            self.port = int(server.server_address[1])
            log.info("metrics_served host=%s port=%d", self.host, self.port)
            self._serving.set()
            server.serve_forever(poll_interval=0.1)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    # The connections of a dead process linger; a socket that listens still refuses us.
    allow_reuse_address = True

    def __init__(self, host: str, port: int, pages: Pages) -> None:
        self.pages = pages
        self.address_family = family_of(host, port)
        self._open: dict[socket.socket, float] = {}
        self._guard = threading.Lock()
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer's own asks a name server who we are
        self.server_name, self.server_port = "", int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            if len(self._open) >= MOST_CLIENTS:
                self._cut(next(iter(self._open)))
            self._open[request] = time.monotonic()
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Cut off who has been connected for too long; the server calls it all the time."""
        now = time.monotonic()
        with self._guard:
            for request in [request for request, since in self._open.items() if now - since > LONGEST_S]:
                self._cut(request)

    def _cut(self, request: socket.socket) -> None:
        """Let the thread that waits for this client wait no more; it closes the connection."""
        del self._open[request]
        with suppress(OSError):  # it has gone by itself
            request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception()
        if not isinstance(error, OSError):  # which is a client that has gone
            log.error("metrics_failed client=%s", client_address, exc_info=error)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = LONGEST_S

    def do_GET(self) -> None:
        pages = self.server.pages
        match self.path.partition("?")[0]:
            case "/metrics":
                self._answer(HTTPStatus.OK, "text/plain; version=0.0.4; charset=utf-8", pages.metrics())
            case "/health/live":
                self._health("Alive", "Not alive", pages.live())
            case "/health/ready":
                self._health("Ready", "Not ready", pages.ready())
            case _:
                self._problem(HTTPStatus.NOT_FOUND, "there are /metrics, /health/live and /health/ready here")

    do_HEAD = do_GET  # noqa: N815 - the library names it

    def _health(self, yes: str, no: str, reasons: list[str]) -> None:
        if reasons:
            self._problem(HTTPStatus.SERVICE_UNAVAILABLE, "; ".join(reasons), no, reasons)
        else:
            self._answer(HTTPStatus.OK, "application/json", _json({"title": yes, "status": 200}))

    def _problem(self, status: HTTPStatus, detail: str, title: str = "", errors: list[str] | None = None) -> None:
        body = {
            "type": "about:blank",
            "title": title or status.phrase,
            "status": int(status),
            "detail": detail,
            "errors": [{"detail": error} for error in errors or [detail]],
        }
        self._answer(status, "application/problem+json", _json(body))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what cannot be read, or is neither GET nor HEAD."""
        del explain
        self.close_connection = True
        status = HTTPStatus.METHOD_NOT_ALLOWED if code == HTTPStatus.NOT_IMPLEMENTED else HTTPStatus(code)
        self._problem(status, "only GET and HEAD are answered" if code != status else message or status.phrase)

    def _answer(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "GET, HEAD")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def version_string(self) -> str:
        return "WellTegra"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library names it
        log.debug("metrics_asked client=%s said=%r", self.client_address[0], format % args)


def _json(body: dict[str, Any]) -> bytes:
    return (json.dumps(body, ensure_ascii=False) + "\n").encode()


def check_address(host: str, port: int, may_be_in_use: bool = False, setting: str = "metrics.port") -> None:
    """Try out where metrics are to be served.

    may_be_in_use: by the process that this one is a spare of. setting: where the port comes from.

    Raises:
        FileFaults: Nobody can listen there, or somebody does.
    """
    try:
        with socket.socket(family_of(host, port)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen()
    except OSError as error:
        if error.errno == errno.EADDRINUSE and may_be_in_use:
            return
        must = f"metrics.host and {setting} must be an address to listen at; {host}:{port} is to be one"
        remedy = f"Set them to others, or {setting} to 0 for no metrics."
        if error.errno == errno.EADDRINUSE:
            must = f"{host}:{port} must be free for metrics and health"
            remedy = f"End what listens there, or set {setting} to another, or to 0 for no metrics."
        found = error.strerror or repr(error)
        raise FileFaults([Fault("settings", None, must, found, remedy)]) from None
