"""Readers who go while their file is made, or take it slowly: nothing of theirs is kept from others."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import pytest
from fastapi import FastAPI

from connectors.ops import exports
from tests.welltegra.api.conftest import ORIGIN, PORT, As, Site

PATIENCE_S = 60.0


def until(done: Callable[[], object], what: str) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < ends, what
        time.sleep(0.02)


def path_of(site: Site) -> str:
    return f"/projects/{site.ours}/reopening-targets/export"


def in_transaction(site: Site) -> int:
    with site.postgres.session("") as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND xact_start IS NOT NULL AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        ).fetchone()
    assert found is not None
    return int(found[0])


class Slow:
    """Readers who take no more than the first piece until `taken` is set; `waiting` counts them."""

    def __init__(self) -> None:
        self.taken, self.waiting = asyncio.Event(), 0

    async def wait(self) -> None:
        self.waiting += 1
        await self.taken.wait()


async def ask(
    app: FastAPI, site: Site, secret: str, goes_after_s: float | None, slow: Slow | None = None
) -> list[Mapping[str, Any]]:
    """Ask for a file; return what was sent. goes_after_s: None for never."""
    asked, sent = False, []

    async def receive() -> Mapping[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        if goes_after_s is None:
            await asyncio.Event().wait()
        await asyncio.sleep(goes_after_s or 0)
        return {"type": "http.disconnect"}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)
        if slow is not None and message["type"] == "http.response.body":
            await slow.wait()

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path_of(site),
        "raw_path": path_of(site).encode(),
        "root_path": "",
        "query_string": b"format=json",
        "headers": [(b"host", ORIGIN.split("//")[1].encode()), (b"authorization", f"Bearer {secret}".encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", PORT),
        "state": {},
    }
    await app(scope, receive, send)  # type: ignore[arg-type]
    return sent


@pytest.mark.parametrize("goes_after_s", [0.0, 0.02, 0.3])
def test_that_readers_who_go_leave_their_places_to_others(
    goes_after_s: float, site: Site, app: FastAPI, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert as_("operator").get(path_of(site)).status_code == 200
    objects = exports._objects

    def slowly(*arguments: Any) -> bytes:
        time.sleep(0.1)
        return objects(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(exports, "_objects", slowly)
        patched.setattr(exports, "_ROWS_AT_ONCE", 1)
        for _ in range(8):  # more often than there are places
            asyncio.run(asyncio.wait_for(ask(app, site, site.secrets["operator"], goes_after_s), PATIENCE_S))
            until(lambda: not [one for one in threading.enumerate() if one.name == "export"], "it must end")
    until(lambda: in_transaction(site) == 0, "no transaction must be left")
    assert as_("operator").get(path_of(site)).status_code == 200


def test_that_a_reader_who_takes_nothing_holds_no_transaction_and_no_place_but_their_own(
    site: Site, app: FastAPI, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_ROWS_AT_ONCE", 1)
    whole = as_("operator").get(path_of(site), params={"format": "json"}).json()

    async def told() -> tuple[int, int, bytes]:
        slow = Slow()
        asked = [
            asyncio.create_task(ask(app, site, site.secrets["operator"], None, slow)) for _ in range(2)
        ]  # as many as one has
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.to_thread(until, lambda: slow.waiting >= 2, "both must have begun")
            await asyncio.to_thread(until, lambda: len(_making()) == 0 and in_transaction(site) == 0, "it must be made")
            third = await asyncio.to_thread(as_("operator").get, path_of(site))
            other = await asyncio.to_thread(as_("platform_admin").get, path_of(site))
            slow.taken.set()
            sent = (await asyncio.gather(*asked))[0]
        return third.status_code, other.status_code, b"".join(one.get("body", b"") for one in sent)

    third, other, body = asyncio.run(told())
    assert (third, other) == (429, 200)
    assert json.loads(body)["candidates"] == whole["candidates"]
    assert as_("operator").get(path_of(site)).status_code == 200


def test_that_a_file_that_breaks_off_does_not_look_whole(
    site: Site, app: FastAPI, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects, made = exports._objects, []

    def breaks(*arguments: Any) -> bytes:
        made.append(1)
        if len(made) > 2:
            raise OSError("the disk is full")
        return objects(*arguments)

    sent: list[Any] = []
    with monkeypatch.context() as patched:
        patched.setattr(exports, "_objects", breaks)
        patched.setattr(exports, "_ROWS_AT_ONCE", 1)

        async def told() -> None:
            with suppress(RuntimeError):
                sent.extend(await ask(app, site, site.secrets["operator"], None))

        asyncio.run(asyncio.wait_for(told(), PATIENCE_S))
    assert all(one.get("more_body", True) for one in sent if one["type"] == "http.response.body")
    assert as_("operator").get(path_of(site)).status_code == 200


def _making() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name == "export"]


def test_that_targets_of_another_project_cannot_be_taken_out(site: Site, as_: As) -> None:
    theirs = as_("stranger").get(f"/projects/{site.theirs}/portfolio/reopening-targets").json()["targets"]
    asked = {"target_id": [theirs[0]["reopening_target_id"]]}
    for who in ("operator", "platform_admin"):
        answer = as_(who).get(path_of(site), params=asked)
        assert (answer.status_code, theirs[0]["well_name"] in answer.text) == (404, False)
    assert as_("operator").get(f"/projects/{site.theirs}/reopening-targets/export").status_code == 404
