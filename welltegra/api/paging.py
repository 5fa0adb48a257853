"""Where a list goes on: the Link header of RFC 8288."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlencode

from starlette.requests import Request

MOST: Final = 500


def next_page(request: Request, **changed: str) -> dict[str, str]:
    """Return the header that names the page after this one: the same address, with these parameters changed."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in changed]
    return {"Link": f'<{quote(request.scope["path"])}?{urlencode([*kept, *changed.items()])}>; rel="next"'}
