"""The description of the API: what each route takes, who may ask it, and exactly what it answers, with examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from welltegra.api.examples import example_of, problem_examples
from welltegra.api.problems import MEDIA_TYPE, ProblemBody
from welltegra.api.wording import ABOUT, DONE, EVENTS, HOW, PARAMETERS, REFUSED, TAGS, needs
from welltegra.auth.permissions import ROUTES

LICENSE: Final = {"name": "Apache License 2.0", "identifier": "Apache-2.0"}
_JSON: Final = "application/json"
_LONGEST_SUMMARY: Final = 90
_FIRST_ERROR: Final = 400


def install(app: FastAPI) -> None:
    """Have the application describe itself at /openapi.json."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    async def openapi(_request: Request) -> JSONResponse:
        return JSONResponse(described(), headers={"Cache-Control": "public, max-age=60"})

    app.openapi = described  # type: ignore[method-assign]
    app.router.routes.append(Route("/openapi.json", openapi, methods=["GET"], name="openapi"))


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and operation of each that is described."""
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _described(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(
        title=app.title, version=app.version, summary=app.summary, description=ABOUT, routes=app.routes, tags=[]
    )
    found["info"]["license"] = LICENSE
    names = {
        (route.path_format, method.lower()): route.name
        for route in app.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    used: set[str] = set()
    statuses: set[str] = set()
    for path, method, operation in operations(found):
        _complete(names[path, method], operation)
        used.update(operation["tags"])
        statuses.update(status for status in operation["responses"] if int(status) >= _FIRST_ERROR)
    found["tags"] = [{"name": name, "description": TAGS.get(name, "")} for name in sorted(used)]
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    problem = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["ProblemBody"] = problem
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for schema in schemas.values():
        # FastAPI leaves out what is null in them, which then is no example; each operation has its own, complete.
        schema.pop("examples", None)
    components["responses"] = {f"Problem{status}": _problem(status) for status in sorted(statuses)}
    components["securitySchemes"] = HOW
    return found


def _complete(name: str, operation: dict[str, Any]) -> None:
    """Give an operation its name, its words, who may ask it, and its examples."""
    need = ROUTES[name]
    operation["operationId"] = name
    operation["summary"] = _summary(operation["description"])
    operation["description"] = f"{operation['description'].strip()}\n\n{needs(need)}"
    operation["security"] = [] if need.reach == "public" else [{scheme: []} for scheme in HOW]
    for parameter in operation.get("parameters", ()):
        known = PARAMETERS.get(f"{name}.{parameter['name']}", PARAMETERS.get(parameter["name"]))
        if parameter["name"] == "cursor":
            known = example_of("portfolio").get("answer", {}).get("next_cursor")
        if known is not None and "example" not in parameter:
            parameter["example"] = known
    examples = example_of(name)
    if "request" in examples:
        operation["requestBody"]["content"][_JSON]["example"] = examples["request"]
    for status, answer in operation["responses"].items():
        if int(status) >= _FIRST_ERROR:
            answer.clear()
            answer["$ref"] = f"#/components/responses/Problem{status}"
            continue
        if name == "events":
            answer["content"]["text/event-stream"]["example"] = EVENTS
        answer["description"] = DONE.get(f"{name}.{status}") or DONE.get(status) or answer["description"]
        for kind, content in answer.get("content", {}).items():
            if (shown := examples.get("answer" if kind == _JSON else kind)) is not None:
                content["example"] = shown


def _problem(status: str) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": {"$ref": "#/components/schemas/ProblemBody"}}
    if (shown := problem_examples().get(status)) is not None:
        content["example"] = shown
    return {"description": REFUSED[status], "content": {MEDIA_TYPE: content}}


def _summary(description: str) -> str:
    """Return the first part of the first sentence; it is what lists of operations show."""
    first = re.split(r"[.;:](?:\s|$)", description.strip(), maxsplit=1)[0]
    first = " ".join(first.split()).replace("`", "")
    if len(first) > _LONGEST_SUMMARY:
        first = first.partition(",")[0]
    return first
