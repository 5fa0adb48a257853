"""Tells the browsers what has happened: one connection that PostgreSQL tells, for all of them together."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from typing import Any, Final

import psycopg

from connectors.errors import ConnectorError
from connectors.postgres.config import Postgres

log = logging.getLogger(__name__)

# What the triggers of sql/schema.sql tell.
CHANNEL: Final = "welltegra"
KINDS: Final = ("job", "ranking", "review")
_LOOK_EVERY_S: Final = 1.0
# A comment now and then keeps proxies from closing a quiet stream, and finds out who has gone.
_PING_EVERY_S: Final = 15.0
_MOST_WAITING: Final = 64

Details = Callable[[Mapping[str, Any]], Mapping[str, Any] | None]


class Hub:
    """Passes on what PostgreSQL tells. details: of what it told, what a browser is to know; None for nothing."""

    def __init__(self, postgres: Postgres, details: Details) -> None:
        self._postgres, self._details = postgres, details
        self._loop: asyncio.AbstractEventLoop | None = None
        self._subscribers: dict[str, set[asyncio.Queue[bytes | None]]] = {}
        self._guard = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hub", daemon=True)

    def start(self) -> None:
        """Begin to listen; call it on the loop that answers requests."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def stop(self) -> None:
        """Listen no more, and end every stream."""
        self._ended.set()
        with self._guard:
            queues = [queue for some in self._subscribers.values() for queue in some]
        self._send(queues, None)
        if self._thread.ident is not None:
            self._thread.join()

    async def events(self, project_id: str) -> AsyncIterator[bytes]:
        """Yield what a stream of a project sends, until it is ended."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(_MOST_WAITING)
        with self._guard:
            self._subscribers.setdefault(project_id, set()).add(queue)
        try:
            yield b"retry: 2000\n\n"
            while not self._ended.is_set():
                try:
                    event = await asyncio.wait_for(queue.get(), _PING_EVERY_S)
                except TimeoutError:
                    event = b": still here\n\n"
                if event is None:
                    return
                yield event
        finally:
            with self._guard:
                left = self._subscribers[project_id]
                left.discard(queue)
                if not left:
                    del self._subscribers[project_id]

    @property
    def subscribers(self) -> int:
        """How many streams are open."""
        with self._guard:
            return sum(map(len, self._subscribers.values()))

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                with self._postgres.session("") as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    while not self._ended.is_set():
                        for told in connection.notifies(timeout=_LOOK_EVERY_S):
                            self._tell(told.payload)
                            if self._ended.is_set():
                                break
            except (ConnectorError, psycopg.Error) as error:
                log.warning("events_unheard reason=%s", error)
                self._ended.wait(_LOOK_EVERY_S)

    def _tell(self, payload: str) -> None:
        try:
            told = json.loads(payload)
            kind, project_id = told["kind"], told["project_id"]
        except (ValueError, KeyError, TypeError):
            return  # somebody else's word on our channel
        with self._guard:
            queues = list(self._subscribers.get(project_id, ()))
        if not queues or kind not in KINDS:
            return
        data = self._details(told)
        if data is not None:
            self._send(queues, f"event: {kind}\ndata: {json.dumps(data, default=str)}\n\n".encode())

    def _send(self, queues: list[asyncio.Queue[bytes | None]], event: bytes | None) -> None:
        if self._loop is None:
            return
        for queue in queues:
            with suppress(RuntimeError):  # the loop has ended before us
                self._loop.call_soon_threadsafe(_put, queue, event)


def _put(queue: asyncio.Queue[bytes | None], event: bytes | None) -> None:
    if queue.full():  # a reader this slow has use for the newest only
        queue.get_nowait()
    queue.put_nowait(event)
