"""A TCP proxy for tests: passes what comes, swallows it without a word as a broken network does, or cuts it off."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType

_LOOK_S = 0.02
_PIECE = 65_536


class TcpProxy:
    """Listens on 127.0.0.1 while it is entered. port: where. target: the port that it passes connections to.

    A black hole accepts connections, reads what comes from either side, and passes none of it.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_LOOK_S)
        self.port = int(self._listener.getsockname()[1])
        self._swallows = threading.Event()
        self._refuses = threading.Event()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> TcpProxy:
        self._threads[0].start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self.cut()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    @property
    def connections(self) -> int:
        """How many connections are open now."""
        with self._lock:
            return len(self._open) // 2

    def black_hole(self) -> None:
        """Swallow everything from now on; connections stay open."""
        self._swallows.set()

    def pass_on(self) -> None:
        """Pass what comes on connections made from now on; those that lost something stay broken."""
        self._swallows.clear()
        self._refuses.clear()

    def refuse(self) -> None:
        """Cut all connections, and each further one at once."""
        self._refuses.set()
        self.cut()

    def cut(self) -> None:
        """Close all connections; further ones are passed."""
        with self._lock:
            for each in self._open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            if self._refuses.is_set():
                client.close()
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.target), timeout=60)
            except OSError:
                client.close()
                continue
            for each in (client, server):
                each.settimeout(None)  # whoever is slow to read is waited for; to be cut ends that
            with self._lock:
                self._open |= {client, server}
            if self._refuses.is_set() or self._ended.is_set():
                self.cut()  # who said so meanwhile has not seen this connection
            for source, sink in ((client, server), (server, client)):
                thread = threading.Thread(target=self._pump, args=(source, sink), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        swallowed = False
        while True:
            try:
                piece = source.recv(_PIECE)
            except OSError:
                break
            if not piece:
                break
            # A stream with a hole in it makes no sense to anybody: once begun it goes on.
            swallowed = swallowed or self._swallows.is_set()
            if not swallowed:
                try:
                    sink.sendall(piece)
                except OSError:
                    break
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open.discard(source)
        source.close()
