from __future__ import annotations

from typing import Any

from tests.welltegra.api.conftest import As, Site


def place(site: Site, target: dict[str, Any]) -> str:
    return f"/projects/{site.ours}/reopening-targets/{target['reopening_target_id']}"


def last_target(site: Site, as_: As) -> dict[str, Any]:
    """Return a target that no other test reviews."""
    found = as_("viewer").get(f"/projects/{site.ours}/portfolio/reopening-targets", params={"limit": 500}).json()
    row: dict[str, Any] = found["targets"][-1]
    return row


def test_that_of_two_who_review_the_second_sees_what_the_first_said_and_nothing_is_lost(site: Site, as_: As) -> None:
    target = last_target(site, as_)
    where = place(site, target)
    version = f'"{target["review_version"]}"'
    client = as_("operator")
    first = client.patch(f"{where}/review", json={"state": "accepted", "note": "Good."}, headers={"If-Match": version})
    assert (first.status_code, first.json()["done"]) == (200, True)
    second = client.patch(f"{where}/review", json={"state": "rejected", "note": "No."}, headers={"If-Match": version})
    assert second.status_code == 412
    assert "accepted" in second.json()["detail"]
    assert second.headers["etag"] == first.headers["etag"]
    again = client.patch(
        f"{where}/review", json={"state": "rejected", "note": "No."}, headers={"If-Match": second.headers["etag"]}
    )
    assert again.status_code == 200
    detail = client.get(where).json()
    assert [one["state"] for one in detail["reviews"]][:2] == ["rejected", "accepted"]


def test_that_a_review_must_name_the_version_it_has_read(site: Site, as_: As) -> None:
    where = place(site, last_target(site, as_))
    client = as_("operator")
    assert client.patch(f"{where}/review", json={"state": "accepted"}).status_code == 428
    for said in ("*", "1", 'W/"1"', '"one"', '"1", "2"'):
        answer = client.patch(f"{where}/review", json={"state": "accepted"}, headers={"If-Match": said})
        assert answer.status_code == 412, said


def test_that_reviews_of_many_say_of_each_what_became_of_it(site: Site, as_: As) -> None:
    rows = as_("viewer").get(f"/projects/{site.ours}/portfolio/reopening-targets").json()["targets"][1:4]
    pairs = [{"target_id": row["reopening_target_id"], "version": row["review_version"]} for row in rows]
    pairs[1]["version"] += 5
    answer = as_("operator").patch(
        f"/projects/{site.ours}/reopening-targets/review", json={"targets": pairs, "state": "in_review"}
    )
    assert answer.status_code == 200, answer.text
    assert [one["done"] for one in answer.json()["outcomes"]] == [True, False, True]
    assert answer.json()["done"] == 2


def test_that_a_state_that_needs_a_note_is_not_taken_without(site: Site, as_: As) -> None:
    where = place(site, last_target(site, as_))
    for state in ("deferred", "rejected", "needs_data"):
        answer = as_("operator").patch(f"{where}/review", json={"state": state}, headers={"If-Match": '"0"'})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "note")


def test_that_every_format_is_exported_and_logged(site: Site, as_: As, target: dict[str, Any]) -> None:
    starts = {"csv": b"\xef\xbb\xbf", "parquet": b"PAR1", "json": b"{", "xlsx": b"PK"}
    for format_, start in starts.items():
        answer = as_("operator").get(
            f"/projects/{site.ours}/reopening-targets/export",
            params={"format": format_, "target_id": target["reopening_target_id"]},
        )
        assert answer.status_code == 200, answer.text
        assert answer.content.startswith(start)
        assert answer.headers["content-disposition"].startswith("attachment; ")
    with site.postgres.session("") as connection:
        found = connection.execute("SELECT DISTINCT format FROM ops.worklist_exports").fetchall()
    assert {one for (one,) in found} == set(starts)


def test_that_exports_leave_connections_for_others(site: Site, as_: As) -> None:
    for _ in range(12):
        answer = as_("operator").get(f"/projects/{site.ours}/reopening-targets/export", params={"format": "csv"})
        assert answer.status_code == 200, answer.text
    for _ in range(12):
        wrong = as_("operator").get(f"/projects/{site.ours}/reopening-targets/export", params={"min_total": "x"})
        assert wrong.status_code == 422
    assert as_("operator").get(f"/projects/{site.ours}/reopening-targets/export").status_code == 200
