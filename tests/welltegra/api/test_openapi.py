"""The description of the API, held against what it answers: no 500, and nothing that is not documented."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import httpx
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.welltegra.api.conftest import ORIGIN, As, Site, TestClient
from welltegra.api.problems import MEDIA_TYPE

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 25
# A stream does not end, and a preview takes seconds.
_ELSEWHERE = ("/projects/{project_id}/events", "/projects/{project_id}/scoring-profiles/preview")


def test_that_every_route_has_words_documented_errors_and_examples_of_what_it_takes(app: FastAPI) -> None:
    described = app.openapi()
    for place, operations in described["paths"].items():
        for method, operation in operations.items():
            shown = f"{method} {place}"
            assert operation["description"], shown
            assert operation["tags"], shown
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == [MEDIA_TYPE], f"{shown} {status}"
    assert json.dumps(described).count('"examples"') >= 5


def test_that_the_description_is_there_for_everybody(server: TestClient, app: FastAPI) -> None:
    answer = server.get("/openapi.json")
    assert (answer.status_code, answer.json()) == (200, json.loads(json.dumps(app.openapi())))


def test_that_no_page_is_described(app: FastAPI) -> None:
    assert not [place for place in app.openapi()["paths"] if "worklist" in place or "sign-in" in place]


def test_that_whatever_is_asked_is_answered_as_the_description_says(app: FastAPI, site: Site, as_: As) -> None:
    client = as_("platform_admin")
    targets = client.get(f"/projects/{site.ours}/portfolio/reopening-targets").json()["targets"]
    known = {"project_id": site.ours, "target_id": targets[0]["reopening_target_id"]}
    asked: Counter[int] = Counter()
    for found in schemathesis.openapi.from_dict(app.openapi()).get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if operation.path in _ELSEWHERE:
            continue

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(
            case=operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE) | operation.as_strategy()
        )
        def ask(case: Any) -> None:
            # Half of the time the place is there, or nothing behind the first look at it would be tried.
            if asked.total() % 2:
                own = case.path_parameters or {}
                case.path_parameters = {**own, **{name: known[name] for name in own if name in known}}
            answer = called(client, case)
            asked[answer.status_code] += 1
            case.validate_response(answer, checks=CHECKS)

        ask()
    assert asked.total() > 300
    assert {200, 204, 404, 412, 422, 428} <= set(asked), asked


def called(client: TestClient, case: Any) -> httpx.Response:
    said = case.as_transport_kwargs(base_url=ORIGIN)
    data = said.get("data")
    answer: httpx.Response = client.request(
        said["method"],
        said["url"],
        params=[(name, one) for name, value in (said.get("params") or {}).items() for one in _values(value)],
        # Ours stay: what is made up in their place would only be refused at the door.
        headers={
            name: value for name, value in said["headers"].items() if name.lower() not in ("authorization", "cookie")
        },
        **({"json": said["json"]} if "json" in said else {"content": data} if isinstance(data, bytes | str) else {}),
    )
    return answer


def _values(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
