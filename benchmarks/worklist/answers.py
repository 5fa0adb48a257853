"""How long the server takes to answer, heard by a client on the same machine: from asking to the last byte."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import cycle
from math import ceil
from statistics import median
from time import perf_counter
from typing import Final

import msgspec

from benchmarks.spread import Spread
from benchmarks.worklist.questions import Question
from benchmarks.worklist.site import Failed, Site

_WARM: Final = 3


class Answers(msgspec.Struct, frozen=True):
    """Of one question. median_ms: of the rounds' medians. p95_ms: of all. bare_ms: SQL alone, as `bare` has it."""

    question: str
    kind: str
    asked: int
    bytes: int
    median_ms: Spread
    p95_ms: float
    bare_ms: float
    statements: int

    @property
    def times_bare(self) -> float:
        """How many times as long as the statements alone."""
        return self.median_ms.median / self.bare_ms


class Heard(msgspec.Struct):
    """What was heard of one question so far [ms], by round."""

    rounds: list[list[float]] = msgspec.field(default_factory=list)
    bytes: int = 0

    @property
    def median_ms(self) -> Spread:
        return Spread.of([median(one) for one in self.rounds])

    @property
    def p95_ms(self) -> float:
        return percentile([took for one in self.rounds for took in one], 0.95)


def hear(site: Site, asked: Sequence[Question], heard: dict[str, Heard], times: int) -> None:
    """Ask each question so often, and note how long each answer took.

    Raises:
        Failed: One is not answered.
    """
    with closing(HTTPConnection("127.0.0.1", site.port, timeout=120)) as connection:
        for question in asked:
            paths = cycle(question.paths)
            for _ in range(_WARM):
                _ask(connection, site, question, next(paths))
            took = [_ask(connection, site, question, next(paths)) for _ in range(times)]
            found = heard.setdefault(question.name, Heard())
            found.rounds.append([one for one, _ in took])
            found.bytes = round(median(size for _, size in took))


def percentile(values: Sequence[float], part: float) -> float:
    """Return the value that this part of all do not exceed."""
    return sorted(values)[max(0, ceil(part * len(values)) - 1)]


def _ask(connection: HTTPConnection, site: Site, question: Question, path: str) -> tuple[float, int]:
    headers = site.headers(question.person) | question.headers
    started = perf_counter()
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    took_ms = (perf_counter() - started) * 1000
    if answer.status != HTTPStatus.OK:
        raise Failed(f"{question.name}: GET {path} must be answered with 200; was with {answer.status}: {body[:500]!r}")
    return took_ms, len(body)
