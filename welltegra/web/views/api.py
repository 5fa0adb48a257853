"""The page of the API."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from welltegra.api.guard import principal_of
from welltegra.web.pages.api import api_page
from welltegra.web.views.answers import PAGE, shown

router = APIRouter()


@router.get("/api", name="page_api", **PAGE)
def api(request: Request) -> Response:
    """Return what programs may ask, as /openapi.json says it, for people."""
    return shown(api_page(request.app.openapi(), principal_of(request)))
