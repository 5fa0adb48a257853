"""The preview on the page of a changed profile: it says of how many it shows, who is gone, and when nothing changes."""

from __future__ import annotations

from typing import Any

from schemas.profiles import canonical_profile
from tests.web import fakes
from welltegra.api.documents import PreviewBody, PreviewedTarget
from welltegra.web.pages.profiles import Origin, profile_draft_page
from welltegra.web.rendering import render

ORIGIN = Origin("Earthbond reopening", "92e3c38", "from=x", dict(canonical_profile().raw))


def page(*targets: PreviewedTarget, **said: Any) -> str:
    known = {"run_id": fakes.RUN, "counts": {}, "counts_now": {}, "changed": len(targets), "entered": 0, "left": 0}
    preview = PreviewBody(**{**known, **said}, targets=list(targets))
    return render(profile_draft_page(fakes.PROJECT, fakes.ADMIN, ORIGIN, "{}", None, preview=preview))


def moved(k: int, **said: Any) -> PreviewedTarget:
    known = {"rank": k, "classification": "B", "total_score": 0.5, "rank_now": k + 1, "classification_now": "B"}
    return PreviewedTarget(well_id=f"W-{k}", zone=None, event_no=1, **{**known, "total_score_now": 0.4, **said})


def test_that_the_first_fifty_say_of_how_many() -> None:
    html = page(*(moved(k) for k in range(1, 61)), changed=812)
    assert "812 targets would change" in html
    assert "The first 50 of 812 that would change" in html
    assert ("W-50" in html, "W-51" in html) == (True, False)


def test_that_who_is_gone_and_who_is_new_is_said() -> None:
    gone = moved(1, rank=None, classification=None, total_score=None)
    new = moved(2, rank_now=None, classification_now=None, total_score_now=None)
    html = page(gone, new, entered=1, left=1)
    assert "1 of them new and 1 gone" in html
    assert "2 → \N{EN DASH} <small>gone</small>" in html
    assert "\N{EN DASH} → 2 <small>new</small>" in html
    assert "The first" not in html


def test_that_a_profile_that_changes_nothing_says_so() -> None:
    html = page()
    assert "No target would change" in html
    assert "<caption>" not in html
    assert "has no ranking yet" in page(run_id=None)
