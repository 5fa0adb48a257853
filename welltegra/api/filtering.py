"""The filters of the worklist, as OpenAPI describes them; connectors.ops.filters reads and judges them."""

from __future__ import annotations

from typing import Any, Final

from connectors.ops.filters import DEPLETION_RISKS, REVIEW_STATES, SORTABLE
from scoring.vocabulary import CLASSES, LABELS


def _many(name: str, what: str, words: tuple[str, ...] = ()) -> dict[str, Any]:
    items: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200}
    if words:
        items = {"type": "string", "enum": list(words)}
    schema = {"type": "array", "items": items, "maxItems": 100}
    return {"name": name, "in": "query", "required": False, "description": what, "schema": schema}


def _one(name: str, what: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": what, "schema": schema}


_FRACTION: Final = {"type": "number", "minimum": 0, "maximum": 1}
_FLAG: Final = {"type": "string", "enum": ["0", "1"]}

FILTERS: Final[list[dict[str, Any]]] = [
    _many("field", "Only these fields."),
    _many("reservoir", "Only these reservoirs."),
    _many("classification", "Only these classes.", CLASSES),
    _one("min_total", "The least total score [-].", _FRACTION),
    _one("max_depletion_risk", "The greatest depletion risk.", {"type": "string", "enum": list(DEPLETION_RISKS)}),
    _one("depletion_unknown", "1: also those whose depletion risk is unknown.", _FLAG),
    _many("operability_status", "Only these.", LABELS["operability_status"]),
    _many("data_confidence", "Only these.", LABELS["data_confidence"]),
    _one("evidence_min", "The least completeness of evidence [-].", _FRACTION),
    _one("no_spatial_gap", "1: only without an open spatial gap stronger than a warning.", _FLAG),
    _one("has_action", "1: only with a recommended action.", _FLAG),
    _many("review_state", "Only these.", REVIEW_STATES),
    _one("text", "Part of the id or the name of the well.", {"type": "string", "maxLength": 200}),
]
SORT: Final = _one(
    "sort",
    f"Columns after commas, a minus before one that descends; of {', '.join(SORTABLE)}.",
    {"type": "string", "maxLength": 200, "examples": ["classification,-total_score"]},
)
CURSOR: Final = _one("cursor", "Where to go on: next_cursor of the page before.", {"type": "string", "maxLength": 4000})
LIST: Final = {"parameters": [*FILTERS, SORT, CURSOR]}
FILTERED: Final = {"parameters": FILTERS}
SORTED: Final = {"parameters": [*FILTERS, SORT]}


def query_of(request: Any) -> dict[str, list[str]]:
    """Return the query string of a request: each name with all of its values."""
    found: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        found.setdefault(name, []).append(value)
    return found
