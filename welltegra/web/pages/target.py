"""The drawer of a target: what stands above its tabs, the tab that is open, and the review below."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from connectors.ops.shapes import ReviewEvent, TargetDetail, TargetRow
from welltegra.auth.principal import Principal
from welltegra.web.asked import TABS, Asked
from welltegra.web.pages.evidence_tab import EvidenceTab, evidence_tab
from welltegra.web.pages.gaps_tab import GapsTab, gaps_tab
from welltegra.web.pages.interval_tab import IntervalTab, interval_tab
from welltegra.web.pages.production_tab import ProductionTab, production_tab
from welltegra.web.pages.score_tab import ScoreTab, score_tab
from welltegra.web.pages.shell import Shell, shell
from welltegra.web.pages.spatial_tab import SpatialTab, spatial_tab
from welltegra.web.words import CLASS_SENTENCES, NOTE_NEEDED, RULE_SENTENCES, STATE_WORDS, day, moment

Tab = ScoreTab | IntervalTab | GapsTab | EvidenceTab | ProductionTab | SpatialTab

# Key, state and words of each verdict; the first is what the eye should find.
VERDICTS = (
    ("1", "accepted", "Accept"),
    ("2", "needs_data", "Needs data"),
    ("3", "rejected", "Reject"),
    ("H", "deferred", "Defer"),
)


@dataclass(frozen=True, slots=True)
class TabLink:
    """badge: how many open gaps there are; None for no badge."""

    key: str
    title: str
    href: str
    here: bool
    badge: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A way to end a review. needs_note: whether one must say why."""

    key: str
    state: str
    words: str
    needs_note: bool
    here: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """What someone was about to say. conflict: what another said meanwhile. fault: what was wrong with it."""

    note: str = ""
    state: str | None = None
    conflict: ReviewEvent | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class TargetPage:
    """The drawer. key: of the tab that is open. ranking: which, in words. review_to, state_to: where its forms go."""

    template: ClassVar[str] = "target.html"
    shell: Shell
    row: TargetRow
    sentence: str
    rule: str
    ranking: str
    tabs: tuple[TabLink, ...]
    key: str
    tab: Tab
    close: str
    verdicts: tuple[Verdict, ...]
    events: tuple[ReviewEvent, ...]
    review_to: str
    gaps_to: str
    query: str
    state_to: str
    draft: Draft
    old_run: str | None
    may_review: bool


def target_page(asked: Asked, principal: Principal, detail: TargetDetail, draft: Draft | None = None) -> TargetPage:
    """Return the drawer of a target with the tab that is asked for."""
    row = detail.row
    target_id = row.reopening_target_id
    here = asked.target_href(target_id, asked.tab)
    open_gaps = sum(1 for gap in detail.gaps if gap.resolved_at is None)
    return TargetPage(
        shell=shell(f"{row.well_id} · {TABS[asked.tab]}", principal, detail.project_id, "Worklist"),
        row=row,
        sentence=CLASS_SENTENCES.get(row.classification, ""),
        rule=RULE_SENTENCES.get(row.class_rule, ""),
        ranking=(
            f"{detail.project_id}, {moment(detail.generated_at)} UTC, data as of {day(detail.as_of)},"
            f" profile {detail.profile_key}, {detail.scoring_version}"
        ),
        tabs=tuple(
            TabLink(
                key, title, asked.target_href(target_id, key), key == asked.tab, open_gaps if key == "gaps" else None
            )
            for key, title in TABS.items()
        ),
        key=asked.tab,
        tab=_tab(asked, detail),
        close=asked.list_href(),
        verdicts=tuple(
            Verdict(key, state, words, state in NOTE_NEEDED, row.review_state == state)
            for key, state, words in VERDICTS
        ),
        events=detail.reviews,
        review_to=here.replace(f"/{target_id}", f"/{target_id}/review", 1),
        gaps_to=f"{asked.base}/worklist/{target_id}/gaps/",
        query=here.partition("?")[2],
        state_to=f"{asked.base}/stated?target={target_id}",
        draft=draft or Draft(),
        old_run=None if detail.is_current else replace(asked, run=None).list_href(),
        may_review=principal.may(detail.project_id, "operator"),
    )


def _tab(asked: Asked, detail: TargetDetail) -> Tab:
    if asked.tab == "interval":
        return interval_tab(detail)
    if asked.tab == "gaps":
        return gaps_tab(detail)
    if asked.tab == "evidence":
        return evidence_tab(detail)
    if asked.tab == "production":
        return production_tab(detail)
    if asked.tab == "spatial":
        return spatial_tab(detail, lambda target_id: asked.target_href(target_id, "spatial"))
    return score_tab(detail)


def said_of(event: ReviewEvent) -> str:
    """Return who said what of a target, in a sentence."""
    note = f": {event.note}" if event.note else "."
    return f"{event.actor} said {STATE_WORDS.get(event.state, event.state)}{note}"
