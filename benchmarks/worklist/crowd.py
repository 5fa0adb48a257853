"""Many readers at once, each on a connection of its own: how long they wait, and whether each is answered."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from statistics import median
from time import perf_counter
from typing import Final

import msgspec

from benchmarks.worklist.answers import percentile
from benchmarks.worklist.questions import Question
from benchmarks.worklist.site import Site

_STATUS: Final = re.compile(rb"HTTP/1\.1 (\d{3})")
_LENGTH: Final = re.compile(rb"(?i)\r\ncontent-length: (\d+)\r\n")
_PATIENCE_S: Final = 120.0


class Crowd(msgspec.Struct, frozen=True):
    """Readers who all ask at once, some times in a row. other: answers that were not 200, by what they were."""

    readers: int
    answers: int
    seconds: float
    median_ms: float
    p95_ms: float
    worst_ms: float
    other: dict[str, int]

    @property
    def a_second(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds


def crowd(site: Site, question: Question, readers: int, times: int) -> Crowd:
    """Return how so many readers fare."""
    return asyncio.run(_crowd(site, question, readers, times))


async def _crowd(site: Site, question: Question, readers: int, times: int) -> Crowd:
    said = {"Host": f"127.0.0.1:{site.port}"} | site.headers(question.person)
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    request = f"GET {question.paths[0]} HTTP/1.1\r\n{head}\r\n".encode()
    all_there = asyncio.Event()
    found: list[tuple[str, float]] = []

    async def reader() -> None:
        try:
            heard, told = await asyncio.open_connection("127.0.0.1", site.port)
        except OSError as error:
            found.append((type(error).__name__, 0.0))
            return
        await all_there.wait()
        started = perf_counter()
        try:
            for _ in range(times):
                started = perf_counter()
                told.write(request)
                async with asyncio.timeout(_PATIENCE_S):
                    status = await _answer(heard)
                found.append((status, perf_counter() - started))
        except (OSError, EOFError, TimeoutError) as error:
            found.append((type(error).__name__, perf_counter() - started))
        finally:
            told.close()

    reading = [asyncio.create_task(reader()) for _ in range(readers)]
    await asyncio.sleep(1)  # until they are connected
    started = perf_counter()
    all_there.set()
    await asyncio.gather(*reading)
    seconds = perf_counter() - started
    good = [took * 1000 for status, took in found if status == "200"] or [float("nan")]
    other = Counter(status for status, _ in found if status != "200")
    return Crowd(readers, len(found), seconds, median(good), percentile(good, 0.95), max(good), dict(other))


async def _answer(heard: asyncio.StreamReader) -> str:
    head = await heard.readuntil(b"\r\n\r\n")
    status, length = _STATUS.match(head), _LENGTH.search(head)
    if status is None or length is None:
        return "no HTTP"
    await heard.readexactly(int(length[1]))
    return status[1].decode()
