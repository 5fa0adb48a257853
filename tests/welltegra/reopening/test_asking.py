"""The profile that a project is ranked by."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from uuid import UUID

import pytest

from connectors.ops.errors import ProfileRefused
from connectors.ops.profiles import StoredProfile
from connectors.postgres.config import Postgres
from schemas.profiles import canonical_profile
from schemas.scoring_profile import canonical
from tests.scoring.project_of import project
from welltegra.reopening import asking

KEY, ID = "earthbond_reopen_v1", UUID(int=7)
DATABASE = Postgres("host=db.example dbname=welltegra")


def stored(content: str) -> StoredProfile:
    at = datetime(2024, 1, 1, tzinfo=UTC)
    return StoredProfile(ID, None, KEY, "Ours", "v1", True, "0" * 64, None, "It was good.", "a.b", at, content)


def active(monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    monkeypatch.setattr(asking, "ensure_canonical", lambda *_: None)
    monkeypatch.setattr(asking, "active_profile", lambda *_: stored(content))


def test_that_a_stored_profile_that_this_version_refuses_ends_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = copy.deepcopy(dict(canonical_profile().raw))
    del raw["assessment"]
    raw["weights"]["static"] = 0.5
    active(monkeypatch, canonical(raw).decode())
    with pytest.raises(ProfileRefused) as caught:
        asking.profile_of(DATABASE, project(), None)
    head, *faults = str(caught.value).splitlines()
    assert f"the active profile {KEY!r}, version {ID}, must hold for this version of WellTegra; does not." in head
    assert "welltegra profile list" in head
    assert [fault.strip().partition(";")[0] for fault in faults] == [
        "$: must hold 'assessment'",
        "$.weights: weights must sum to 1",
    ]


def test_that_a_stored_profile_that_holds_is_ranked_by(monkeypatch: pytest.MonkeyPatch) -> None:
    content = canonical(canonical_profile().raw).decode()
    active(monkeypatch, content)
    assert asking.profile_of(DATABASE, project(), None).content == content
