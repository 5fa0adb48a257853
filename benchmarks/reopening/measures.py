"""What is measured, in rounds; in each round every contender has a turn, one after another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec
import polars as pl
import psycopg

from benchmarks.reopening import in_sql
from benchmarks.reopening.answers import COLUMNS, answer_of, differences
from benchmarks.reopening.database import Databases, note_parents, recording, seconds_of_copy
from benchmarks.reopening.logs import Discovered
from benchmarks.reopening.one_run import Failed, run
from benchmarks.reopening.ranking import Took, rank_and_write
from benchmarks.reopening.workload import random_targets, what_scoring_reads
from benchmarks.spread import Spread, ratio
from schemas.profiles import default_profile
from welltegra.simulator.field.making import make_field
from welltegra.simulator.field.plan import FieldOptions

Tell = Callable[[str], None]
CONTENDERS = {"polars": "this project", "pandas": "pandas", "sql": "SQL in PostgreSQL"}


class Scoring(msgspec.Struct, frozen=True):
    """How long contenders took to score, gate and rank [s], and the most memory they held [MB]; SQL's is not ours."""

    targets: int
    rounds: int
    seconds: dict[str, Spread]
    peak_mb: dict[str, float]
    times_ours: dict[str, Spread]
    classes: dict[str, int]


class Writing(msgspec.Struct, frozen=True):
    """How long whole runs took, and COPY alone of the bytes that they sent [s]."""

    targets: int
    gaps: int
    rounds: int
    sent_mb: float
    whole: Spread
    copy_alone: Spread
    times_copy: Spread
    parts: dict[str, float]
    peak_mb: float


class Logs(msgspec.Struct, frozen=True):
    """How long discovery took for so many files, and lasio alone [s]; parts are medians."""

    files: int
    size_mb: float
    rounds: int
    candidates: int
    whole: Spread
    lasio_alone: Spread
    times_lasio: Spread
    parts: dict[str, float]

    @property
    def files_a_second(self) -> float:
        return self.files / self.whole.median


def scoring(server: Databases, folder: Path, targets: int, rounds: int, tell: Tell) -> Scoring:
    """Return how long contenders take; raise Failed if their answers are not the same."""
    frame = folder / f"targets-{targets}.arrow"
    profile = default_profile()
    made = what_scoring_reads(random_targets(targets), profile)
    made.write_ipc(frame, record_batch_size=targets)
    seconds: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    peaks: dict[str, float] = dict.fromkeys(CONTENDERS, 0.0)
    classes: dict[str, int] = {}
    with server.one() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        tell(f"{targets:,} targets: laying them into PostgreSQL")
        in_sql.load(connection, made)
        del made
        for number in range(1, rounds + 1):
            answers = {name: folder / f"{name}-{targets}.parquet" for name in CONTENDERS}
            for name in ("polars", "pandas"):
                tell(f"{targets:,} targets, round {number}: {CONTENDERS[name]}")
                said = run(name, str(frame), str(answers[name]))
                seconds[name].append(said["seconds"])
                peaks[name] = max(peaks[name], said["peak_mb"])
            tell(f"{targets:,} targets, round {number}: {CONTENDERS['sql']}")
            seconds["sql"].append(_seconds_of_sql(connection, in_sql.statement(profile), answers["sql"]))
            ours = pl.read_parquet(answers["polars"])
            classes = dict(ours["classification"].value_counts().sort("classification").iter_rows())
            for name in ("pandas", "sql"):
                if differing := differences(ours, pl.read_parquet(answers[name])):
                    raise Failed(f"{CONTENDERS[name]}: must find what we do; differs in so many targets: {differing}")
    return Scoring(
        targets,
        rounds,
        {name: Spread.of(found) for name, found in seconds.items()},
        {name: peak for name, peak in peaks.items() if peak},
        {name: ratio(found, seconds["polars"]) for name, found in seconds.items()},
        classes,
    )


def _seconds_of_sql(connection: psycopg.Connection[Any], statement: str, answer: Path) -> float:
    connection.execute("DROP TABLE IF EXISTS ranked")
    connection.execute("CHECKPOINT")
    started = perf_counter()
    connection.execute(statement)
    seconds = perf_counter() - started
    with connection.cursor().copy(in_sql.answer()) as copy:
        text = b"".join(map(bytes, copy))
    answer_of(pl.read_csv(text, has_header=False, new_columns=list(COLUMNS))).write_parquet(answer)
    return seconds


def writing(server: Databases, folder: Path, targets: int, rounds: int, tell: Tell) -> Writing:
    """Return how long whole runs take beside COPY alone."""
    frame = folder / f"targets-{targets}.arrow"
    made = random_targets(targets)
    made.write_ipc(frame, record_batch_size=targets)
    tell(f"writing {targets:,} targets: recording what is sent")
    with server.one() as dsn:
        with recording() as recorded:
            rank_and_write(dsn, made, server.profile_id)
        note_parents(dsn, recorded)
        with psycopg.connect(dsn) as connection:
            gaps = connection.execute("SELECT count(*) FROM ops.well_data_gaps").fetchone()
    del made
    whole: list[Took] = []
    alone, peak = [], 0.0
    for number in range(1, rounds + 1):
        tell(f"writing {targets:,} targets, round {number}: the whole run")
        with server.one() as dsn:
            said = run("write", str(frame), dsn, str(server.profile_id))
        whole.append(msgspec.convert(said["took"], Took))
        peak = max(peak, said["peak_mb"])
        tell(f"writing {targets:,} targets, round {number}: COPY alone")
        with server.one() as dsn:
            alone.append(seconds_of_copy(dsn, recorded))
    seconds = [one.whole for one in whole]
    parts = {name: Spread.of([getattr(one, name) for one in whole]).median for name in Took.__dataclass_fields__}
    assert gaps is not None
    return Writing(
        targets,
        gaps[0],
        rounds,
        recorded.size_mb,
        Spread.of(seconds),
        Spread.of(alone),
        ratio(seconds, alone),
        parts,
        peak,
    )


def logs(folder: Path, files: int, rounds: int, tell: Tell) -> Logs:
    """Return how long discovery takes beside lasio alone, over the logs of a synthetic field without faults."""
    tell(f"making {files:,} logs")
    field = folder / "field"
    make_field(FieldOptions(files, 7, 1.0, logs=True, gaps=False), field)
    sizes = [path.stat().st_size for path in (field / "logs").iterdir()]
    found, alone = [], []
    for number in range(1, rounds + 1):
        tell(f"{files:,} logs, round {number}: discovery")
        found.append(msgspec.convert(run("discover", str(field), str(folder / "tally"))["found"], Discovered))
        tell(f"{files:,} logs, round {number}: lasio alone")
        alone.append(run("lasio", str(field), "")["seconds"])
    seconds = [one.project + one.logs for one in found]
    parts = {
        "reading the project's tables": [one.project for one in found],
        "lasio": [one.lasio for one in found],
        "the rest of reading, and the search itself": [one.logs - one.lasio for one in found],
    }
    return Logs(
        found[0].files,
        sum(sizes) / 1e6,
        rounds,
        found[0].candidates,
        Spread.of(seconds),
        Spread.of(alone),
        ratio(seconds, alone),
        {name: Spread.of(values).median for name, values in parts.items()},
    )
