"""Targets as lines of text with tabs between cells: what a spreadsheet takes when it is pasted, and no formula."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.ops.formulas import is_risky
from connectors.ops.shapes import TargetRow
from welltegra.web.words import plain

_COLUMNS = (
    *("target_rank", "well_id", "well_name", "event_no", "field", "reservoir", "zone", "classification"),
    *("total_score", "total_potential", "static_score", "dynamic_score", "operability_score", "confidence_score"),
    *("remaining_payload_class", "unswept_volume_m3", "depletion_risk", "operability_status", "data_confidence"),
    *("recommended_action", "blocking_reason", "evidence_completeness", "gap_codes", "review_state", "reviewed_by"),
)
# Scores are rounded to so many; of a volume these are cubic centimetres.
_DECIMALS = 6


def as_text(rows: Sequence[TargetRow], of: int | None = None) -> str:
    """Return a line of heads and a line a target, and one that says so where there are more. of: how many there are."""
    lines = ["\t".join(_COLUMNS)]
    lines += ["\t".join(_cell(getattr(row, name), name) for name in _COLUMNS) for row in rows]
    if of is not None and of > len(rows):
        lines.append(copied_words(len(rows), of))
    return "\n".join(lines) + "\n"


def copied_words(copied: int, of: int) -> str:
    """Return how many targets were copied, of how many."""
    return f"the first {copied:,} of {of:,} targets" if copied < of else f"{of:,} target{'' if of == 1 else 's'}"


def _cell(value: object, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return _plain_number(value) if isinstance(value, float) else str(value)
    if isinstance(value, tuple):
        return safe(" ".join(map(str, value)))
    return safe(plain(str(value)) if name.endswith(("_class", "_status", "_state")) else str(value))


def _plain_number(value: float) -> str:
    """Return a number in plain decimals, however large or small it is."""
    return f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".")


def safe(text: str) -> str:
    """Return a text in one cell that is no formula."""
    flat = " ".join(text.split())
    return f"'{flat}" if is_risky(flat) else flat
