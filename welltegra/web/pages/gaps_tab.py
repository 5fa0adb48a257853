"""What is missing or in conflict, who is to close it by when, and what each gap blocks."""

from __future__ import annotations

from dataclasses import dataclass, replace

from connectors.ops.shapes import GapRow, TargetDetail
from scoring.vocabulary import GATES, PROMOTION_ACTIONS, SEVERITIES
from welltegra.web.words import in_words


@dataclass(frozen=True, slots=True)
class GapsTab:
    """open: what stands in the way most first. closed: those that a later run no longer found."""

    open: tuple[GapRow, ...]
    closed: tuple[GapRow, ...]
    what_would_change: str | None


def gaps_tab(detail: TargetDetail) -> GapsTab:
    """Return the tab."""
    ordered = [replace(gap, detail=in_words(gap.detail)) for gap in sorted(detail.gaps, key=_leading)]
    return GapsTab(
        open=tuple(gap for gap in ordered if gap.resolved_at is None),
        closed=tuple(gap for gap in ordered if gap.resolved_at is not None),
        what_would_change=in_words(detail.what_would_change),
    )


def _leading(gap: GapRow) -> tuple[int, int, int, str]:
    place = GATES.index(gap.gap_code) if gap.gap_code in GATES else len(GATES)
    return -PROMOTION_ACTIONS.index(gap.promotion_action), -SEVERITIES.index(gap.severity), place, gap.gap_code
