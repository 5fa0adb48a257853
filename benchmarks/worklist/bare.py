"""The SQL of an answer alone: the statements of a request, executed and fetched again, and nothing made of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import median
from time import perf_counter
from typing import Any, Final
from unittest.mock import patch

import psycopg

from benchmarks.worklist.questions import Question
from benchmarks.worklist.site import Failed, Site
from welltegra.api.app import create_app
from welltegra.api.database import Database
from welltegra.serving.plan import plan_of, state_of
from welltegra.settings.model import Settings, WebSettings

Said = tuple[Any, Any]
# So often a request is made before its statements are noted: what is kept in memory is not asked for again.
_BEFORE: Final = 2


def statements(site: Site, asked: Sequence[Question]) -> dict[str, list[Said]]:
    """Return the statements of each question's first address, with their parameters, by the question's name."""
    settings = Settings(web=WebSettings(port=site.port))
    state = state_of(plan_of(settings, site.postgres, site.origin, site.port, loopback=True))
    app = create_app(state, None, site.port, loopback=True)
    state.database.open()
    try:
        return {one.name: _noted(app, site, one) for one in asked}
    finally:
        state.database.close()


def seconds(site: Site, said: Mapping[str, Sequence[Said]], times: int) -> dict[str, float]:
    """Return how long the statements of each question take, in one transaction, as the server connects [s]; medians."""
    database = Database(site.postgres, 1)
    database.open()
    try:
        return {name: median(_took(database, of) for _ in range(times)) for name, of in said.items()}
    finally:
        database.close()


def _took(database: Database, said: Sequence[Said]) -> float:
    started = perf_counter()
    with database.transaction("reader") as connection:
        for query, values in said:
            found = connection.execute(query, values)
            if found.description is not None:
                found.fetchall()
    return perf_counter() - started


def _noted(app: Any, site: Site, question: Question) -> list[Said]:
    for _ in range(_BEFORE):
        _answered(app, site, question)
    with _noting() as said:
        _answered(app, site, question)
    return said


def _answered(app: Any, site: Site, question: Question) -> None:
    path, _, query = question.paths[0].partition("?")
    headers = {"host": f"127.0.0.1:{site.port}"} | site.headers(question.person) | question.headers
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", site.port),
        "state": {},
    }
    sent: list[Mapping[str, Any]] = []

    async def receive() -> Mapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    if sent[0]["status"] != 200:
        raise Failed(f"{question.name}: must be answered with 200; was with {sent[0]['status']}")


@contextmanager
def _noting() -> Iterator[list[Said]]:
    said: list[Said] = []
    execute = psycopg.Cursor.execute

    def noted(cursor: Any, query: Any, values: Any = None, **more: Any) -> Any:
        # How the pool finds out whether a connection lives is done again where the statements are.
        if query != b"" and query != "":
            said.append((query, values))
        return execute(cursor, query, values, **more)

    with patch.object(psycopg.Cursor, "execute", noted):
        yield said
