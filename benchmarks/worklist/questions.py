"""What is asked of the worklist: pages of the list, filtered and sorted in many ways, and targets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from benchmarks.worklist.project import Project
from connectors.ops.filters import Cursor, Sort

Kind = Literal["list", "page", "target", "tab"]
TABS: Final = ("score", "interval", "gaps", "evidence", "production", "spatial")
_FILTERS: Final = {
    "filtered by class and risk": "classification=A&classification=B&max_depletion_risk=moderate",
    "filtered by scores, gaps and action": "min_total=0.35&evidence_min=0.8&no_spatial_gap=1&has_action=1",
    "filtered by place and review": "field=Field+3&reservoir=Hugin&review_state=unreviewed&data_confidence=medium",
    "filtered to nothing": "classification=A&min_total=0.99",
    "found by text": "text=15/9-49",
}
_SORTS: Final = {
    "sorted by total, descending": "-total_score",
    "sorted by four keys": "remaining_payload_class,depletion_risk,-total_score,well_id",
}
_BY_TOTAL: Final = Sort.parse("-total_score")


class Question(msgspec.Struct, frozen=True):
    """Addresses to ask in turn. kind: list, target as JSON; page, tab as HTML. part: of a page, as htmx asks for it."""

    name: str
    kind: Kind
    paths: tuple[str, ...]
    part: str = ""

    @property
    def person(self) -> bool:
        """Whether a person at a browser asks, and no program."""
        return self.kind in ("page", "tab")

    @property
    def headers(self) -> dict[str, str]:
        """Return what htmx says beside."""
        return {"HX-Request": "true", "HX-Target": self.part} if self.part else {}


def questions(project: Project, run_id: UUID) -> Iterator[Question]:
    """Yield what is asked of a project and its current ranking."""
    base = f"/projects/{project.project_id}"
    listed, page = f"{base}/portfolio/reopening-targets", f"{base}/worklist"
    deep = project.targets * 4 // 5
    by_rank = urlencode({"cursor": str(Cursor(run_id, Sort(), (deep,))), "run_id": run_id})
    middle = Cursor(run_id, _BY_TOTAL, (0.3, deep))
    by_total = urlencode({"cursor": str(middle), "run_id": run_id, "sort": str(_BY_TOTAL)})
    yield Question("first page", "list", (listed,))
    yield Question("page after 4/5 of all", "list", (f"{listed}?{by_rank}",))
    for name, asked in _FILTERS.items():
        yield Question(name, "list", (f"{listed}?{asked}",))
    for name, order in _SORTS.items():
        yield Question(name, "list", (f"{listed}?{urlencode({'sort': order})}",))
    yield Question("sorted by total, from its middle", "list", (f"{listed}?{by_total}",))
    filtered = _FILTERS["filtered by class and risk"]
    yield Question(
        "filtered and sorted by four keys", "list", (f"{listed}?{filtered}&sort={_SORTS['sorted by four keys']}",)
    )
    facets = f"{base}/portfolio/facets"
    yield Question("counts of all filters", "list", (facets, f"{facets}?{filtered}", f"{facets}?text=15/9-49"))
    yield Question("whole page", "page", (page,))
    yield Question("whole page, filtered", "page", (f"{page}?{filtered}",))
    yield Question("list after a filter", "page", (f"{page}?{filtered}&field=Field+3",), "worklist")
    after = urlencode({"after": str(Cursor(run_id, Sort(), (50,)))})
    yield Question("next rows", "page", (f"{page}?{after}",), "rows")
    yield Question("target", "target", tuple(f"{base}/reopening-targets/{one}" for one in project.drawn))
    for tab in TABS:
        yield Question(f"drawer: {tab}", "tab", tuple(f"{page}/{one}?tab={tab}" for one in project.drawn), "drawer")
