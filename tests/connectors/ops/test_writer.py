"""A ranking stands whole or not at all, once for the same input, and its targets keep their keys."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import polars as pl
import psycopg
import pytest

import sql
from connectors.ops import writer
from connectors.ops.copying import copy_frame
from connectors.ops.errors import RankingRefused
from connectors.ops.profiles import StoredProfile
from connectors.ops.runs import Ranking, Written
from connectors.ops.writer import record_failure, write_discovery, write_ranking
from connectors.postgres.config import Postgres
from connectors.postgres.errors import DatabaseUnreachable
from tests.connectors.ops.frames import (
    READ_AT,
    candidate,
    discovery,
    gap,
    gaps,
    no_candidate,
    ranking,
    scored,
    snapshot,
    targets,
)

FIRST = candidate("W-1", 1, 2134.0)
SECOND = candidate("W-2", 1, 2500.0)
NONE = no_candidate("W-3")
TABLES = (
    *("input_snapshots", "input_sources", "input_wells", "input_production", "discovery_runs"),
    *("well_bypassed_candidates", "interval_log_strips", "reopen_ranking_runs", "well_reopening_targets"),
    "well_data_gaps",
)


def rows(database: Postgres, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        return connection.execute(query, values).fetchall()


def counts(database: Postgres) -> dict[str, int]:
    return {table: rows(database, f"SELECT count(*) FROM ops.{table}")[0][0] for table in TABLES}  # noqa: S608  # names of ours


def three(profile: StoredProfile, missing: pl.DataFrame | None = None, **other: Any) -> Ranking:
    found = targets(scored(FIRST, "A"), scored(SECOND, "C"), scored(NONE, "Q"))
    return ranking(profile.scoring_profile_id, found, missing, **other)


def write(database: Postgres, given: Ranking, content: str = "a") -> Written:
    return write_ranking(database, snapshot(content), discovery([FIRST, SECOND]), given)


STRIPS = pl.DataFrame({"candidate_id": FIRST["candidate_id"], "md_m": [2135.0, 2134.5], "gr": [60.0, None]})


def test_that_a_run_stands_in_its_tables(database: Postgres, profile: StoredProfile) -> None:
    missing = gaps(gap(FIRST), gap(NONE, "G2.CRS", gap_domain="spatial", promotion_action="spatial_only_quarantine"))
    found = write_ranking(database, snapshot(), discovery([FIRST, SECOND], STRIPS), three(profile, missing))
    assert found.new
    assert (found.gaps_opened, found.gaps_resolved) == (2, 0)
    assert counts(database) == dict(zip(TABLES, (1, 2, 4, 1, 1, 2, 1, 1, 3, 2), strict=True))
    pack, source = FIRST["evidence_pack_id"], FIRST["candidate_id"]
    said = (
        "SELECT target_rank, well_id, event_no, total_score, classification, class_rule, gap_codes, has_spatial_gap,"
        " rw_value, evidence_pack_id::text, source_candidate_id::text, zone, net_pay_m, ecef_z_m"
        " FROM ops.well_reopening_targets WHERE target_rank IN (1, 3) ORDER BY target_rank"
    )
    assert rows(database, said) == [
        (1, "W-1", 1, 0.774, "A", "R4", ["G3.EVIDENCE"], False, 0.12, pack, source, "Hugin Fm.", 8.0, 5_411_000.0),
        (3, "W-3", 0, 0.774, "Q", "R1", ["G2.CRS"], True, None, None, None, None, None, 5_411_000.0),
    ]
    [(contributions, inputs, facts, assumed)] = rows(
        database,
        "SELECT contributions, score_inputs, facts, assumptions_json FROM ops.well_reopening_targets"
        " WHERE target_rank = 1",
    )
    assert (len(contributions), len(inputs)) == (24, 25)
    assert contributions["vsh"] == {
        "value": 0.21,
        "status": "measured",
        "utility": 0.8,
        "contribution": 0.1,
        "gap": None,
        "source": "S1",
    }
    assert contributions["pressure_ratio"]["gap"] == "INPUT.PRESSURE_RATIO"
    assert contributions["water_cut"]["value"] == 0.4
    assert (inputs["integrity"], inputs["pressure_ratio"]) == ("green", None)
    assert (facts["np_sm3"], assumed["completion_context"]) == (12_000.0, "never_perforated")
    assert rows(database, "SELECT months, oil_sm3, water_sm3 FROM ops.input_production") == [
        ([date(2020, 1, 1), date(2020, 2, 1), date(2020, 3, 1)], [100.0, 50.0, 100.0 / 3], [None, None, None])
    ]
    assert rows(database, "SELECT md_m, gr, sw FROM ops.interval_log_strips") == [
        ([2134.5, 2135.0], [None, 60.0], [None, None])
    ]
    assert rows(database, "SELECT path FROM ops.input_sources ORDER BY 1") == [("a folder/W-1\t.las",), ("wells.csv",)]
    assert rows(database, "SELECT cutoffs_applied ->> 'vsh_max' FROM ops.well_bypassed_candidates") == [("0.4",)] * 2
    assert rows(database, "SELECT is_current, candidate_count, summary FROM ops.reopen_ranking_runs") == [
        (True, 3, {"class_counts": {"A": 1, "C": 1, "Q": 1}, "blocked_count": 2, "review_ready_count": 1})
    ]
    assert found.targets["reopening_target_id"].to_list() == [
        row[0]
        for row in rows(
            database, "SELECT reopening_target_id::text FROM ops.well_reopening_targets ORDER BY target_rank"
        )
    ]


@pytest.mark.parametrize("text", ["a\tb", "a\nb", "a\\b", "\\N", "\\.", "", '"', "Ærfugl", "a\r", "{}"])
def test_that_text_comes_back_as_it_was(database: Postgres, profile: StoredProfile, text: str) -> None:
    row = scored(candidate("W-1", 1, 2134.0, source_ids=text, zone=text), "A", well_name=text)
    write_ranking(database, snapshot(), discovery([FIRST]), ranking(profile.scoring_profile_id, targets(row)))
    said = "SELECT well_name, zone, facts ->> 'source_ids' FROM ops.well_reopening_targets"
    assert rows(database, said) == [(text, text, text)]


def test_that_not_a_number_is_null(database: Postgres, profile: StoredProfile) -> None:
    row = scored(candidate("W-1", 1, 2134.0, top_tvdss_m=float("nan"), vsh=float("nan")), "A")
    write_ranking(database, snapshot(), discovery([FIRST]), ranking(profile.scoring_profile_id, targets(row)))
    said = "SELECT top_tvdss_m, contributions -> 'vsh' ->> 'value' FROM ops.well_reopening_targets"
    assert rows(database, said) == [(None, None)]


def test_that_the_same_run_adds_no_row(database: Postgres, profile: StoredProfile) -> None:
    given = three(profile, gaps(gap(FIRST)))
    first = write(database, given)
    before = counts(database)
    later = replace(given, generated_at=READ_AT + timedelta(days=1))
    again = write(database, later)
    assert (again.run_id, again.new, again.gaps_opened) == (first.run_id, False, 0)
    assert counts(database) == before
    assert again.targets.equals(first.targets)
    assert rows(database, "SELECT generated_at FROM ops.reopen_ranking_runs") == [(READ_AT,)]


@pytest.mark.parametrize("change", [{"code_version": "0.2.0"}, {"profile_sha256": 64 * "f"}])
def test_that_other_code_or_another_profile_is_another_run(
    database: Postgres, profile: StoredProfile, change: dict[str, Any]
) -> None:
    first = write(database, three(profile))
    second = write(database, three(profile, **change))
    assert second.new
    assert rows(database, "SELECT run_id FROM ops.reopen_ranking_runs WHERE is_current") == [(second.run_id,)]
    assert counts(database)["well_reopening_targets"] == 6
    assert first.targets["target_key"].to_list() == second.targets["target_key"].to_list()


def test_that_an_earlier_input_makes_its_run_current_again(database: Postgres, profile: StoredProfile) -> None:
    first = write(database, three(profile, gaps(gap(FIRST))))
    write(database, three(profile, gaps(gap(SECOND))), "b")
    again = write(database, three(profile, gaps(gap(FIRST))))
    assert (again.run_id, again.new, again.gaps_opened, again.gaps_resolved) == (first.run_id, False, 1, 1)
    assert rows(database, "SELECT run_id FROM ops.reopen_ranking_runs WHERE is_current") == [(first.run_id,)]


def test_that_a_gap_opens_resolves_and_opens_again_in_one_row(database: Postgres, profile: StoredProfile) -> None:
    state = (
        "SELECT well_id, severity, resolved_at IS NULL, times_reopened, owner FROM ops.well_data_gaps"
        " ORDER BY well_id, gap_code"
    )
    write(database, three(profile, gaps(gap(FIRST), gap(FIRST), gap(SECOND))))
    assert rows(database, state) == [("W-1", "minor", True, 0, None), ("W-2", "minor", True, 0, None)]
    with database.connect() as connection:
        connection.execute("UPDATE ops.well_data_gaps SET owner = 'R. Reservoir', due_date = '2026-06-01'")
    moved = scored(candidate("W-1", 1, 2132.0), "A")
    found = targets(moved, scored(SECOND, "C"), scored(NONE, "Q"))
    second = ranking(profile.scoring_profile_id, found, gaps(gap(moved, severity="major")))
    written = write(database, second, "b")
    assert (written.gaps_opened, written.gaps_resolved) == (0, 1)
    assert rows(database, state) == [
        ("W-1", "major", True, 0, "R. Reservoir"),
        ("W-2", "minor", False, 0, "R. Reservoir"),
    ]
    written = write(database, three(profile, gaps(gap(FIRST), gap(SECOND), gap(NONE))), "c")
    assert (written.gaps_opened, written.gaps_resolved) == (2, 0)
    assert rows(database, state) == [
        ("W-1", "minor", True, 0, "R. Reservoir"),
        ("W-2", "minor", True, 1, "R. Reservoir"),
        ("W-3", "minor", True, 0, None),
    ]


def test_that_a_moved_interval_keeps_its_key_and_its_review(database: Postgres, profile: StoredProfile) -> None:
    first = write(database, three(profile))
    with database.connect() as connection:
        said = {"expected": 0, "state": "rejected", "note": "Wet.", "actor": "an.engineer"}
        target = {"reopening_target_id": first.targets["reopening_target_id"][0]}
        assert connection.execute(sql.query("insert_review_event"), said | target).fetchone() == (1,)
    moved = candidate("W-1", 1, 2138.0, base_md_m=2146.0)
    found = targets(scored(SECOND, "B"), scored(moved, "B"), scored(NONE, "Q"))
    second = write_ranking(
        database, snapshot("b"), discovery([moved, SECOND]), ranking(profile.scoring_profile_id, found)
    )
    with database.connect() as connection:
        changes = connection.execute(
            sql.query("select_rank_changes"), {"run_id": second.run_id, "previous_run_id": first.run_id}
        ).fetchall()
        assert [row[1:5] for row in changes] == [("W-2", 1, 2, 1), ("W-1", 2, 1, -1), ("W-3", 3, 3, 0)]
        [review] = connection.execute(sql.query("select_reviewed_targets"), {"run_id": second.run_id}).fetchall()
        assert (review[2], review[4], review[5], review[-1]) == (2, "rejected", "Wet.", True)


def test_that_a_reviewed_interval_that_was_away_for_a_run_comes_back_to_its_review(
    database: Postgres, profile: StoredProfile
) -> None:
    first = write(database, three(profile))
    keys = dict(first.targets.select("well_id", "target_key").iter_rows())
    with database.connect() as connection:
        said = {"expected": 0, "state": "rejected", "note": "Wet.", "actor": "an.engineer"}
        target = {"reopening_target_id": first.targets["reopening_target_id"][0]}
        connection.execute(sql.query("insert_review_event"), said | target)
    without = ranking(profile.scoring_profile_id, targets(scored(NONE, "Q")))
    for content in ("b", "c"):
        write_ranking(database, snapshot(content), discovery([candidate("W-9", 1, 900.0)]), without)
    moved = [candidate("W-1", 1, 2136.0, base_md_m=2146.0), candidate("W-2", 1, 2501.0, base_md_m=2510.0)]
    found = targets(scored(moved[0], "A"), scored(moved[1], "C"), scored(NONE, "Q"))
    back = write_ranking(database, snapshot("d"), discovery(moved), ranking(profile.scoring_profile_id, found))
    returned = dict(back.targets.select("well_id", "target_key").iter_rows())
    assert returned["W-1"] == keys["W-1"], "where somebody decided"
    assert returned["W-2"] != keys["W-2"], "where nobody did, nothing hangs on it"
    with database.connect() as connection:
        [review] = connection.execute(sql.query("select_reviewed_targets"), {"run_id": back.run_id}).fetchall()
        assert (review[4], review[5]) == ("rejected", "Wet.")


def test_that_two_at_once_leave_one_current_run(database: Postgres, profile: StoredProfile) -> None:
    done: list[Written] = []
    both = threading.Barrier(2)

    def rank(content: str) -> None:
        both.wait()
        done.append(write(database, three(profile, gaps(gap(FIRST))), content))

    for contents in ("ab", "cc"):
        threads = [threading.Thread(target=rank, args=[content]) for content in contents]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [run.new for run in done[:2]] == [True, True]
    assert sorted(run.new for run in done[2:]) == [False, True]
    assert rows(database, "SELECT run_id FROM ops.reopen_ranking_runs WHERE is_current") == [(done[2].run_id,)]
    assert counts(database)["well_data_gaps"] == 1
    assert len({tuple(run.targets["target_key"]) for run in done}) == 1


@pytest.mark.parametrize("table", ["well_bypassed_candidates", "well_reopening_targets", "well_data_gaps"])
def test_that_a_run_that_is_killed_leaves_nothing(database: Postgres, profile: StoredProfile, table: str) -> None:
    """Its session is ended by the server while it waits in the middle of its rows."""
    first = write(database, three(profile, gaps(gap(FIRST))))
    before = counts(database)
    with database.connect() as holder, holder.transaction():
        holder.execute(f"LOCK TABLE ops.{table} IN SHARE ROW EXCLUSIVE MODE")
        failed: list[Exception] = []

        def rank() -> None:
            try:
                write(database, three(profile, gaps(gap(SECOND))), "b")
            except DatabaseUnreachable as error:
                failed.append(error)

        running = threading.Thread(target=rank)
        running.start()
        ended = None
        until = time.monotonic() + 120
        with database.connect() as killer:
            while ended is None and time.monotonic() < until:
                ended = killer.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE wait_event_type = 'Lock' AND datname = current_database()"
                ).fetchone()
        running.join()
    assert len(failed) == 1
    assert counts(database) == before
    assert rows(database, "SELECT run_id FROM ops.reopen_ranking_runs WHERE is_current") == [(first.run_id,)]
    assert write(database, three(profile, gaps(gap(SECOND))), "b").new


def test_that_a_failed_run_is_noted_and_may_be_tried_again(database: Postgres, profile: StoredProfile) -> None:
    run_id = record_failure(database, snapshot(), three(profile), "W-1.las: is gone.")
    assert rows(database, "SELECT status, error, is_current FROM ops.reopen_ranking_runs") == [
        ("failed", "W-1.las: is gone.", False)
    ]
    found = write(database, three(profile))
    assert (found.run_id, found.new) == (run_id, True)
    assert record_failure(database, snapshot(), three(profile), "again") == run_id
    assert rows(database, "SELECT status, error, is_current FROM ops.reopen_ranking_runs") == [
        ("succeeded", None, True)
    ]


def test_that_a_row_that_cannot_be_is_refused_in_a_sentence(database: Postgres, profile: StoredProfile) -> None:
    first = write(database, three(profile))
    before = counts(database)
    bad = targets(scored(FIRST, "A", scores={"static": 1.5}))
    with pytest.raises(RankingRefused, match=r"well_reopening_targets_score_check.*Nothing of it was written"):
        write(database, ranking(profile.scoring_profile_id, bad), "b")
    assert counts(database) == before
    assert rows(database, "SELECT run_id FROM ops.reopen_ranking_runs WHERE is_current") == [(first.run_id,)]


def test_that_what_discover_wrote_is_not_written_again(database: Postgres, profile: StoredProfile) -> None:
    found = write_discovery(database, snapshot(), discovery([FIRST, SECOND]))
    assert write_discovery(database, snapshot(), discovery([FIRST, SECOND])) == found
    written = write(database, three(profile))
    assert written.discovery_id == found
    assert counts(database)["well_bypassed_candidates"] == 2


def test_that_many_slices_are_as_one(
    database: Postgres, profile: StoredProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "copy_frame", partial(copy_frame, rows_at_once=1))
    write_ranking(database, snapshot(), discovery([FIRST, SECOND]), three(profile))
    said = "SELECT well_id FROM ops.well_reopening_targets ORDER BY target_rank"
    assert rows(database, said) == [("W-1",), ("W-2",), ("W-3",)]


def test_that_only_the_current_flag_of_a_run_may_change(database: Postgres, profile: StoredProfile) -> None:
    write(database, three(profile))
    with database.connect() as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only is_current may change"):
            connection.execute("UPDATE ops.reopen_ranking_runs SET as_of = '2020-01-01'")
        connection.execute("UPDATE ops.reopen_ranking_runs SET is_current = false")
