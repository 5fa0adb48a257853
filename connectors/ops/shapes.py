"""What the worklist is asked by and answers with: frozen, plain values, for the API and the page alike."""

from __future__ import annotations

from connectors.ops.filters import FILTER_NAMES, REVIEW_STATES, SORTABLE, Cursor, Filters, QueryFaults, Sort
from connectors.ops.shapes_of_lists import (
    Comparison,
    Facets,
    Header,
    Move,
    MovedInput,
    Page,
    ProjectRow,
    ReviewOutcome,
    RunRow,
)
from connectors.ops.shapes_of_targets import (
    Contribution,
    Curve,
    GapRow,
    Interval,
    Neighbour,
    Production,
    ReviewEvent,
    SourceRow,
    Spatial,
    Strip,
    TargetDetail,
    TargetRow,
)
from connectors.ops.shapes_of_work import ApiKey, ExportRow, Job, Member, NewKey, Override, Session

__all__ = [
    "FILTER_NAMES",
    "REVIEW_STATES",
    "SORTABLE",
    "ApiKey",
    "Comparison",
    "Contribution",
    "Cursor",
    "Curve",
    "ExportRow",
    "Facets",
    "Filters",
    "GapRow",
    "Header",
    "Interval",
    "Job",
    "Member",
    "Move",
    "MovedInput",
    "Neighbour",
    "NewKey",
    "Override",
    "Page",
    "Production",
    "ProjectRow",
    "QueryFaults",
    "ReviewEvent",
    "ReviewOutcome",
    "RunRow",
    "Session",
    "Sort",
    "SourceRow",
    "Spatial",
    "Strip",
    "TargetDetail",
    "TargetRow",
]
