"""The description of the API: what each route takes, and exactly what it answers."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from welltegra.api.problems import MEDIA_TYPE, ProblemBody

_HOW = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of the provider, for our audience; or an API key.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "welltegra_session",
        "description": "A browser that is signed in; __Host- before the name on https. Changes also need X-CSRF-Token.",
    },
}


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


def _described(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    problem = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["ProblemBody"] = problem
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    components["securitySchemes"] = _HOW
    for operations in found["paths"].values():
        for operation in operations.values():
            operation["security"] = [{name: []} for name in _HOW]
            refused = operation["responses"].get("422")
            if refused is not None:
                refused["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}
    return found
