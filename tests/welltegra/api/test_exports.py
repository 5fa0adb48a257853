"""A file that nobody waits for any longer is given up, and what it held is there for others."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Mapping
from typing import Any

import pytest
from fastapi import FastAPI

from connectors.ops import exports
from connectors.ops.reading import Connection
from schemas.contract_check import check
from tests.welltegra.api.conftest import ORIGIN, PORT, As, Site

PATIENCE_S = 20.0


def path_of(site: Site) -> str:
    return f"/projects/{site.ours}/reopening-targets/export"


class Reader:
    """Asks for a file, and goes while the part after the first of its targets is made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.gone = threading.Event(), threading.Event()
        self.bodies: list[bytes] = []
        self.made = 0
        objects = exports._objects

        def slowly(connection: Connection, part: Any) -> bytes:
            self.made += 1
            if self.made > 1:
                self.begun.set()
                assert self.gone.wait(PATIENCE_S)
            return objects(connection, part)

        monkeypatch.setattr(exports, "_objects", slowly)
        monkeypatch.setattr(exports, "_ROWS_AT_ONCE", 1)

    async def receive(self) -> Mapping[str, Any]:
        assert await asyncio.to_thread(self.begun.wait, PATIENCE_S)
        return {"type": "http.disconnect"}

    async def send(self, message: Mapping[str, Any]) -> None:
        self.bodies.append(message.get("body", b""))

    def ask(self, app: FastAPI, path: str, secret: str) -> None:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"format=json",
            "headers": [(b"host", ORIGIN.split("//")[1].encode()), (b"authorization", f"Bearer {secret}".encode())],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", PORT),
            "state": {},
        }
        asyncio.run(asyncio.wait_for(app(scope, self.receive, self.send), PATIENCE_S))  # type: ignore[arg-type]
        # What makes the file is not waited for; it ends by itself.
        self.gone.set()
        for thread in threading.enumerate():
            if thread.name == "export":
                thread.join(PATIENCE_S)
                assert not thread.is_alive()


def test_that_a_reader_who_goes_ends_the_file_and_leaves_its_place_to_others(
    site: Site, app: FastAPI, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = len(as_("operator").get(path_of(site), params={"format": "json"}).json()["candidates"])
    # More often than there are places for exports, and connections.
    for _ in range(6):
        with monkeypatch.context() as patched:
            reader = Reader(patched)
            reader.ask(app, path_of(site), site.secrets["operator"])
        assert b'"candidates"' in b"".join(reader.bodies), "it had begun"
        assert 2 <= reader.made < whole, "no more is made than what was under way"
    assert as_("operator").get(path_of(site), params={"format": "json"}).status_code == 200
    with site.postgres.session("") as connection:
        held = connection.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE state LIKE 'idle in transaction%' AND datname = current_database()"
        ).fetchone()
    assert held == (0,)


def test_that_json_of_all_and_of_some_passes_its_own_check(site: Site, as_: As) -> None:
    every = as_("operator").get(path_of(site), params={"format": "json"})
    assert check(every.content).faults == ()
    some = [one["target_id"] for one in every.json()["candidates"][1::2]]
    for asked, said in (
        ({"target_id": some}, {"of": every.json()["candidate_count"], "by": "ids", "filters": ""}),
        ({"depletion_unknown": "0", "min_total": "0.2"}, {"by": "filters", "filters": "min_total=0.2"}),
    ):
        part = as_("operator").get(path_of(site), params={"format": "json", **asked})
        assert check(part.content).faults == ()
        assert said.items() <= json.loads(part.content)["selection"].items()
