"""The columns of the table: what each is called, what it sorts by, and whether it is shown without being asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Column:
    """A column. sort: what its head sorts by; None for what has no order. usual: shown unless one chooses."""

    key: str
    title: str
    sort: str | None
    usual: bool = True
    number: bool = False


_ALL: Final = (
    Column("rank", "Rank", "target_rank", number=True),
    Column("well", "Well", "well_id"),
    Column("class", "Class", "classification"),
    Column("total", "Total and potential", "total_score"),
    Column("components", "S · D · O · C", None),
    Column("remaining", "Remaining", "remaining_payload_class"),
    Column("depletion", "Depletion", "depletion_risk"),
    Column("operability", "Operability", "operability_status"),
    Column("action", "Action", None),
    Column("evidence", "Evidence", "evidence_completeness"),
    Column("review", "Review", "review_state"),
    Column("reservoir", "Reservoir, zone", "reservoir", usual=False),
    Column("unswept", "Unswept [m3]", "unswept_volume_m3", usual=False, number=True),
    Column("confidence", "Data confidence", "data_confidence", usual=False),
    Column("potential", "Potential", "total_potential", usual=False, number=True),
    Column("static", "Static", "static_score", usual=False, number=True),
    Column("dynamic", "Dynamic", "dynamic_score", usual=False, number=True),
    Column("operability_score", "Operability score", "operability_score", usual=False, number=True),
    Column("confidence_score", "Confidence score", "confidence_score", usual=False, number=True),
)
COLUMNS: Final = {column.key: column for column in _ALL}
USUAL: Final = tuple(column.key for column in _ALL if column.usual)
TITLES_BY_SORT: Final = {column.sort: column.title for column in _ALL if column.sort}
