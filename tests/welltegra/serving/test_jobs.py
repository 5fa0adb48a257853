"""A ranking in the background: asked for, followed, and begun again after a power cut."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from connectors.ops import keys
from connectors.ops.reading import acting_as
from connectors.postgres.config import Postgres
from connectors.postgres.migrate import migrate
from tests.parts.served import Served
from welltegra.serving.server import prepare
from welltegra.simulator.field.making import make_field
from welltegra.simulator.field.plan import FieldOptions

pytestmark = pytest.mark.slow
PROJECT = "synthetic-7-6"
WITHIN_S = 120.0


def until(done: Any, what: str) -> Any:
    ends = time.monotonic() + WITHIN_S
    while not (found := done()):
        assert time.monotonic() < ends, f"{what} within {WITHIN_S:.0f} s"
        time.sleep(0.2)
    return found


@pytest.mark.parametrize("ending", ["killed", "stopped"])
def test_that_a_ranking_survives_the_end_of_the_server_and_is_told_as_it_goes_on(
    ending: str, postgres: str, tmp_path: Path
) -> None:
    database = Postgres(postgres)
    migrate(database)
    prepare(database, ours=True)
    make_field(FieldOptions(6, 7, 1.0, logs=False, gaps=True), tmp_path / "field")
    with database.session("") as connection, acting_as(connection, "welltegra_platform"):
        secret = keys.create(
            connection, name="k", project_id=PROJECT, role="project_admin", created_by="tests", days=1
        ).secret
    headers = {"authorization": f"Bearer {secret}"}
    toml = f'[postgres]\ndsn = "{postgres}"\n[web]\nport = 0\n[projects]\n{PROJECT} = "{tmp_path / "field"}"\n'
    with Served(tmp_path, toml) as served:

        def job() -> Any:
            return httpx.get(served.origin + place, headers=headers, trust_env=False, timeout=WITHIN_S).json()

        with psycopg.connect(postgres) as held:
            # It cannot be done before the server has ended, however long that takes.
            held.execute("LOCK TABLE ops.well_reopening_targets IN EXCLUSIVE MODE")
            asked = {"project_id": PROJECT, "reason": "A first look."}
            url = "/well-logs/jobs/reopen-rank"
            answer = httpx.post(served.origin + url, json=asked, headers=headers, trust_env=False, timeout=WITHIN_S)
            assert answer.status_code == 202, answer.text
            place = answer.headers["location"]
            until(lambda: job()["state"] == "running", "it must begin")
            again = httpx.post(served.origin + url, json=asked, headers=headers, trust_env=False, timeout=WITHIN_S)
            assert again.headers["location"] == place, "one of a project at a time"
            if ending == "killed":
                served.kill9()
            else:
                assert served.stop() == 0
                assert "refused to gracefully stop" not in served.said()
            held.rollback()
        served.start()
        events = []
        with httpx.stream(
            "GET", f"{served.origin}/projects/{PROJECT}/events", headers=headers, trust_env=False, timeout=WITHIN_S
        ) as stream:
            for line in stream.iter_lines():
                if line.startswith("data: "):
                    events.append(json.loads(line[6:]))
                told = any(one["kind"] == "ranking" for one in events)
                if events and (told or job()["state"] in ("succeeded", "failed")):
                    break
        done = until(lambda: (found := job())["state"] in ("succeeded", "failed") and found, "it must end")
        assert done["state"] == "succeeded", done["error"]
        assert done["attempts"] == 2
        assert events
        listed = httpx.get(
            f"{served.origin}/projects/{PROJECT}/portfolio/reopening-targets",
            headers=headers,
            trust_env=False,
            timeout=WITHIN_S,
        ).json()
        assert listed["summary"]["run_id"] == done["run_id"]
        assert listed["matching"] > 0
        assert served.stop() == 0
