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
    told = second.json()["detail"]
    assert "It is accepted since 20" in told
    assert "a operator (key:" in told
    assert "said so with the note 'Good.'" in told
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
        assert answer.status_code == 400, said
        assert "in quotes" in answer.json()["detail"]


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
    client, place = as_("operator"), f"/projects/{site.ours}/reopening-targets/export"
    listed = f"/projects/{site.ours}/portfolio/reopening-targets"
    asked = {"classification": target["classification"], "sort": "-total_score"}
    found = client.get(listed, params=asked).json()
    run_id, matching = found["summary"]["run_id"], found["matching"]
    me = client.get("/me").json()
    expected = []
    for format_, start in starts.items():
        for params, query, targets in (
            ({"target_id": target["reopening_target_id"]}, "selected=1", 1),
            (asked, f"classification={target['classification']}&sort=-total_score", matching),
        ):
            answer = client.get(place, params={"format": format_, **params})
            assert answer.status_code == 200, answer.text
            assert answer.content.startswith(start)
            assert answer.headers["content-disposition"].startswith("attachment; ")
            expected.append((f"{me['name']} ({me['subject']})", format_, query, targets, run_id))
    with site.postgres.session("") as connection:
        noted = connection.execute(
            "SELECT actor, format, query, targets, run_id::text FROM ops.worklist_exports"
            " WHERE project_id = %s ORDER BY export_id DESC LIMIT %s",
            [site.ours, len(expected)],
        ).fetchall()
    assert noted[::-1] == expected


def test_that_exports_leave_connections_for_others(site: Site, as_: As) -> None:
    for _ in range(12):
        answer = as_("operator").get(f"/projects/{site.ours}/reopening-targets/export", params={"format": "csv"})
        assert answer.status_code == 200, answer.text
    for _ in range(12):
        wrong = as_("operator").get(f"/projects/{site.ours}/reopening-targets/export", params={"min_total": "x"})
        assert wrong.status_code == 422
    assert as_("operator").get(f"/projects/{site.ours}/reopening-targets/export").status_code == 200


def gap_of(site: Site, as_: As) -> tuple[str, str, dict[str, Any]]:
    """Return where a target is read, where one of its gaps is set, and that gap."""
    client = as_("operator")
    rows = client.get(f"/projects/{site.ours}/portfolio/reopening-targets", params={"limit": 500}).json()["targets"]
    where = place(site, next(row for row in reversed(rows) if row["gap_codes"]))
    gap: dict[str, Any] = client.get(where).json()["gaps"][0]
    return where, f"/projects/{site.ours}/gaps/{gap['gap_id']}", gap


def test_that_what_is_not_said_of_a_gap_stays_as_it_is(site: Site, as_: As) -> None:
    where, gap_at, gap = gap_of(site, as_)
    client = as_("operator")
    first = client.patch(
        gap_at, json={"owner": "Ann", "due_date": "2027-03-01"}, headers={"If-Match": f'"{gap["version"]}"'}
    )
    assert (first.status_code, first.content) == (204, b"")
    second = client.patch(gap_at, json={"owner": "Bob"}, headers={"If-Match": first.headers["etag"]})
    assert second.status_code == 204
    found = next(one for one in client.get(where).json()["gaps"] if one["gap_id"] == gap["gap_id"])
    assert (found["owner"], found["due_date"]) == ("Bob", "2027-03-01")
    assert f'"{found["version"]}"' == second.headers["etag"]
    third = client.patch(gap_at, json={"due_date": None}, headers={"If-Match": second.headers["etag"]})
    assert third.status_code == 204
    found = next(one for one in client.get(where).json()["gaps"] if one["gap_id"] == gap["gap_id"])
    assert (found["owner"], found["due_date"]) == ("Bob", None)


def test_that_of_two_who_set_a_gap_the_second_is_told_what_the_first_set(site: Site, as_: As) -> None:
    _, gap_at, gap = gap_of(site, as_)
    client = as_("operator")
    read = {"If-Match": f'"{gap["version"]}"'}
    first = client.patch(gap_at, json={"owner": "Cleo", "due_date": "2027-05-02"}, headers=read)
    second = client.patch(gap_at, json={"owner": "Dan"}, headers=read)
    assert (first.status_code, second.status_code) == (204, 412)
    assert "'Cleo' closes it now, by 2027-05-02." in second.json()["detail"]
    assert second.headers["etag"] == first.headers["etag"]
    assert client.patch(gap_at, json={"owner": "Dan"}).status_code == 428
    assert client.patch(gap_at, json={"owner": "Dan"}, headers={"If-Match": '"1"'}).status_code == 400
    assert client.patch(gap_at, json={}, headers={"If-Match": first.headers["etag"]}).status_code == 422


def test_that_a_page_that_has_read_another_gap_overwrites_nothing_and_says_what_stands(site: Site, as_: As) -> None:
    where, gap_at, gap = gap_of(site, as_)
    set_ = as_("operator").patch(
        gap_at, json={"owner": "Eve", "due_date": "2027-06-03"}, headers={"If-Match": f'"{gap["version"]}"'}
    )
    assert set_.status_code == 204
    cookie = {"cookie": f"welltegra_session={site.session({site.ours: 'operator'})}", "hx-request": "true"}
    place = f"{where.replace('/reopening-targets/', '/worklist/')}/gaps/{gap['gap_id']}"
    form = {"csrf_token": "c" * 43, "owner": "Finn", "due": ""}
    second = as_("").post(place, data={**form, "version": gap["version"]}, headers=cookie)
    assert second.status_code == 412
    assert "&#39;Eve&#39; closes it now, by 2027-06-03." in second.text
    third = as_("").post(place, data={**form, "version": set_.headers["etag"].strip('"')}, headers=cookie)
    assert third.status_code in (200, 303), third.text[:300]
    found = next(one for one in as_("viewer").get(where).json()["gaps"] if one["gap_id"] == gap["gap_id"])
    assert (found["owner"], found["due_date"]) == ("Finn", None)
