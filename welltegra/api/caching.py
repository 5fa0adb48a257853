"""Answers that a reader may already have: ETag and If-None-Match; and changes of what was read: If-Match."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from welltegra.api.problems import Problem

_TAG: Final = re.compile(r'(?:W/)?"([^"]*)"')
_VERSION: Final = re.compile(r'"(\d{1,9})"')


def answered(
    request: Request, found: object, kind: TypeAdapter[Any], headers: Mapping[str, str] | None = None
) -> Response:
    """Return `found` as JSON with an ETag; 304 without a body where the reader has it already."""
    body = kind.dump_json(kind.validate_python(found, from_attributes=True))
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    sent = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie", **(headers or {})}
    if _has(request.headers.get("if-none-match"), tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=sent)
    return Response(body, media_type="application/json", headers=sent)


def version_asked(request: Request) -> int:
    """Return the version that If-Match names: of the review that was read.

    Raises:
        Problem: There is none, or it is no version.
    """
    said = request.headers.get("if-match")
    if said is None:
        raise Problem(
            HTTPStatus.PRECONDITION_REQUIRED,
            'If-Match: must be the version of the review that was read, such as "0"; was absent. Read it first.',
        )
    match = _VERSION.fullmatch(said.strip())
    if match is None:
        raise Problem(
            HTTPStatus.PRECONDITION_FAILED,
            'If-Match: must be one version in quotes, such as "0"; was none. Read the target again.',
        )
    return int(match[1])


def _has(said: str | None, tag: str) -> bool:
    if said is None:
        return False
    return said.strip() == "*" or tag.strip('"') in _TAG.findall(said)
