"""Errors as RFC 9457 has them: one shape for every route, and the same sentence on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

MEDIA_TYPE: Final = "application/problem+json"


class ErrorDetail(BaseModel):
    """One thing wrong."""

    model_config = ConfigDict(extra="forbid")

    detail: str = Field(description="What must hold, what was found, what to do.")
    pointer: str | None = Field(default=None, description="Where in the request: a query name or a path in the body.")


class ProblemBody(BaseModel):
    """An error (RFC 9457)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Not Found",
                    "status": 404,
                    "detail": "project 'kern': must be one that you may see; is not.",
                    "errors": [],
                }
            ]
        },
    )

    type: str = Field(description="What kind of problem it is; about:blank for what the status says.")
    title: str = Field(description="The status in words.")
    status: int = Field(ge=400, le=599, description="The status.")
    detail: str = Field(description="The sentence that says what to do.")
    errors: list[ErrorDetail] = Field(description="All that is wrong, where it is more than one thing.")


class Problem(Exception):
    """Ends a request with an error. errors: (detail, pointer) of each fault."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        errors: Sequence[tuple[str, str | None]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status, self.detail, self.errors = status, detail, tuple(errors)
        self.headers = dict(headers or {})
        super().__init__(detail)

    def body(self) -> dict[str, Any]:
        """Return the JSON of the answer."""
        return {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": int(self.status),
            "detail": self.detail,
            "errors": [{"detail": detail, "pointer": pointer} for detail, pointer in self.errors],
        }

    def response(self) -> JSONResponse:
        """Return the answer."""
        headers = {"Cache-Control": "no-store", **self.headers}
        return JSONResponse(self.body(), int(self.status), headers, media_type=MEDIA_TYPE)


def unauthenticated(detail: str = "") -> Problem:
    """Return the problem of someone who is not known. It never says what was sent."""
    said = detail or "Authorization: must be a bearer token or an API key, or a browser must be signed in; was nothing."
    return Problem(HTTPStatus.UNAUTHORIZED, said, headers={"WWW-Authenticate": 'Bearer realm="welltegra"'})


def forbidden(detail: str) -> Problem:
    """Return the problem of someone who may not."""
    return Problem(HTTPStatus.FORBIDDEN, detail)


def not_found(what: str) -> Problem:
    """Return the problem of a thing that is not there, or is somebody else's: nobody can tell which."""
    return Problem(HTTPStatus.NOT_FOUND, f"{what}: must be there, and be yours to see; is not. Is the address right?")


def unprocessable(detail: str, errors: Sequence[tuple[str, str | None]] = ()) -> Problem:
    """Return the problem of a request that cannot be."""
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI says of the errors of a route, those that every route has among them."""
    every = {400, 401, 403, 404, 405, 408, 413, 414, 415, 421, 422, 429, 431, 503}
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}},
        }
        for status in sorted(every | set(statuses))
    }
