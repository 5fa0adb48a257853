"""Reviews, jobs, overrides, keys, sessions, members: two at once lose nothing, and nobody gets what is not theirs."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from connectors.ops import jobs, keys, members, overrides, reviews, sessions, target, worklist
from connectors.ops.errors import InputFaults, TargetMissing
from connectors.ops.profiles import StoredProfile
from connectors.ops.reading import Connection
from connectors.ops.runs import Written
from connectors.ops.shapes import ReviewOutcome
from connectors.postgres.config import Postgres
from tests.connectors.ops.ranked import PROJECT, id_of, written


@pytest.fixture
def connection(database: Postgres) -> Iterator[Connection]:
    with database.connect() as found:
        yield found


@pytest.fixture
def run(database: Postgres, profile: StoredProfile) -> Written:
    return written(database, profile)


def test_that_the_second_of_two_reviewers_is_told_what_the_first_said(connection: Connection, run: Written) -> None:
    first = reviews.review(connection, PROJECT, id_of(run, 1), 0, "rejected", "Watered out.", "ann")
    second = reviews.review(connection, PROJECT, id_of(run, 1), 0, "accepted", None, "bob")
    assert (first.done, first.version, first.state, first.conflict) == (True, 1, "rejected", None)
    assert (second.done, second.version, second.state) == (False, 1, "rejected")
    assert second.conflict is not None
    assert (second.conflict.actor, second.conflict.note) == ("ann", "Watered out.")
    assert reviews.review(connection, PROJECT, id_of(run, 1), 1, "accepted", None, "bob").version == 2


def test_that_of_many_who_review_at_once_one_is_first_and_the_others_read_it(
    connection: Connection, database: Postgres, run: Written
) -> None:
    ready, outcomes = threading.Barrier(4), list[list[ReviewOutcome]]()

    def say(name: str, order: list[int]) -> None:
        with database.connect() as mine:
            ready.wait()
            with mine.transaction():
                seen = [(id_of(run, number), 0) for number in order]
                outcomes.append(reviews.review_many(mine, PROJECT, seen, "rejected", name, name))

    numbers = list(range(1, 11))
    threads = [
        threading.Thread(target=say, args=(f"n{place}", numbers[:: 1 if place % 2 else -1])) for place in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in numbers:
        said = [one for outcome in outcomes for one in outcome if one.reopening_target_id == id_of(run, number)]
        assert sum(one.done for one in said) == 1
        assert len([one.conflict for one in said if one.conflict is not None]) == 3
    assert connection.execute("SELECT count(*) FROM ops.reopening_review_events").fetchone() == (10,)


def test_that_a_bulk_review_leaves_out_what_others_changed_and_what_is_so_already(
    connection: Connection, run: Written
) -> None:
    reviews.review(connection, PROJECT, id_of(run, 1), 0, "accepted", None, "ann")
    seen = [(id_of(run, 1), 1), (id_of(run, 2), 0), (id_of(run, 3), 5)]
    found = reviews.review_many(connection, PROJECT, seen, "accepted", None, "bob")
    assert [(one.done, one.version, one.state) for one in found] == [
        (True, 1, "accepted"),
        (True, 1, "accepted"),
        (False, 0, "unreviewed"),
    ]


@pytest.mark.parametrize(
    "state, note, where",
    [
        ("rejected", None, "note"),
        ("deferred", "  ", "note"),
        ("needs_data", None, "note"),
        ("maybe", "n", "state"),
        (None, None, "state"),
        (None, "a\0", "note"),
        (None, "a\ud800", "note"),
        (None, "a" * 4001, "note"),
    ],
)
def test_that_a_review_that_cannot_be_is_refused(
    connection: Connection, run: Written, state: str | None, note: str | None, where: str
) -> None:
    with pytest.raises(InputFaults) as told:
        reviews.review(connection, PROJECT, id_of(run, 1), 0, state, note, "ann")
    assert where in {fault.where for fault in told.value.faults}
    assert connection.execute("SELECT count(*) FROM ops.reopening_review_events").fetchone() == (0,)


def test_that_another_projects_target_is_not_there(connection: Connection, run: Written) -> None:
    with pytest.raises(TargetMissing, match="must be of project 'other'"):
        reviews.review(connection, "other", id_of(run, 1), 0, "accepted", None, "ann")
    assert target.detail(connection, "other", id_of(run, 1)) is None
    assert target.detail(connection, "a\0", id_of(run, 1)) is None
    assert target.detail(connection, PROJECT, uuid4()) is None


def test_that_a_detail_has_all_there_is(connection: Connection, run: Written) -> None:
    reviews.review(connection, PROJECT, id_of(run, 4), 0, None, "Look at the CRS.", "ann")
    found = target.detail(connection, PROJECT, id_of(run, 4))
    assert found is not None
    assert [gap.gap_code for gap in found.gaps] == ["G2.CRS", "G3.EVIDENCE"]
    assert [gap.blocks for gap in found.gaps] == ["spatial publication", "class A"]
    assert [event.note for event in found.reviews] == ["Look at the CRS."]
    assert len(found.contributions) == 24
    assert found.contributions[0].input == "vsh"
    pressure = next(one for one in found.contributions if one.input == "pressure_ratio")
    assert (pressure.status, pressure.weight, pressure.contribution) == ("missing", 0.2, 0.0)
    assert pressure.curve is not None
    assert pressure.curve.points[0] == (0.2, 0.0)
    assert sum(one.weight for one in found.contributions if one.component == "dynamic") == pytest.approx(1)
    assert found.interval.top_md_m == 2080.0
    assert found.spatial.neighbours
    assert found.strip is None
    assert {source.source_id for source in found.sources} == {"S1"}
    first = target.detail(connection, PROJECT, id_of(run, 1))
    assert first is not None
    assert first.production is not None
    assert len(first.production.months) == 3


def test_that_of_two_who_set_a_gap_the_second_changes_nothing_and_is_told(connection: Connection, run: Written) -> None:
    found = target.detail(connection, PROJECT, id_of(run, 4))
    assert found is not None
    gap = found.gaps[0]
    first = reviews.set_gap(
        connection, PROJECT, gap.gap_id, gap.version, {"owner": "ann", "due_date": date(2026, 6, 1)}
    )
    assert first is not None
    assert first.done
    second = reviews.set_gap(connection, PROJECT, gap.gap_id, gap.version, {"owner": "bob"})
    assert second == replace(first, done=False)
    third = reviews.set_gap(connection, PROJECT, gap.gap_id, first.version, {"owner": "bob"})
    assert third is not None
    assert (third.done, third.owner, third.due_date) == (True, "bob", date(2026, 6, 1))
    fourth = reviews.set_gap(connection, PROJECT, gap.gap_id, third.version, {"due_date": None})
    assert fourth is not None
    assert (fourth.owner, fourth.due_date) == ("bob", None)
    again = target.detail(connection, PROJECT, id_of(run, 4))
    assert again is not None
    assert next(one for one in again.gaps if one.gap_id == gap.gap_id).version == fourth.version
    assert reviews.set_gap(connection, "other", gap.gap_id, fourth.version, {"owner": "eve"}) is None
    with pytest.raises(InputFaults, match="must be given"):
        reviews.set_gap(connection, PROJECT, gap.gap_id, fourth.version, {})


def test_that_one_job_of_a_project_is_asked_for_at_a_time(connection: Connection) -> None:
    first, new = jobs.enqueue(connection, "kern", "ann")
    again, not_new = jobs.enqueue(connection, "kern", "bob")
    other, also_new = jobs.enqueue(connection, "volve", "bob")
    assert (new, not_new, also_new) == (True, False, True)
    assert again == first
    claimed = jobs.claim(connection)
    assert claimed is not None
    assert (claimed.job_id, claimed.state, claimed.attempts) == (first.job_id, "running", 1)
    assert jobs.enqueue(connection, "kern", "bob")[1] is False
    told = jobs.progress(connection, claimed, "reading wells", 3, 10)
    assert told is not None
    assert (told.stage, told.done, told.total) == ("reading wells", 3, 10)
    run_id = uuid4()
    done = jobs.finish(connection, told, run_id)
    assert done is not None
    assert (done.state, done.run_id, done.done) == ("succeeded", run_id, 10)
    assert jobs.progress(connection, claimed, "late") is None
    assert jobs.enqueue(connection, "kern", "bob")[1] is True
    assert [job.project_id for job in jobs.list_jobs(connection, "volve")] == [other.project_id]


def test_that_a_job_outlives_its_server_and_the_old_worker_is_shut_out(connection: Connection) -> None:
    jobs.enqueue(connection, "kern", "ann")
    old = jobs.claim(connection)
    assert old is not None
    assert jobs.recover(connection) == []
    assert [job.state for job in jobs.recover(connection, 0)] == ["queued"]
    new = jobs.claim(connection)
    assert new is not None
    assert (new.job_id, new.attempts) == (old.job_id, 2)
    assert jobs.finish(connection, old, uuid4()) is None
    jobs.recover(connection, 0)
    assert jobs.claim(connection) is not None
    gone = jobs.recover(connection, 0)
    assert [(job.state, job.attempts) for job in gone] == [("failed", 3)]
    assert jobs.claim(connection) is None
    failed = jobs.get(connection, old.job_id)
    assert failed is not None
    assert "ended 3 times" in str(failed.error)


def test_that_two_workers_never_get_one_job(connection: Connection, database: Postgres) -> None:
    for name in ("kern", "volve"):
        jobs.enqueue(connection, name, "ann")
    with database.connect() as other, connection.transaction(), other.transaction():
        claimed = {job.project_id for job in (jobs.claim(connection), jobs.claim(other)) if job is not None}
    assert claimed == {"kern", "volve"}


def test_that_who_listens_is_told_of_jobs_reviews_and_rankings(
    connection: Connection, database: Postgres, profile: StoredProfile
) -> None:
    connection.execute("LISTEN welltegra")
    run = written(database, profile)
    with database.connect() as other:
        job, _ = jobs.enqueue(other, PROJECT, "ann")
        reviews.review(other, PROJECT, id_of(run, 1), 0, "accepted", None, "ann")
    told = [json.loads(one.payload) for one in connection.notifies(timeout=60, stop_after=3)]
    assert [one["kind"] for one in told] == ["ranking", "job", "review"]
    assert {one["project_id"] for one in told} == {PROJECT}
    assert (told[0]["run_id"], told[1]["job_id"]) == (str(run.run_id), str(job.job_id))


def test_that_the_last_override_holds_until_it_is_withdrawn(connection: Connection, run: Written) -> None:
    first = overrides.state(connection, PROJECT, "W-1", None, "pressure_ratio", 0.8, reason="Gauge.", author="ann")
    second = overrides.state(connection, PROJECT, "W-1", None, "pressure_ratio", "0.7", reason="Better.", author="bob")
    assert [one.override_id for one in overrides.active(connection, PROJECT)] == [second.override_id]
    frame = overrides.table(connection, PROJECT)
    assert frame.select("well_id", "zone", "input", "value").row(0) == ("W-1", None, "pressure_ratio", "0.7")
    of = worklist.header(connection, PROJECT)
    assert of is not None
    assert of.inputs_newer == "1 input was stated or withdrawn after this ranking."
    assert overrides.withdraw(connection, PROJECT, second.override_id, "ann")
    assert not overrides.withdraw(connection, PROJECT, second.override_id, "ann")
    assert not overrides.withdraw(connection, "other", first.override_id, "eve")
    assert [one.override_id for one in overrides.active(connection, PROJECT)] == [first.override_id]


@pytest.mark.parametrize(
    "well, zone, name, value, where",
    [
        ("W-99", None, "pressure_ratio", "0.8", "well_id"),
        ("W-1", "No Fm.", "pressure_ratio", "0.8", "zone"),
        ("W-1", None, "presure_ratio", "0.8", "input"),
        ("W-1", None, "pressure_ratio", "high", "value"),
        ("W-1", None, "pressure_ratio", "nan", "value"),
        ("W-1", None, "integrity", "purple", "value"),
        ("W-1", None, "integrity", "'; DROP TABLE audit; --", "value"),
        ("W-1\0", None, "integrity", "green", "well_id"),
    ],
)
def test_that_an_override_that_cannot_be_is_refused(
    connection: Connection, run: Written, well: str, zone: str | None, name: str, value: str, where: str
) -> None:
    with pytest.raises(InputFaults) as told:
        overrides.state(connection, PROJECT, well, zone, name, value, reason="r", author="a")
    assert {fault.where for fault in told.value.faults} == {where}


def test_that_a_value_that_cannot_be_is_said_to_be_found_once(connection: Connection, run: Written) -> None:
    with pytest.raises(InputFaults) as told:
        overrides.state(connection, PROJECT, "W-1", None, "net_pay_m", "abc", reason="r", author="a")
    assert str(told.value) == "value: must be a finite number; was 'abc'. Correct it."


def test_that_nothing_is_called_nothing(connection: Connection, run: Written) -> None:
    with pytest.raises(InputFaults) as told:
        reviews.review(connection, PROJECT, id_of(run, 1), 0, "needs_data", "  ", "ann")
    assert str(told.value).startswith("note: must be given to say needs data; was nothing.")
    with pytest.raises(InputFaults) as told:
        overrides.state(connection, PROJECT, " ", None, "access", "", reason="", author="a")
    assert {str(fault) for fault in told.value.faults} == {
        f"{name}: must be given; was nothing. Write it." for name in ("well_id", "value", "reason")
    }


def test_that_wells_and_zones_of_the_current_ranking_can_be_chosen(connection: Connection, run: Written) -> None:
    found = overrides.places(connection, PROJECT)
    assert {well for well, _ in found} == {f"W-{number}" for number in range(1, 11)}
    assert overrides.places(connection, "other") == []


def test_that_a_key_is_found_by_its_secret_alone_while_it_is_in_force(connection: Connection) -> None:
    made = keys.create(
        connection, name="historian", project_id="kern", role="viewer", created_by="ann", days=1, scopes=["read"]
    )
    assert made.secret not in repr(made)
    found = keys.find(connection, made.secret)
    assert found is not None
    assert (found.key_id, found.project_id, found.scopes) == (made.key.key_id, "kern", ("read",))
    kept = connection.execute("SELECT api_keys::text FROM access.api_keys").fetchone()
    assert kept is not None
    assert made.secret not in kept[0]
    for wrong in ("", "wtg_", made.secret + "x", made.secret[:-1] + "!", made.secret.upper(), "wtg_\0" + "a" * 42):
        assert keys.find(connection, wrong) is None
    assert [key.last_used_at is not None for key in keys.list_keys(connection, "kern")] == [True]
    assert not keys.revoke(connection, made.key.key_id, "eve", "volve")
    assert keys.revoke(connection, made.key.key_id, "ann", "kern")
    assert keys.find(connection, made.secret) is None


def test_that_an_expired_key_is_none_and_a_key_for_ever_is_not_made(connection: Connection) -> None:
    made = keys.create(connection, name="k", project_id=None, role="source", created_by="a", days=1)
    assert keys.find(connection, made.secret) is not None
    # A key keeps its day: what takes it back to another is no way of the program's.
    connection.execute("ALTER TABLE access.api_keys DISABLE TRIGGER api_keys_note_change")
    connection.execute("UPDATE access.api_keys SET created_at = '2020-01-01Z', expires_at = '2020-01-02Z'")
    assert keys.find(connection, made.secret) is None
    with pytest.raises(InputFaults) as told:
        keys.create(connection, name="", project_id="k", role="platform_admin", created_by="a", days=1e9, scopes=["A"])
    assert {fault.where for fault in told.value.faults} == {"name", "role", "days", "scopes"}
    with pytest.raises(InputFaults, match="must be the id of one project"):
        keys.create(connection, name="k", project_id="*", role="viewer", created_by="a", days=1)


def test_that_a_session_is_good_until_it_ends(connection: Connection) -> None:
    given = {"subject": "ann", "name": "Ann", "roles": {"kern": "operator"}, "how": "oidc", "csrf": "c" * 32}
    first = sessions.create(connection, **given, hours=1)  # type: ignore[arg-type]  # each is of its own type
    second = sessions.create(connection, **given, hours=1)  # type: ignore[arg-type]  # its values are of several types
    found = sessions.find(connection, first, 60.0)
    assert found is not None
    assert (found.subject, found.roles, found.csrf) == ("ann", {"kern": "operator"}, "c" * 32)
    assert sessions.find(connection, first[:-1], 60.0) is None
    assert sessions.find(connection, "'" * 43, 60.0) is None
    sessions.end(connection, first)
    assert sessions.find(connection, first, 60.0) is None
    connection.execute("UPDATE access.sessions SET created_at = '2020-01-01Z', expires_at = '2020-01-02Z'")
    assert sessions.find(connection, second, 60.0) is None
    third = sessions.create(connection, **given, hours=1)  # type: ignore[arg-type]  # its values are of several types
    connection.execute("UPDATE access.sessions SET seen_at = clock_timestamp() - interval '20 minutes'")
    assert sessions.find(connection, third, 10.0) is None, "nobody used it for so long"
    # A page that listens is no use of it; somebody who asks is.
    assert sessions.find(connection, third, 30.0, seen=False) is not None
    assert sessions.find(connection, third, 10.0) is None
    assert sessions.find(connection, third, 30.0) is not None
    assert sessions.find(connection, third, 10.0) is not None
    sessions.end(connection, third)
    sessions.create(connection, **given, hours=1)  # type: ignore[arg-type]  # its values are of several types
    assert sessions.end_all(connection, "ann") == 1


def test_that_the_greater_of_two_roles_holds(connection: Connection) -> None:
    members.set_role(connection, "ann", "kern", "operator", "bob")
    members.set_role(connection, "ann", "*", "viewer", "bob")
    assert members.roles_of(connection, "ann") == {"kern": "operator", "*": "viewer"}
    assert members.role_of(connection, "ann", "kern") == "operator"
    assert members.role_of(connection, "ann", "volve") == "viewer"
    assert members.role_of(connection, "eve", "kern") is None
    assert members.roles_of(connection, "a\0") == {}
    assert members.remove(connection, "ann", "*", "bob")
    assert not members.remove(connection, "ann", "*", "bob")
    assert not members.remove(connection, "ann\0", "*", "bob")
    with pytest.raises(InputFaults, match="removed_by"):
        members.remove(connection, "ann", "kern", " ")
    assert members.role_of(connection, "ann", "volve") is None
    assert [member.subject for member in members.list_members(connection, "kern")] == ["ann"]
    with pytest.raises(InputFaults, match="platform_admin"):
        members.set_role(connection, "ann", "kern", "platform_admin", "bob")


def test_that_who_let_whom_in_is_read_by_project_the_newest_first_in_pages(connection: Connection) -> None:
    members.set_role(connection, "ann", "kern", "operator", "bob")
    members.set_role(connection, "ann", "volve", "operator", "bob")
    members.set_role(connection, "ann", "*", "viewer", "bob")
    keys.create(connection, name="all", project_id=None, role="viewer", created_by="bob", days=1)
    made = keys.create(connection, name="k", project_id="kern", role="viewer", created_by="cid", days=1)
    keys.revoke(connection, made.key.key_id, "dan")
    members.remove(connection, "ann", "kern", "eve")
    found = members.changes(connection, "kern")
    assert [(one.what, one.project_id, one.actor, one.subject or one.key_name) for one in found] == [
        ("member_removed", "kern", "eve", "ann"),
        ("key_revoked", "kern", "dan", "k"),
        ("key_created", "kern", "cid", "k"),
        ("member_set", "*", "bob", "ann"),
        ("member_set", "kern", "bob", "ann"),
    ]
    assert members.changes(connection, "kern", found[1].change_id, 2) == found[2:4]
    assert len(members.changes(connection)) == 7
    assert found[2].after is not None
    assert found[2].after["prefix"] == made.key.prefix
    assert made.secret not in repr(found)


def test_that_the_last_administrator_of_a_project_is_known_for_it(connection: Connection) -> None:
    members.set_role(connection, "ann", "kern", "project_admin", "bob")
    members.set_role(connection, "bob", "volve", "project_admin", "bob")
    members.set_role(connection, "pam", "*", "platform_admin", "bob")
    assert not members.has_other_admin(connection, "ann", "kern")
    members.set_role(connection, "cid", "*", "project_admin", "bob")
    assert members.has_other_admin(connection, "ann", "kern")
    assert members.has_other_admin(connection, "bob", "volve")


@pytest.mark.parametrize("note", ["\u200b", " \u00a0\u3000", "\u2060\ufeff", "\u3164", "\u0301", "\u2800 "])
def test_that_what_cannot_be_seen_is_no_note(note: str, connection: Connection, run: Written) -> None:
    with pytest.raises(InputFaults, match="note: must be given"):
        reviews.review(connection, PROJECT, id_of(run, 1), 0, "rejected", note, "ann")
    assert reviews.review(connection, PROJECT, id_of(run, 1), 0, "rejected", f"\u200b{note}x", "ann").done


@pytest.mark.parametrize("subject", ["\ufffd\ufffd", "ann\u200b", "ann\n", "\u202enna", "a" * 201, "\u3164"])
def test_that_nobody_is_called_what_cannot_be_read(subject: str, connection: Connection) -> None:
    with pytest.raises(InputFaults) as told:
        members.set_role(connection, subject, "kern", "viewer", "ada")
    assert [fault.where for fault in told.value.faults] == ["subject"]
