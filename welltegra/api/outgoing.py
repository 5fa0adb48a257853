"""A file on its way out: a thread writes it to disk and is done; its reader follows, as slowly as readers are."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
import threading
import weakref
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, closing, suppress
from http import HTTPStatus
from itertools import chain
from typing import Any, Final

from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from connectors.ops.exports import Export
from welltegra.api.problems import Problem

log = logging.getLogger(__name__)

_EACH: Final = 2
_PIECE_BYTES: Final = 65_536


class Rooms:
    """Counts files on their way: at most `most` are made at a time, and one person has two until they are read."""

    def __init__(self, most: int) -> None:
        self._most, self._guard = most, threading.Lock()
        self._making = 0
        self._held: Counter[str] = Counter()

    def enter(self, who: str) -> None:
        """Count one that begins.

        Raises:
            Problem: There are as many already.
        """
        with self._guard:
            if self._held[who] >= _EACH:
                said = f"At most {_EACH} exports are yours at a time, and so many are. Try again once one has ended."
                raise Problem(HTTPStatus.TOO_MANY_REQUESTS, said, headers={"Retry-After": "5"})
            if self._making >= self._most:
                said = f"At most {self._most} exports are made at a time, and so many are; try again in a minute."
                raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, said, headers={"Retry-After": "30"})
            self._held[who] += 1
            self._making += 1

    def made(self) -> None:
        """Count one that has been made, or never will be."""
        with self._guard:
            self._making -= 1

    def leave(self, who: str) -> None:
        """Count one that has been read, or never will be."""
        with self._guard:
            self._held[who] -= 1
            if not self._held[who]:
                del self._held[who]


class Outgoing:
    """Makes a file from now on. opened: enters the transaction that it is read in, and leaves it once it is made."""

    def __init__(self, opened: Callable[[], AbstractContextManager[Export]], rooms: Rooms, who: str) -> None:
        rooms.enter(who)
        # Whatever becomes of us, and of the answer that we were for: these are let go of once.
        self._leave = weakref.finalize(self, rooms.leave, who)
        self._opened, self._rooms = opened, rooms
        self._begun: Future[Export] = Future()
        self._size, self._ended, self._failed, self._given_up = 0, False, False, False
        self._told: Callable[[], object] | None = None
        try:
            with tempfile.TemporaryFile(prefix="welltegra-export-", buffering=0) as file:
                self._file = os.dup(file.fileno())
            weakref.finalize(self, os.close, self._file)
            threading.Thread(target=self._make, name="export", daemon=True).start()
        except BaseException:
            rooms.made()
            self._leave()
            raise

    def begun(self) -> Export:
        """Return what is made, once it has begun.

        Raises:
            Exception: It could not be; whatever kept it from that.
        """
        try:
            return self._begun.result()
        except BaseException:
            self.give_up()
            raise

    def give_up(self) -> None:
        """Make no more than what is under way: nobody reads it. It never waits."""
        self._given_up = True
        self._leave()

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the file, as far as it is made, until it is whole.

        Raises:
            RuntimeError: It will never be; what was read must not look as if it were.
        """
        loop, grown = asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            with suppress(RuntimeError):  # the loop has ended before us
                loop.call_soon_threadsafe(grown.set)

        self._told, at = tell, 0
        while True:
            grown.clear()
            ended, size = self._ended, self._size  # in this order: once it has ended, it grows no more
            while at < size:
                chunk = await run_in_threadpool(os.pread, self._file, min(_PIECE_BYTES, size - at), at)
                at += len(chunk)
                yield chunk
            if ended:
                break
            await grown.wait()
        if self._failed:
            raise RuntimeError("the export broke off; the log says why")

    def _make(self) -> None:
        try:
            with self._opened() as found, closing(found.chunks) as chunks:
                # What cannot be read at all is found out while it can still be said.
                first = next(chunks, b"")
                self._begun.set_result(found)
                for chunk in chain([first], chunks):
                    self._write(chunk)
                    if self._given_up:
                        break
        except Exception as error:
            if self._begun.done():
                log.error("export_broke_off", exc_info=error)
            else:
                self._begun.set_exception(error)
            self._failed = True
        finally:
            self._rooms.made()
            self._ended = True
            self._tell()

    def _write(self, chunk: bytes) -> None:
        left = memoryview(chunk)
        while left:
            written = os.pwrite(self._file, left, self._size)
            self._size += written
            left = left[written:]
        self._tell()

    def _tell(self) -> None:
        if self._told is not None:
            self._told()


class Followed(StreamingResponse):
    """The answer that a file goes out with; a reader who goes ends its making."""

    def __init__(self, outgoing: Outgoing, **named: Any) -> None:
        super().__init__(outgoing.chunks(), **named)
        self._outgoing = outgoing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._outgoing.give_up()
