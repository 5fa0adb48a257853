"""`welltegra rank` on a field of our own: one answer, in the database, in its document and on the terminal."""

from __future__ import annotations

import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import sql
from connectors.kafka.config import Kafka
from connectors.kafka.topics import TopicPlan, create_topics
from connectors.ops.profiles import activate, active_profile, propose
from connectors.postgres.config import Postgres
from schemas.topics import REOPENING_TARGETS
from tests.parts.topic import read_topic, values
from tests.system.ranking import OF_THE_FILES, begun, counts, document, ranked, rows, shuffled, without
from welltegra.cli import run
from welltegra.simulator.field.making import make_field
from welltegra.simulator.field.plan import FieldOptions

pytestmark = pytest.mark.slow

KEY = "earthbond_reopen_v1"
CURRENT = "SELECT run_id::text FROM ops.reopen_ranking_runs WHERE is_current"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "field"
    make_field(FieldOptions(wells=40, seed=7), folder)
    return folder


@pytest.fixture
def field(made: Path, tmp_path: Path) -> Path:
    """Return a field of 40 wells with every kind of gap; the test may change it."""
    return shutil.copytree(made, tmp_path / "field")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a field of 6 wells that lack nothing."""
    make_field(FieldOptions(wells=6, seed=3, gaps=False), tmp_path / "small")
    return tmp_path / "small"


@pytest.fixture
def dsn(migrated: str) -> str:
    return migrated


def stored(dsn: str) -> list[tuple[Any, ...]]:
    query = """SELECT t.target_rank, t.well_id, t.classification, t.total_score, t.what_would_change
               FROM ops.well_reopening_targets t JOIN ops.reopen_ranking_runs USING (run_id)
               WHERE is_current ORDER BY t.target_rank"""
    return rows(dsn, query)


def test_that_a_field_is_ranked_in_the_database_the_document_and_the_table(
    field: Path, dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = ranked(field, dsn)
    said = capsys.readouterr()
    assert run(["contract", "check", str(field / "ranking.json")]) == 0
    candidates = found["candidates"]
    names = ("rank", "well_id", "classification", "total_score", "what_would_change")
    assert stored(dsn) == [tuple(one[name] for name in names) for one in candidates]
    assert [one["rank"] for one in candidates] == list(range(1, len(candidates) + 1))
    # A project that lacks everything somewhere has targets of every class, and a word on each that is not A.
    assert set(found["summary"]["class_counts"]) == set("ABCDQ")
    assert {one["what_would_change"] is None for one in candidates if one["classification"] == "A"} == {True}
    assert all(one["what_would_change"] for one in candidates if one["classification"] != "A")
    classes = ", ".join(f"{count} {letter}" for letter, count in found["summary"]["class_counts"].items())
    gaps = counts(dsn)["well_data_gaps"]
    assert f"{found['project_id']}: {len(candidates)} targets ranked: {classes}; {gaps} gaps." in said.out
    assert f"Run {found['run_id']} is the current one: {gaps} gaps opened, 0 resolved" in said.out
    assert re.search(r"1 +W-\d+ +\S+ Sand +A +reopen", said.out)
    assert said.err == ""  # no library logs there


def test_that_a_run_again_adds_no_row(small: Path, dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    first = ranked(small, dsn)
    before = counts(dsn)
    assert {before[table] for table in ("reopen_ranking_runs", "discovery_runs", "input_snapshots")} == {1}
    capsys.readouterr()
    again = ranked(small, dsn)
    assert counts(dsn) == before
    assert "had ranked the same inputs by the same profile and code: nothing was added." in capsys.readouterr().out
    assert without(again, ("generated_at",)) == without(first, ("generated_at",))


@pytest.mark.parametrize(("threads", "processes"), [("1", "1"), ("4", "2")])
def test_that_processes_and_threads_do_not_change_a_byte(
    field: Path, dsn: str, tmp_path: Path, threads: str, processes: str
) -> None:
    ranked(field, dsn)
    other = tmp_path / "other.json"
    with begun(
        field, dsn, "--json", str(other), "--processes", processes, environment={"POLARS_MAX_THREADS": threads}
    ) as process:
        assert process[0].wait(120) == 0, process[1].read_text()
    when = re.compile(rb'"generated_at": "[^"]*"')
    one, two = ((path.read_bytes()) for path in (field / "ranking.json", other))
    assert when.sub(b"", one) == when.sub(b"", two)


def test_that_the_order_of_rows_and_files_does_not_change_the_answer(field: Path, dsn: str, tmp_path: Path) -> None:
    first = ranked(field, dsn)
    second = ranked(shuffled(field, tmp_path / "shuffled", 3), dsn)
    assert first["input_sha256"] != second["input_sha256"]
    # Sources are numbered as they are read.
    names = (*OF_THE_FILES, "source")
    one, two = without(first, names), without(second, names)
    assert json.dumps(one) == json.dumps(two)
    query = "SELECT count(*) FROM ops.well_data_gaps WHERE resolved_at IS NOT NULL OR times_reopened > 0"
    assert rows(dsn, query) == [(0,)]


def test_that_two_rankings_at_once_leave_one_current_run(small: Path, dsn: str, tmp_path: Path) -> None:
    other = shuffled(small, tmp_path / "other", 5)
    with ThreadPoolExecutor(2) as both:
        assert list(both.map(lambda folder: finished(folder, dsn), (small, other))) == [0, 0]
    assert len(rows(dsn, CURRENT)) == 1
    assert counts(dsn)["reopen_ranking_runs"] == 2
    query = "SELECT count(*) FROM ops.well_reopening_targets GROUP BY run_id"
    one, two = rows(dsn, query)
    assert one == two


def finished(folder: Path, dsn: str) -> int:
    with begun(folder, dsn) as (process, _):
        return process.wait(120)


def test_that_gaps_open_and_resolve_as_the_project_changes(
    small: Path, dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ranked(small, dsn)
    open_ones = "SELECT gap_code, well_id FROM ops.well_data_gaps WHERE resolved_at IS NULL AND gap_code LIKE 'G%%'"
    assert rows(dsn, open_ones) == []
    operability = (small / "operability.csv").read_text()
    header, *lines = operability.splitlines()
    without_first = [line for line in lines if not line.startswith("W-001,")]
    assert len(without_first) == len(lines) - 1
    (small / "operability.csv").write_text("\n".join([header, *without_first]) + "\n")
    lacking = ranked(small, dsn)
    assert set(rows(dsn, open_ones)) == {("G3.OPERABILITY", "W-001")}
    [first] = {one["classification"] for one in lacking["candidates"] if one["well_id"] == "W-001"}
    assert first == "C"
    (small / "operability.csv").write_text(operability)
    whole = ranked(small, dsn)
    assert re.search(r"It is the current one again: 0 gaps opened, \d+ resolved\.", capsys.readouterr().out)
    assert rows(dsn, open_ones) == []
    assert counts(dsn)["reopen_ranking_runs"] == 2  # the first one is the current one again
    assert rows(dsn, CURRENT) == [(whole["run_id"],)]
    runs = {"run_id": whole["run_id"], "previous_run_id": lacking["run_id"]}
    changed = rows(dsn, sql.query("select_rank_changes"), runs)
    assert len(changed) == len(whole["candidates"])
    risen = {row[1] for row in changed if row[6] == "C" and row[5] != "C"}
    assert risen == {"W-001"}
    assert all(row[4] == row[3] - row[2] for row in changed)


def test_that_what_a_person_states_is_scored_and_said_so(
    small: Path, dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = ranked(small, dsn)
    with (small / "overrides.csv").open("a") as file:
        file.write('W-002,,cost_ratio,1.5,"The rig is hired, at a price",A. Person,2025-11-01\n')
        file.write('W-002,,cost_ratio,0.9,"The rig is hired, at another price",A. Person,2025-10-01\n')
        file.write("W-003,,no_such_input,1.5,Why not,A. Person,2025-11-01\n")
        file.write("W-003,No Sand,cost_ratio,1.5,Why not,A. Person,2025-11-01\n")
    capsys.readouterr()
    after = ranked(small, dsn)
    said = capsys.readouterr().out
    assert "override of 'no_such_input' for well 'W-003': input must be one of" in said
    assert "override of 'cost_ratio' for well 'W-003', zone 'No Sand': must be of a target" in said
    assert after["run_id"] != before["run_id"]
    stated = {
        (one["well_id"], name)
        for one in after["candidates"]
        for name, of in one["contributions"].items()
        if of["status"] == "stated"
    }
    assert stated == {("W-002", "cost_ratio")}
    [(noted,)] = rows(dsn, "SELECT stated_inputs FROM ops.reopen_ranking_runs WHERE is_current")
    assert [(one["input"], one["author"], one["date"]) for one in noted] == [("cost_ratio", "A. Person", "2025-11-01")]
    assert "1 input is stated by people." in said


def test_that_another_active_profile_makes_another_run(small: Path, dsn: str) -> None:
    before = ranked(small, dsn)
    database = Postgres(dsn)
    raw = active_profile(database, before["project_id"], KEY).raw
    raw["weights"] = {"static": 0.4, "dynamic": 0.25, "operability": 0.2, "confidence": 0.15}
    proposed = propose(database, raw, before["project_id"], "A. Person", "Statics are better known here.")
    assert ranked(small, dsn)["run_id"] == before["run_id"]  # not before it is active
    activate(database, proposed.scoring_profile_id, "B. Person", "Agreed.")
    after = ranked(small, dsn)
    assert after["run_id"] != before["run_id"]
    assert after["weights"] == raw["weights"]
    assert after["profile_sha256"] == proposed.sha256
    assert rows(dsn, CURRENT) == [(after["run_id"],)]
    assert run(["contract", "check", str(small / "ranking.json")]) == 0


def test_that_a_ranking_is_published_where_a_broker_is_set(
    small: Path, dsn: str, kafka: Kafka, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    create_topics(kafka, TopicPlan(partitions=1))
    monkeypatch.setenv("WELLTEGRA_KAFKA__BOOTSTRAP_SERVERS", kafka.properties["bootstrap.servers"])
    monkeypatch.setenv("WELLTEGRA_KAFKA__TOPIC_PREFIX", kafka.prefix)
    found = ranked(small, dsn)
    assert "Published in 1 message." in capsys.readouterr().out
    [messages] = [of for of in read_topic(kafka, REOPENING_TARGETS).values() if of]
    assert [json.loads(value) for value in values(messages)] == [found]
    assert messages[0].key() == found["project_id"].encode()


def test_that_a_document_goes_to_standard_output_and_the_table_aside(small: Path, dsn: str) -> None:
    ranked(small, dsn)
    for options in ((), ("--processes", "2")):
        with begun(small, dsn, "--json", "/dev/stdout", *options) as (process, said):
            assert process.wait(120) == 0
            # Both go to one file here: the document whole, and the table around it.
            text = said.read_text()
        found, end = json.JSONDecoder().raw_decode(text[text.index('{"event_type"') :])
        assert f"{found['project_id']}: 11 targets ranked: 10 A, 1 D; 0 gaps." in text[end:]
        assert without(found, ("generated_at",)) == without(document(small / "ranking.json"), ("generated_at",))


def test_that_zones_and_candidates_are_what_discovery_found(small: Path, dsn: str) -> None:
    zones, found = small / "zones.parquet", small / "found.json"
    assert run(["discover", str(small), "--dsn", dsn, "--zones", str(zones), "--json", str(found)]) == 0
    assert run(["contract", "check", str(found)]) == 0
    before = counts(dsn)
    assert before["well_bypassed_candidates"] == document(found)["candidate_count"] > 0
    assert pl.read_parquet(zones).select(pl.struct("well_id", "zone").is_unique().all()).item()
    assert run(["discover", str(small), "--dsn", dsn, "--zones", str(small / "zones.csv"), "--processes", "2"]) == 0
    assert counts(dsn) == before
    assert pl.read_csv(small / "zones.csv").equals(pl.read_parquet(zones))
