"""`make bench-worklist` asks what it says it asks, of a server that answers, and its report says what was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest

from benchmarks.spread import Spread
from benchmarks.worklist import bare, browser
from benchmarks.worklist.answers import Answers, Heard, hear, percentile
from benchmarks.worklist.browser import Opened
from benchmarks.worklist.crowd import Crowd, crowd
from benchmarks.worklist.exporting import FORMATS, Exported, beside, exported
from benchmarks.worklist.project import Project, write_project
from benchmarks.worklist.questions import Question, questions
from benchmarks.worklist.report import Report, asked_of, text_of
from benchmarks.worklist.resident import resident_mb, watched
from benchmarks.worklist.site import Failed, Site, databases, served

COUNT = 400


@pytest.fixture(scope="module")
def written() -> Iterator[tuple[Site, Project, list[Question]]]:
    with databases() as postgres:
        project = write_project(postgres, "bench", COUNT)
        with psycopg.connect(postgres.dsn) as connection:
            found = connection.execute("SELECT run_id FROM ops.reopen_ranking_runs WHERE is_current").fetchone()
        assert found is not None
        run_id: UUID = found[0]
        with served(postgres) as site:
            yield site, project, list(questions(project, run_id))


def test_that_the_project_has_all_there_is_to_a_target(written: tuple[Site, Project, list[Question]]) -> None:
    site, project, _ = written
    assert (project.targets, project.gaps > COUNT) == (COUNT, True)
    with psycopg.connect(site.postgres.dsn) as connection:
        said = connection.execute(
            "SELECT count(DISTINCT row.classification), count(DISTINCT review.state), count(DISTINCT row.field)"
            " FROM ops.worklist_rows AS row LEFT JOIN ops.review_states AS review USING (target_key)"
        ).fetchone()
        drawn = connection.execute(
            "SELECT count(*) FROM ops.well_reopening_targets AS target"
            " JOIN ops.reopen_ranking_runs AS run USING (run_id)"
            " JOIN ops.interval_log_strips AS strip ON strip.discovery_id = run.discovery_id"
            " AND strip.candidate_id = target.source_candidate_id"
            " JOIN ops.input_production AS produced ON produced.project_id = run.project_id"
            " AND produced.input_sha256 = run.input_sha256 AND produced.well_id = target.well_id"
            " WHERE target.reopening_target_id = ANY (%s::uuid[])",
            [list(project.drawn)],
        ).fetchone()
    assert said == (5, 5, 8)
    assert drawn == (len(project.drawn),)
    assert project.drawn


def test_that_every_question_is_answered_and_its_sql_is_that_of_the_answer(
    written: tuple[Site, Project, list[Question]],
) -> None:
    site, _, asked = written
    heard: dict[str, Heard] = {}
    hear(site, asked, heard, 2)
    assert set(heard) == {one.name for one in asked}
    assert heard["first page"].bytes > 20_000
    assert heard["filtered to nothing"].bytes < heard["filtered by class and risk"].bytes
    said = bare.statements(site, asked)
    assert all(any("ops." in str(query) for query, _ in of) for of in said.values())
    took = bare.seconds(site, said, 1)
    assert set(took) == set(heard)
    assert all(seconds > 0 for seconds in took.values())


def test_that_an_answer_that_is_none_ends_it(written: tuple[Site, Project, list[Question]]) -> None:
    site, project, _ = written
    wrong = Question("wrong", "list", (f"/projects/{project.project_id}/portfolio/facets?min_total=x",))
    with pytest.raises(Failed, match="must be answered with 200; was with 422"):
        hear(site, [wrong], {}, 1)
    with pytest.raises(Failed, match="must be answered with 200; was with 422"):
        bare.statements(site, [wrong])


def test_that_exports_come_whole_and_others_are_answered_meanwhile(
    written: tuple[Site, Project, list[Question]],
) -> None:
    site, project, asked = written
    sizes = {kind: exported(site, project, kind, 1) for kind in FORMATS}
    assert sizes["json"].bytes > COUNT * 4_000
    assert all(0 < one.first_byte_s <= one.seconds.max for one in sizes.values())
    assert beside(site, project, "csv", asked[0], 3).p95_ms > 0


def test_that_memory_of_the_server_is_that_of_all_its_processes(
    written: tuple[Site, Project, list[Question]],
) -> None:
    site, _, _ = written
    assert resident_mb(site.group) > 50
    with watched(site.group) as held:
        pass
    assert held.most_mb >= held.before_mb > 50
    assert resident_mb(2**22 + 1) == 0


def test_that_readers_who_are_not_answered_are_counted(written: tuple[Site, Project, list[Question]]) -> None:
    site, project, asked = written
    found = crowd(site, asked[0], 8, 2)
    assert (found.answers, found.other) == (16, {})
    assert 0 < found.median_ms <= found.p95_ms <= found.worst_ms
    absent = Question("absent", "list", (f"/projects/{project.project_id}/nothing",))
    assert crowd(site, absent, 3, 1).other == {"404": 3}


def test_that_a_percentile_is_a_value_that_was_heard() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile(list(range(1, 101)), 0.95) == 95
    assert percentile([7.0], 0.95) == 7.0


def test_that_a_browser_that_is_not_there_is_said_to_be_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert not browser.is_there()


def a_report(p95_ms: float, interactive_ms: float, seconds: float, above_mb: float, lost: int) -> Report:
    spread = Spread(5.0, 4.0, 6.0)
    answers = [
        Answers("first page", "list", 10, 50_000, spread, p95_ms, 2.5, 8),
        Answers("drawer: score", "tab", 10, 50_000, spread, p95_ms / 2, 2.5, 8),
    ]
    opened = Opened(6, 50, Spread(500, 400, interactive_ms), spread, spread, spread, 30.0, 60.0)
    exports = [
        Exported("json", targets, 1_000_000, Spread(3, 2, seconds), 0.1, 300.0, above)
        for targets, above in ((100, 60.0), (500, above_mb))
    ]
    readers = Crowd(500, 2000, 10.0, 100.0, 200.0, 300.0, {"503": lost} if lost else {})
    machine: dict[str, str | int | float] = {"cpu": "C", "cores": 2, "memory_gb": 8, "os": "L"}
    return Report(
        at=datetime.now(UTC),
        quick=False,
        machine=machine,
        load_before=0.1,
        load_after=0.2,
        versions={"python": "3.11"},
        targets=500,
        gaps=900,
        answers=answers,
        browser=opened if not lost else None,
        browser_absent="Debian's chromium is not on this machine" if lost else None,
        exports=exports,
        beside=None,
        crowd=readers,
        asked=asked_of(answers, opened, exports, readers),
    )


def test_that_the_report_says_what_is_reached_and_what_is_not() -> None:
    good = "\n".join(text_of(a_report(99.0, 900.0, 9.0, 110.0, 0)))
    bad = "\n".join(text_of(a_report(120.0, 1100.0, 11.0, 300.0, 3)))
    assert good.count("- reached: ") == 6
    assert "not reached" not in good
    assert bad.count("- **not reached**: ") == 6
    assert "- **not reached**: json: memory above the level before, most targets / fewest: 5, asked at most 2" in bad
    assert "| first page | JSON | 5 (4 to 6) | 99.0 | 2.5 | 8 | 2.0 | 50 |" in good
    assert "NOT MEASURED: Debian's chromium is not on this machine" in bad
    assert "Not answered: 3 503." in bad
