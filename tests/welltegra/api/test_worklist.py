from __future__ import annotations

from typing import Any

from tests.welltegra.api.conftest import As, Site


def listed(site: Site, as_: As, **query: Any) -> Any:
    return as_("viewer").get(f"/projects/{site.ours}/portfolio/reopening-targets", params=query)


def test_that_pages_follow_one_another_to_the_end_without_a_target_twice(site: Site, as_: As) -> None:
    whole = listed(site, as_, limit=500).json()
    assert [row["target_rank"] for row in whole["targets"]] == list(range(1, whole["matching"] + 1))
    assert whole["next_cursor"] is None
    place, found = f"/projects/{site.ours}/portfolio/reopening-targets?limit=5&sort=-total_score", []
    while place:
        answer = as_("viewer").get(place)
        assert answer.status_code == 200, answer.text
        found += [row["reopening_target_id"] for row in answer.json()["targets"]]
        link = answer.headers.get("link")
        assert (link is None) == (answer.json()["next_cursor"] is None)
        place = link.partition(">")[0].removeprefix("<") if link else ""
    assert sorted(found) == sorted(row["reopening_target_id"] for row in whole["targets"])


def test_that_what_a_reader_has_is_not_sent_again(site: Site, as_: As, target: dict[str, Any]) -> None:
    places = [
        f"/projects/{site.ours}/portfolio/reopening-targets",
        f"/projects/{site.ours}/portfolio/facets",
        f"/projects/{site.ours}/reopening-targets/{target['reopening_target_id']}",
        f"/projects/{site.ours}/runs",
    ]
    for place in places:
        first = as_("viewer").get(place)
        assert first.status_code == 200, first.text
        again = as_("viewer").get(place, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert as_("viewer").get(place, headers={"If-None-Match": '"other"'}).status_code == 200


def test_that_all_faults_of_a_query_come_at_once_with_their_places(site: Site, as_: As) -> None:
    answer = listed(site, as_, min_total="2", classification="Z", review_state="done")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "errors"}
    assert {one["pointer"] for one in body["errors"]} == {"min_total", "classification", "review_state"}


def test_that_filters_leave_what_their_facets_say(site: Site, as_: As) -> None:
    facets = as_("viewer").get(f"/projects/{site.ours}/portfolio/facets").json()
    for letter, count in facets["classification"].items():
        assert listed(site, as_, classification=letter).json()["matching"] == count


INJECTIONS = [
    "'; DROP TABLE ops.well_reopening_targets; --",
    "' OR '1'='1",
    "%' OR 1=1 --",
    "1); SELECT pg_sleep(10); --",
    "\\'; --",
    "$$; SELECT 1; $$",
    "%(run_id)s",
    "{}",
    "a\x00b",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "../../etc/passwd",
    "<script>alert(1)</script>",
]
NAMES = (
    "field reservoir classification min_total max_depletion_risk depletion_unknown operability_status data_confidence \
evidence_min no_spatial_gap has_action review_state text sort cursor run_id profile_key limit".split()
)


def test_that_no_text_in_a_query_is_more_than_a_text(site: Site, as_: As) -> None:
    for name in NAMES:
        for text in INJECTIONS:
            answer = listed(site, as_, **{name: text})
            assert answer.status_code in (200, 404, 422), (name, text, answer.status_code, answer.text)
            if answer.status_code == 200:
                assert answer.json()["matching"] == 0 or name == "profile_key", (name, text)
    assert listed(site, as_).json()["matching"] > 0


def test_that_no_text_in_a_path_is_more_than_a_text(site: Site, as_: As) -> None:
    for text in ("' OR '1'='1", "%27", "..%2f..", "a%00b", "%ff", "*"):
        for place in (
            f"/projects/{text}/portfolio/reopening-targets",
            f"/projects/{site.ours}/reopening-targets/{text}",
        ):
            answer = as_("platform_admin").get(place)
            assert answer.status_code in (404, 422), (place, answer.status_code, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
