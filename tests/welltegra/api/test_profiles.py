"""Profiles over the API and the page: read through the pool, without what nobody asked for, and of a bounded size."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from connectors.ops import profiles as stored
from connectors.postgres.config import Postgres
from schemas.profiles import DEFAULT, canonical_profile
from schemas.scoring_profile import MOST_BYTES, canonical
from tests.welltegra.api.conftest import As, Site, TestClient
from welltegra.web.views.profiles import Drafted, pretty

CSRF = "c" * 43
PAGE = {"accept": "text/html"}


def changed(**more: Any) -> dict[str, Any]:
    return copy.deepcopy(dict(canonical_profile(DEFAULT).raw)) | more


@pytest.fixture
def own(site: Site) -> stored.StoredProfile:
    """A version of our project's, proposed."""
    return stored.propose(site.postgres, changed(display_name=f"Ours {uuid4()}"), site.ours, "ann", "To be tried.")


@pytest.fixture
def admin(site: Site) -> Mapping[str, str]:
    """The headers of a browser of who administers our project."""
    return {"cookie": f"welltegra_session={site.session({site.ours: 'project_admin'})}", **PAGE}


def test_that_a_list_says_which_versions_there_are_and_one_says_what_it_holds(
    site: Site, as_: As, own: stored.StoredProfile
) -> None:
    client, place = as_("viewer"), f"/projects/{site.ours}/scoring-profiles"
    listed = client.get(place).json()
    assert str(own.scoring_profile_id) in [one["scoring_profile_id"] for one in listed]
    assert not any({"profile", "content"} & set(one) for one in listed)
    one = client.get(f"{place}/{own.scoring_profile_id}").json()
    assert one["profile"] == own.raw
    assert {name: one[name] for name in listed[0]} in listed
    canonical_one = next(one for one in listed if one["project_id"] is None)["scoring_profile_id"]
    assert client.get(f"{place}/{canonical_one}").json()["profile"]["profile_key"] == DEFAULT
    assert client.get(f"{place}/{uuid4()}").status_code == 404
    platform = as_("platform_admin")
    assert not any("profile" in one for one in platform.get("/scoring-profiles").json())
    assert platform.get(f"/scoring-profiles/{canonical_one}").json()["profile"]["profile_key"] == DEFAULT
    assert platform.get(f"/scoring-profiles/{own.scoring_profile_id}").status_code == 404


def test_that_another_projects_version_is_not_found(site: Site, as_: As) -> None:
    theirs = stored.propose(site.postgres, changed(display_name="Theirs"), site.theirs, "tim", "Theirs.")
    place = f"/projects/{site.ours}/scoring-profiles/{theirs.scoring_profile_id}"
    assert as_("viewer").get(place).status_code == 404


def test_that_every_route_of_profiles_takes_a_connection_of_the_pool(
    site: Site, as_: As, own: stored.StoredProfile, admin: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Postgres) -> None:
        raise AssertionError("a request must not connect by itself: web.pool says how many connections there are")

    monkeypatch.setattr(Postgres, "connect", refuse)
    api, page = f"/projects/{site.ours}/scoring-profiles", f"/projects/{site.ours}/profiles"
    client, one = as_("project_admin"), own.scoring_profile_id
    for place in (api, f"{api}/history", f"{api}/{one}", f"{api}/compare?before={one}&after={one}"):
        assert client.get(place).status_code == 200, place
    body = {"profile": changed(display_name="Pooled"), "reason": "To be tried."}
    made = client.post(api, json=body)
    assert made.status_code == 201
    again = f"{api}/{made.json()['scoring_profile_id']}/activate"
    assert client.post(again, json={"reason": "It is good."}).status_code == 200
    platform = as_("platform_admin")
    for place in ("/scoring-profiles", "/scoring-profiles/history"):
        assert platform.get(place).status_code == 200, place
    browser = as_("")
    compared = f"/projects/{site.ours}/compare?of=profiles&before={one}&after={one}"
    for place in (page, f"{page}/{one}", f"{page}/new?from={one}", compared):
        assert browser.get(place, headers=admin).status_code == 200, place
    form = {"csrf_token": CSRF, "text": pretty(changed(display_name="Drafted")), "do": "propose", "reason": "A try."}
    assert browser.post(f"{page}/new?from={one}", data=form, headers=admin).status_code == 303
    form = {"csrf_token": CSRF, "reason": "Back."}
    assert browser.post(f"{page}/{one}/activate", data=form, headers=admin).status_code == 303


@pytest.mark.parametrize("reason", ["a\0b", "\u200b", " ", "x" * 4_001])
def test_that_a_reason_is_text_that_can_be_read(
    reason: str, site: Site, server: TestClient, own: stored.StoredProfile, admin: Mapping[str, str]
) -> None:
    page = f"/projects/{site.ours}/profiles"
    form = {"csrf_token": CSRF, "reason": reason}
    activated = server.post(f"{page}/{own.scoring_profile_id}/activate", data=form, headers=admin)
    assert activated.status_code == 422
    draft = {**form, "text": pretty(changed(display_name="Reasoned")), "do": "propose"}
    assert server.post(f"{page}/new?from={own.scoring_profile_id}", data=draft, headers=admin).status_code == 422


def test_that_a_profile_too_large_is_told_as_a_fault(site: Site, as_: As) -> None:
    large = changed(display_name="x" * 500_000)
    large["components"]["static"]["vsh"]["curve"] = [[x, 0.5] for x in range(20_000)]
    answer = as_("project_admin").post(
        f"/projects/{site.ours}/scoring-profiles", json={"profile": large, "reason": "Large."}
    )
    assert answer.status_code == 422
    told = {one["pointer"] for one in answer.json()["errors"]}
    assert {"$.display_name", "$.components.static.vsh.curve"} <= told


def test_that_the_largest_profile_goes_into_its_own_form() -> None:
    line = {"class": "A", "gap": ["spatial"], "completion_status": ["open"], "action": "x"}
    for fill in (line, [[0, 1]] * 6, ["a"] * 12, {f"{k}": 0 for k in range(8)}):
        raw = changed(recommended_actions=[])
        count = (MOST_BYTES - len(canonical(raw))) // (len(json.dumps(fill, separators=(",", ":"))) + 1)
        raw["recommended_actions"] = [fill] * count
        assert len(canonical(raw)) <= MOST_BYTES
        # A browser sends the end of a line as two characters; each takes three bytes at the most as it is sent.
        text = pretty(raw).replace("\n", "\r\n")
        assert Drafted(text=text).text == text
        assert len(urlencode({"text": text})) < 1024 * 1024


def test_that_half_a_character_in_a_draft_is_refused(
    site: Site, server: TestClient, own: stored.StoredProfile, admin: Mapping[str, str]
) -> None:
    page = f"/projects/{site.ours}/profiles/new?from={own.scoring_profile_id}"
    for odd in ("\\ud800", "\\u0000"):
        text = pretty(changed()).replace('"display_name": "', f'"display_name": "{odd}')
        for do in ("check", "preview", "propose"):
            form = {"csrf_token": CSRF, "text": text, "do": do, "reason": "A try."}
            answer = server.post(page, data=form, headers=admin)
            assert (answer.status_code, "can be stored" in answer.text) == (422, True), (odd, do)
