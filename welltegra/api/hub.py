"""Tells the browsers what has happened: one connection that PostgreSQL tells, for all of them together."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Final

import psycopg

from connectors.errors import ConnectorError
from connectors.postgres.config import Postgres

log = logging.getLogger(__name__)

# What the triggers of sql/schema.sql tell.
CHANNEL: Final = "welltegra"
KINDS: Final = {
    "job": {"kind", "project_id", "job_id", "state"},
    "ranking": {"kind", "project_id", "run_id"},
    "review": {"kind", "project_id"},
}
# Where something may have been missed a stream says how things stand, and that reviews are to be looked at again.
NOW: Final = "now"
_MISSED: Final = b""
# So often it looks whether it is to end, and so long it waits before it connects again.
_LOOK_EVERY_S: Final = 0.25
_AGAIN_S: Final = 1.0
# So often it is asked whether a reader still may. A comment then keeps proxies from closing a quiet stream, and finds
# out who has gone.
ASK_EVERY_S: Final = 15.0
_MOST_WAITING: Final = 64

Details = Callable[[Mapping[str, Any]], Mapping[str, Any] | None]


class Hub:
    """Passes on what PostgreSQL tells. details: of what it told, what a browser is to know; None for nothing.

    Of `now`, which nobody tells, they are which ranking is the current one, and the last job.
    """

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

    def end(self) -> None:
        """End every stream, from whatever thread; one that begins later ends at once."""
        self._ended.set()
        with self._guard:
            queues = [queue for some in self._subscribers.values() for queue in some]
        self._send(queues, None)

    def stop(self) -> None:
        """Listen no more, and end every stream."""
        self.end()
        if self._thread.ident is not None:
            self._thread.join()

    async def events(
        self, project_id: str, may_still: Callable[[], Awaitable[bool]], ask_every_s: float = ASK_EVERY_S
    ) -> AsyncIterator[bytes]:
        """Yield what a stream of a project sends, until it is ended. may_still: whether its reader may have more of it.

        It is asked again all the while: a session ends, a token expires, and a key is revoked while a page is open.
        First it says how things stand: they may have changed since the page was made. It ends where that cannot be
        said, and the browser comes again.
        """
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(_MOST_WAITING)
        with self._guard:
            self._subscribers.setdefault(project_id, set()).add(queue)
        try:
            yield b"retry: 2000\n\n"
            if (now := await self._said(self._now, project_id)) is None:
                return
            yield now
            loop = asyncio.get_running_loop()
            ask_at = loop.time() + ask_every_s
            while not self._ended.is_set():
                try:
                    event = await asyncio.wait_for(queue.get(), max(0.0, ask_at - loop.time()))
                except TimeoutError:
                    event = b": still here\n\n"
                if event is None:
                    return
                # By the clock, not by what is quiet: a stream that always has something to say ends as well.
                if loop.time() >= ask_at:
                    if not await may_still():
                        return
                    ask_at = loop.time() + ask_every_s
                if event == _MISSED:
                    event = await self._said(self._missed, project_id)
                    if event is None:
                        return
                yield event
        finally:
            with self._guard:
                left = self._subscribers[project_id]
                left.discard(queue)
                if not left:
                    del self._subscribers[project_id]

    async def _said(self, says: Callable[[str], bytes | None], project_id: str) -> bytes | None:
        """Return what is said of a project; None where it cannot be, or all is to end before the database lets it."""
        saying = asyncio.create_task(asyncio.to_thread(says, project_id))
        while not saying.done():
            if self._ended.is_set():
                return None
            await asyncio.wait({saying}, timeout=_LOOK_EVERY_S)
        return saying.result()

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
                    self._catch_up()
                    while not self._ended.is_set():
                        for told in connection.notifies(timeout=_LOOK_EVERY_S):
                            self._tell(told.payload)
                            if self._ended.is_set():
                                break
            except (ConnectorError, psycopg.Error) as error:
                log.warning("events_unheard reason=%s", error)
                self._ended.wait(_AGAIN_S)

    def _tell(self, payload: str) -> None:
        told = _told(payload)
        if told is None:
            return  # somebody else's word on our channel, where every role of PostgreSQL may speak
        with self._guard:
            queues = list(self._subscribers.get(told["project_id"], ()))
        if not queues:
            return
        try:
            data = self._details(told)
        except Exception as error:  # whatever it was that was told: others have something to tell yet
            log.error("event_unread kind=%s", told["kind"], exc_info=error)
            return
        if data is not None:
            self._send(queues, _event(told["kind"], data))

    def _catch_up(self) -> None:
        """Tell every stream how things stand: what was told while nobody listened was told to nobody."""
        with self._guard:
            streams = {project_id: list(queues) for project_id, queues in self._subscribers.items()}
        for project_id, queues in streams.items():
            self._send(queues, self._missed(project_id))

    def _missed(self, project_id: str) -> bytes | None:
        now = self._now(project_id)
        return None if now is None else now + _event("review", {"kind": "review", "project_id": project_id})

    def _now(self, project_id: str) -> bytes | None:
        try:
            data = self._details({"kind": NOW, "project_id": project_id})
        except Exception as error:  # whatever it was: the stream is asked for again
            log.error("event_unread kind=%s", NOW, exc_info=error)
            return None
        return None if data is None else _event(NOW, data)

    def _send(self, queues: list[asyncio.Queue[bytes | None]], event: bytes | None) -> None:
        if self._loop is None:
            return
        for queue in queues:
            with suppress(RuntimeError):  # the loop has ended before us
                self._loop.call_soon_threadsafe(_put, queue, event)


def _told(payload: str) -> dict[str, str] | None:
    """Return what the triggers tell: the texts that an event of its kind has, and no others; None for anything else."""
    try:
        told = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        return None
    names = KINDS.get(told.get("kind", ""))
    return told if names is not None and told.keys() == names else None


def _event(kind: str, data: Mapping[str, Any]) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(data, default=str)}\n\n".encode()


def _put(queue: asyncio.Queue[bytes | None], event: bytes | None) -> None:
    if queue.full():  # a reader this slow is told how things stand, in the place of all that it has not read
        while not queue.empty():
            queue.get_nowait()
        event = None if event is None else _MISSED
    queue.put_nowait(event)
