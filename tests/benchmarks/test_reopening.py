"""The contenders of `make bench-reopening` find the same, and its report says what was found and what was asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import psycopg
import pytest

from benchmarks.reopening import in_pandas, in_sql
from benchmarks.reopening.answers import COLUMNS, answer_of, differences
from benchmarks.reopening.database import Databases, databases, note_parents, recording, seconds_of_copy
from benchmarks.reopening.logs import discover, read_alone
from benchmarks.reopening.measures import Logs, Scoring, Writing, scoring
from benchmarks.reopening.one_run import Failed, run
from benchmarks.reopening.ranking import rank_and_write
from benchmarks.reopening.report import Report, asked_of, text_of
from benchmarks.reopening.workload import random_targets, what_scoring_reads
from benchmarks.spread import Spread
from schemas.profiles import default_profile
from scoring.rank import rank
from scoring.scores import score
from welltegra.simulator.field.making import make_field
from welltegra.simulator.field.plan import FieldOptions

PROFILE = default_profile()
COUNT = 3_000


@pytest.fixture(scope="module")
def server() -> Iterator[Databases]:
    with databases() as found:
        yield found


@pytest.fixture(scope="module")
def targets() -> pl.DataFrame:
    """Return random targets, a few wells without a log, and twins of all but their names."""
    made = random_targets(COUNT)
    bare = made.select("well_id", "event_no", "candidate_id").columns
    no_log = random_targets(40, 8).with_columns(
        pl.format("bare {}", "well_id").alias("well_id"),
        pl.lit(0, pl.Int32).alias("event_no"),
        *(pl.lit(None, kind).alias(name) for name, kind in made.schema.items() if name not in bare),
    )
    twins = made.head(100).with_columns(pl.format("A {}", "well_id").alias("well_id"))
    return pl.concat([made, no_log, twins])


@pytest.fixture(scope="module")
def ours(targets: pl.DataFrame) -> pl.DataFrame:
    return answer_of(rank(score(targets, PROFILE).targets))


def test_that_the_targets_are_of_every_class(ours: pl.DataFrame) -> None:
    assert set(ours["classification"]) == set("ABCDQ")
    assert ours["total_score"].n_unique() < ours.height, "some tie, so that names decide"


def test_that_pandas_finds_the_same(targets: pl.DataFrame, ours: pl.DataFrame) -> None:
    found = in_pandas.ranked(in_pandas.as_pandas(targets), PROFILE)
    assert differences(ours, answer_of(pl.from_pandas(found[list(COLUMNS)]))) == {}


def test_that_sql_finds_the_same(targets: pl.DataFrame, ours: pl.DataFrame, server: Databases) -> None:
    with server.one() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        in_sql.load(connection, what_scoring_reads(targets, PROFILE))
        connection.execute(in_sql.statement(PROFILE))
        with connection.cursor().copy(in_sql.answer()) as copy:
            text = b"".join(map(bytes, copy))
    found = pl.read_csv(text, has_header=False, new_columns=list(COLUMNS), schema_overrides={"candidate_id": pl.String})
    assert differences(ours, answer_of(found)) == {}


def test_that_an_answer_that_differs_is_told_by_column(ours: pl.DataFrame) -> None:
    other = ours.with_columns(total_score=pl.col("total_score") + (pl.col("target_rank") <= 2) * 1e-6)
    assert differences(ours, other) == {"total_score": 2}
    assert differences(ours, ours.head(10)) == {"targets": ours.height - 10}


def test_that_copy_alone_leaves_the_rows_that_a_run_does(server: Databases) -> None:
    counted = "SELECT (SELECT count(*) FROM ops.{}), (SELECT sum(hashtext(t::text)) FROM ops.{} AS t)"
    tables = ("well_reopening_targets", "well_bypassed_candidates")

    def rows_of(dsn: str) -> list[tuple[object, ...] | None]:
        with psycopg.connect(dsn) as connection:
            return [connection.execute(counted.format(table, table)).fetchone() for table in tables]

    with server.one() as dsn:
        with recording() as recorded:
            took = rank_and_write(dsn, random_targets(500), server.profile_id)
        note_parents(dsn, recorded)
        written = rows_of(dsn)
    with server.one() as dsn:
        assert seconds_of_copy(dsn, recorded) > 0
        assert rows_of(dsn) == written
    assert written[0] is not None
    assert written[0][0] == 500
    assert took.whole >= took.write > 0


def test_that_contenders_are_measured_in_processes_of_their_own(server: Databases, tmp_path: Path) -> None:
    found = scoring(server, tmp_path, 300, 1, lambda _: None)
    assert sum(found.classes.values()) == 300
    assert set(found.seconds) == {"polars", "pandas", "sql"}
    with pytest.raises(Failed, match="polars: must come to its end; ended with"):
        run("polars", str(tmp_path / "nothing.arrow"), "")


def test_that_logs_are_searched_and_read(tmp_path: Path) -> None:
    field = tmp_path / "field"
    make_field(FieldOptions(6, 7, 1.0, logs=True, gaps=False), field)
    found = discover(field, tmp_path / "tally")
    assert found.files == 6
    assert found.candidates > 0
    assert 0 < found.lasio < found.logs < found.whole
    assert read_alone(field) > 0


def a_report(seconds: float, peak_mb: float, times_copy: float) -> Report:
    one = Scoring(
        1_000_000,
        3,
        {name: Spread(seconds * times, 1, 9) for name, times in (("polars", 1), ("pandas", 2), ("sql", 0.5))},
        {"polars": peak_mb, "pandas": 5000.0},
        {name: Spread(times, times, times) for name, times in (("polars", 1.0), ("pandas", 2.0), ("sql", 0.5))},
        {"A": 3, "Q": 1},
    )
    spread = Spread(20.0, 19.0, 21.0)
    written = Writing(100, 600, 3, 5.0, spread, spread, Spread(times_copy, 1, 2), {"write": 18.0}, 900.0)
    logs = Logs(1000, 50.0, 3, 2300, spread, spread, Spread(1, 1, 1), {"lasio": 5.0, "the rest": 15.0})
    versions = {"python": "3.11"}
    asked = asked_of([one], written)
    machine: dict[str, str | int | float] = {"cpu": "C", "cores": 2, "memory_gb": 8, "os": "L"}
    return Report(datetime.now(UTC), False, machine, 0.1, 0.2, versions, [one], written, logs, asked)


def test_that_the_report_says_what_is_reached_and_what_is_not() -> None:
    good, bad = ("\n".join(text_of(report)) for report in (a_report(4, 3000, 1.4), a_report(6, 4100, 1.6)))
    assert "- reached: 1,000,000 targets scored, gated and ranked [s]: 4, asked at most 5" in good
    assert "- **not reached**: 1,000,000 targets scored, gated and ranked [s]: 6, asked at most 5" in bad
    for text, memory, copy in ((good, "- reached", "- reached"), (bad, "- **not", "- **not")):
        assert f"{memory}" in next(line for line in text.splitlines() if "memory at 1,000,000 targets" in line)
        assert f"{copy}" in next(line for line in text.splitlines() if "as COPY alone, 100 targets" in line)
    assert "- reached: pandas takes" in good
    assert "- **not reached**: SQL in PostgreSQL takes" in good
    assert "| discovery | 20 (19 to 21) | 50 |" in good
    assert "| of discovery: lasio | 5.00 (25%) |" in good
