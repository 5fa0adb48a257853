"""Targets as lines of text with tabs between cells: what a spreadsheet takes when it is pasted, and no formula."""

from __future__ import annotations

from collections.abc import Iterable

from connectors.ops.formulas import is_risky
from connectors.ops.shapes import TargetRow
from welltegra.web.words import plain

_COLUMNS = (
    *("target_rank", "well_id", "well_name", "event_no", "field", "reservoir", "zone", "classification"),
    *("total_score", "total_potential", "static_score", "dynamic_score", "operability_score", "confidence_score"),
    *("remaining_payload_class", "unswept_volume_m3", "depletion_risk", "operability_status", "data_confidence"),
    *("recommended_action", "blocking_reason", "evidence_completeness", "gap_codes", "review_state", "reviewed_by"),
)


def as_text(rows: Iterable[TargetRow]) -> str:
    """Return a line of heads and a line a target."""
    lines = ["\t".join(_COLUMNS)]
    lines += ["\t".join(_cell(getattr(row, name), name) for name in _COLUMNS) for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: object, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, tuple):
        return safe(" ".join(map(str, value)))
    return safe(plain(str(value)) if name.endswith(("_class", "_status", "_state")) else str(value))


def safe(text: str) -> str:
    """Return a text in one cell that is no formula."""
    flat = " ".join(text.split())
    return f"'{flat}" if is_risky(flat) else flat
