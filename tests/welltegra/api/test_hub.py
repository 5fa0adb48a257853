"""What PostgreSQL tells reaches the streams, whatever else is told; and a stream ends with the right to it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import psycopg
import pytest

from connectors.ops import keys, sessions
from connectors.ops.reading import acting_as
from connectors.postgres.config import Postgres
from tests.welltegra.api.conftest import ORIGIN, Site
from welltegra.api.guard import may_still
from welltegra.api.hub import NOW, Hub

PATIENCE_S = 60.0
REAL = {"kind": "ranking", "project_id": "p", "run_id": "r"}
GARBAGE = (
    *("", "{", "[]", "null", "7", "[" * 5_000, '{"kind": "job"}', '{"kind": "job", "project_id": "p"}'),
    *('{"kind": "job", "project_id": ["p"], "job_id": "x", "state": "s"}', '{"kind": [], "project_id": "p"}'),
    *('{"kind": "job", "project_id": "p", "job_id": 7, "state": "s"}', '{"kind": "other", "project_id": "p"}'),
    '{"kind": "ranking", "project_id": "p", "run_id": "r", "more": "of it"}',
)


async def yes() -> bool:
    return True


async def until(events: AsyncIterator[bytes], kind: str) -> bytes:
    """Return the next event of a kind."""
    async with asyncio.timeout(PATIENCE_S):
        async for event in events:
            if event.startswith(f"event: {kind}\n".encode()):
                return event
    raise AssertionError(f"the stream must say {kind!r}; ended instead")


async def first(events: AsyncIterator[bytes], tell: Callable[[], None]) -> bytes:
    """Return the first ranking that is told of after telling; it is told again until one is."""
    coming = asyncio.ensure_future(until(events, "ranking"))
    async with asyncio.timeout(PATIENCE_S):
        while not coming.done():
            await asyncio.to_thread(tell)
            await asyncio.wait([coming], timeout=0.5)
    return coming.result()


def test_that_nobody_else_on_the_channel_ends_what_is_told(postgres: str) -> None:
    def details(told: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if told["kind"] == "job":
            raise psycopg.DataError("no such thing")
        return told

    def tell() -> None:
        with psycopg.connect(postgres, autocommit=True) as connection:
            for payload in (*GARBAGE, json.dumps({"kind": "job", "project_id": "p", "job_id": "x", "state": "s"})):
                connection.execute("SELECT pg_notify('welltegra', %s)", [payload])
            connection.execute("SELECT pg_notify('welltegra', %s)", [json.dumps(REAL)])

    async def told() -> bytes:
        hub = Hub(Postgres(postgres), details)
        hub.start()
        try:
            events = hub.events("p", yes)
            assert await anext(events) == b"retry: 2000\n\n"
            await until(events, NOW)
            return await first(events, tell)
        finally:
            await asyncio.to_thread(hub.stop)

    kind, data = asyncio.run(told()).decode().strip().split("\n")
    assert (kind, json.loads(data.removeprefix("data: "))) == ("event: ranking", REAL)


def test_that_a_stream_ends_with_all_the_rest_also_while_the_database_keeps_it_waiting(postgres: str) -> None:
    asked, let_go = threading.Event(), threading.Event()

    def details(told: Mapping[str, Any]) -> Mapping[str, Any] | None:
        asked.set()
        assert let_go.wait(PATIENCE_S)
        return told

    async def left() -> list[bytes]:
        hub = Hub(Postgres(postgres), details)
        events = hub.events("p", yes)
        assert await anext(events) == b"retry: 2000\n\n"
        rest = asyncio.ensure_future(_all(events))
        await asyncio.to_thread(asked.wait, PATIENCE_S)
        hub.end()
        try:
            async with asyncio.timeout(PATIENCE_S / 2):
                return await rest
        finally:
            let_go.set()

    assert asyncio.run(left()) == []


async def _all(events: AsyncIterator[bytes]) -> list[bytes]:
    return [event async for event in events]


def test_that_what_happened_while_nobody_listened_is_made_up_for(postgres: str) -> None:
    """The connection that listens is ended; meanwhile another ranking becomes the current one."""
    current = ["before"]

    def details(told: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**told, "run_id": current[0]} if told["kind"] == NOW else told

    def cut() -> None:
        with psycopg.connect(postgres, autocommit=True) as connection:
            listening = "FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            while not connection.execute(f"SELECT count(pg_terminate_backend(pid)) {listening}").fetchone()[0]:  # type: ignore[index]
                pass

    async def told() -> tuple[bytes, bytes]:
        hub = Hub(Postgres(postgres), details)
        hub.start()
        try:
            events = hub.events("p", yes)
            assert b'"run_id": "before"' in await until(events, NOW)
            # It listens by now, and asks how things stand no more before it has to listen anew.
            await first(events, tell)
            current[0] = "after"
            await asyncio.to_thread(cut)
            async with asyncio.timeout(PATIENCE_S):
                while b'"run_id": "after"' not in (event := await until(events, NOW)):
                    pass
            return event, await first_of_rest(events)
        finally:
            await asyncio.to_thread(hub.stop)

    async def first_of_rest(events: AsyncIterator[bytes]) -> bytes:
        await asyncio.to_thread(tell)
        return await until(events, "ranking")

    def tell() -> None:
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute("SELECT pg_notify('welltegra', %s)", [json.dumps(REAL)])

    made_up, next_told = asyncio.run(told())
    assert b"event: review\n" in made_up
    assert b'"run_id": "r"' in next_told


def test_that_a_slow_reader_is_told_how_things_stand_in_the_place_of_what_it_has_not_read(postgres: str) -> None:
    async def told() -> list[bytes]:
        hub = Hub(Postgres(postgres), lambda one: one)
        hub._loop = asyncio.get_running_loop()
        events = hub.events("p", yes)
        await until(events, NOW)
        hub._tell(json.dumps(REAL))
        for _ in range(100):
            hub._tell(json.dumps({"kind": "review", "project_id": "p"}))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        async with asyncio.timeout(PATIENCE_S):
            return [await anext(events) for _ in range(2)]

    made_up, after = asyncio.run(told())
    assert made_up.startswith(b"event: now\n")
    assert b"event: review\n" in made_up
    assert after.startswith(b"event: review\n")


def test_that_a_stream_ends_where_it_cannot_say_how_things_stand(postgres: str) -> None:
    def details(told: Mapping[str, Any]) -> Mapping[str, Any]:
        raise psycopg.OperationalError("away")

    async def told() -> list[bytes]:
        hub = Hub(Postgres(postgres), details)
        async with asyncio.timeout(PATIENCE_S):
            return [event async for event in hub.events("p", yes)]

    assert asyncio.run(told()) == [b"retry: 2000\n\n"]


def test_that_a_stream_that_has_always_something_to_say_ends_with_the_right_to_it(postgres: str) -> None:
    async def told() -> int:
        hub, right = Hub(Postgres(postgres), lambda one: one), [True, True, False]

        async def may() -> bool:
            return right.pop(0)

        hub._loop = asyncio.get_running_loop()
        events, count = hub.events("p", may, ask_every_s=0.05), 0
        async with asyncio.timeout(PATIENCE_S):
            async for _ in events:
                count += 1
                hub._tell(json.dumps(REAL))
        assert right == []
        return count

    assert asyncio.run(told()) > 3


@pytest.mark.parametrize("how", ["key", "session"])
def test_that_who_was_let_in_is_not_for_longer_than_that_holds(how: str, site: Site) -> None:
    from starlette.requests import Request

    from welltegra.auth.permissions import ROUTES

    app = site.app()
    state = app.state.shared
    with site.postgres.session("") as connection, acting_as(connection, "welltegra_platform"):
        made = keys.create(connection, name="k", project_id=site.ours, role="viewer", created_by="t", days=1)
    cookie = site.session({site.ours: "viewer"})
    said = (b"authorization", f"Bearer {made.secret}".encode())
    if how == "session":
        said = (b"cookie", f"welltegra_session={cookie}".encode())
    scope = {
        "type": "http", "method": "GET", "path": "/", "query_string": b"", "client": ("127.0.0.1", 1),
        "headers": [(b"host", ORIGIN.encode()), said], "path_params": {"project_id": site.ours},
        "state": {"shared": state, "need": ROUTES["events"]},
    }  # fmt: skip
    request = Request(scope)
    state.database.open()
    try:
        assert asyncio.run(may_still(request))
        with site.postgres.session("") as connection:
            if how == "key":
                assert keys.revoke(connection, made.key.key_id, "tests")
            else:
                sessions.end(connection, cookie)
        assert not asyncio.run(may_still(request))
    finally:
        state.database.close()
