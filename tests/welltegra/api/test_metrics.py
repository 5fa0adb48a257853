"""What the server tells Prometheus: labels that a client can make up nothing in, and where one was refused."""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI

from tests.welltegra.api.conftest import As, Site, TestClient
from welltegra.api.metrics import METHODS, OTHER, ServeMetrics, Standing
from welltegra.registry import Exposition


def text_of(app: FastAPI) -> str:
    return Exposition(app.state.metrics.registry).text().decode()


def value(text: str, series: str) -> float:
    found = re.search(rf"^{re.escape(series)} (\S+)$", text, re.MULTILINE)
    return 0.0 if found is None else float(found[1])


def test_that_answers_are_counted_by_template_and_class(app: FastAPI, site: Site, as_: As) -> None:
    series = (
        'welltegra_serve_requests_total{method="GET",route="/projects/{project_id}/runs",status="2xx"}',
        'welltegra_serve_request_seconds_count{method="GET",route="/projects/{project_id}/runs"}',
        'welltegra_serve_requests_total{method="GET",route="/projects/{project_id}/runs",status="4xx"}',
        'welltegra_serve_requests_total{method="GET",route="/openapi.json",status="2xx"}',
        'welltegra_serve_requests_total{method="GET",route="/static",status="4xx"}',
    )
    before = text_of(app)
    client = as_("viewer")
    assert client.get(f"/projects/{site.ours}/runs").status_code == 200
    assert client.get(f"/projects/{site.theirs}/runs").status_code == 404
    client.get("/openapi.json")
    client.get("/static/none.js")
    after = text_of(app)
    assert [value(after, one) - value(before, one) for one in series] == [1, 2, 1, 1, 1]


def test_that_nothing_that_a_client_makes_up_becomes_a_label(app: FastAPI, site: Site, as_: As) -> None:
    client = as_("viewer")
    for k in range(20):
        client.request(f"MADEUP{k}", f"/made/up/{k}")
        client.request(f"MADEUP{k}", f"/projects/made-up-{k}/runs?made=up{k}")
        client.get(f"/projects/{site.ours}/reopening-targets/export?format=made-up-{k}")
    text = text_of(app)
    assert not re.search("made.?up", text, re.IGNORECASE)
    assert set(re.findall(r'method="(\w+)"', text)) <= {*METHODS, OTHER}


def test_that_a_refusal_of_the_shield_is_measured_as_well(app: FastAPI, server: TestClient) -> None:
    series = 'welltegra_serve_requests_total{method="GET",route="other",status="4xx"}'
    before = value(text_of(app), series)
    assert server.get("/me", headers={"host": "evil.example"}).status_code == 421
    assert value(text_of(app), series) == before + 1


def test_that_exports_and_those_who_are_not_believed_are_counted(app: FastAPI, site: Site, as_: As) -> None:
    exports = 'welltegra_serve_exports_total{format="json"}'
    before = text_of(app)
    place = f"/projects/{site.ours}/reopening-targets/export"
    assert as_("operator").get(place, params={"format": "json"}).status_code == 200
    assert as_("viewer").get(place, params={"format": "json"}).status_code == 403
    assert as_("").get("/me", headers={"authorization": "Bearer wtg_none"}).status_code in (401, 429)
    after = text_of(app)
    assert value(after, exports) == value(before, exports) + 1
    assert refusals(after) == refusals(before) + 1


def refusals(text: str) -> float:
    # Whether the address has tried too often already depends on the tests before.
    return sum(
        value(text, f'welltegra_serve_sign_ins_refused_total{{reason="{one}"}}') for one in ("credential", "too_many")
    )


def test_that_nothing_is_said_of_rankings_while_the_database_is_away() -> None:
    pool: dict[str, Any] = {"pool_size": 3, "pool_available": 1, "pool_max": 8, "requests_waiting": 4}
    metrics = ServeMetrics(lambda: pool, lambda: 1)
    metrics.open = 3
    text = Exposition(metrics.registry).text().decode()
    assert "welltegra_serve_jobs" not in text
    assert value(text, "welltegra_serve_ready") == 0
    assert value(text, 'welltegra_serve_pool_connections{state="used"}') == 2
    assert value(text, "welltegra_serve_requests_in_flight") == 2
    metrics.standing = lambda: Standing((), True, {"running": 1}, 12.5, 0.0)
    text = Exposition(metrics.registry).text().decode()
    assert value(text, 'welltegra_serve_jobs{state="running"}') == 1
    assert value(text, "welltegra_serve_job_running_seconds") == 12.5
    assert value(text, "welltegra_serve_ready") == 1
