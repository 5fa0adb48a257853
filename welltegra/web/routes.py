"""The pages as one router. Who may open which stands in `welltegra.auth.permissions`, by the names of the routes."""

from __future__ import annotations

from fastapi import APIRouter

from welltegra.api.state import State
from welltegra.web.views import (
    api,
    canonical,
    people,
    platform_keys,
    profiles,
    ranking,
    reviewing,
    rows,
    taking,
    worklist,
)


def web_router(_state: State) -> APIRouter:
    """Return every page and form. A request carries what is shared; nothing is kept here."""
    router = APIRouter()
    # In this order: `text` and `rows` are no ids of targets.
    for views in (taking, rows, worklist, reviewing, ranking, profiles, canonical, people, platform_keys, api):
        router.include_router(views.router)
    return router
