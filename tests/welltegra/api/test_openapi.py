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
from welltegra.api.openapi import operations
from welltegra.api.problems import MEDIA_TYPE
from welltegra.auth.permissions import ROUTES

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


def test_that_errors_of_every_route_are_of_one_shape(app: FastAPI) -> None:
    described = app.openapi()
    used = set()
    for path, method, operation in operations(described):
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert answer == {"$ref": f"#/components/responses/Problem{status}"}, f"{method} {path}"
                used.add(f"Problem{status}")
    assert used == set(described["components"]["responses"])
    for one in described["components"]["responses"].values():
        assert list(one["content"]) == [MEDIA_TYPE]
        assert one["content"][MEDIA_TYPE]["schema"] == {"$ref": "#/components/schemas/ProblemBody"}


def test_that_a_generator_of_clients_can_read_it(app: FastAPI) -> None:
    described = json.loads(json.dumps(app.openapi()))
    schemathesis.openapi.from_dict(described).validate()
    assert described["info"]["license"]["identifier"] == "Apache-2.0"
    assert "servers" not in described
    assert "contact" not in described["info"]


def test_that_who_may_ask_is_said_as_the_guard_has_it(app: FastAPI) -> None:
    for _, _, operation in operations(app.openapi()):
        need = ROUTES[operation["operationId"]]
        assert operation["security"] == ([] if need.reach == "public" else [{"bearer": []}, {"session": []}])
        if need.reach in ("project", "platform"):
            assert f"`{need.least}`" in operation["description"]
            assert f"`{need.scope}`" in operation["description"]


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
