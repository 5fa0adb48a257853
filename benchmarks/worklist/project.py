"""A project to read: random targets, scored and written as the product does, with logs, production and reviews."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
import numpy as np
import polars as pl
import psycopg

from benchmarks.reopening.workload import random_targets
from connectors.ops import reviews
from connectors.ops.ids import ids_of
from connectors.ops.profiles import ensure_canonical
from connectors.ops.reading import acting_as
from connectors.ops.runs import Discovery, Ranking, Snapshot, Written
from connectors.ops.writer import write_ranking
from connectors.postgres.config import Postgres
from schemas.profiles import canonical_profile
from scoring.discovery import CANDIDATE_COLUMNS
from scoring.explain import what_would_change
from scoring.project import Source
from scoring.rank import rank
from scoring.scores import score

_AT: Final = datetime(2026, 3, 1, tzinfo=UTC)
_FIELDS: Final = 8
# A well of so many has a log and a history of production: what a drawer shows of them is of one well alone.
_DRAWN: Final = 10
_SAMPLES, _MONTHS = 200, 120
# A target of so many has been reviewed.
_REVIEWED: Final = 20
_STATES: Final = ("in_review", "accepted", "deferred", "rejected", "needs_data")


class Project(msgspec.Struct, frozen=True):
    """A project as it was written. drawn: targets of its current ranking that have all there is to a target."""

    project_id: str
    targets: int
    gaps: int
    drawn: tuple[str, ...]


def write_project(postgres: Postgres, project_id: str, count: int) -> Project:
    """Write a project of so many targets, ranked twice, some of them reviewed."""
    targets = random_targets(count).with_columns(
        pl.format("Field {}", pl.int_range(pl.len()) % _FIELDS).alias("field"),
        pl.Series("candidate_id", ids_of(("candidate", project_id), pl.Series(map(str, range(count))))),
    )
    # The ranking before knew other pressures, so that ranks have changed since.
    before = targets.with_columns(pl.col("pressure_ratio").reverse())
    _write(postgres, project_id, before, "a", _AT)
    written = _write(postgres, project_id, targets, "b", _AT + timedelta(days=30))
    _review(postgres, project_id, written)
    drawn = set(targets["well_id"].gather_every(_DRAWN))
    found = written.targets.filter(pl.col("well_id").is_in(drawn) & pl.col("x_m").is_not_null())
    return Project(project_id, count, _gaps(postgres, project_id), tuple(found["reopening_target_id"].gather_every(7)))


def _write(postgres: Postgres, project_id: str, targets: pl.DataFrame, content: str, at: datetime) -> Written:
    document = canonical_profile()
    profile = document.profile
    stored = ensure_canonical(postgres, document)
    scored = score(targets, profile)
    ranked = rank(scored.targets)
    wells = targets.select(
        *("well_id", "field", "reservoir", "x_m", "y_m", "latitude_deg", "longitude_deg"),
        *("ecef_x_m", "ecef_y_m", "ecef_z_m", "crs_confidence"),
        name="well_name",
        crs=pl.lit("EPSG:23031"),
        vertical_datum=pl.lit("MSL"),
        kb_elevation_m=pl.lit(25.0),
    )
    drawn = targets.gather_every(_DRAWN)
    sources = tuple(
        Source(f"S{number}", "las", f"wells/well-{number}.las", 64 * content, well)
        for number, well in enumerate(targets["well_id"], 3)
    )
    shared = tuple(Source(f"S{number}", "table", f"table-{number}.csv", 64 * content, None) for number in (1, 2))
    snapshot = Snapshot(
        project_id, 64 * content, at.date(), "EPSG:23031", at, (*shared, *sources), wells, _production(drawn, at)
    )
    candidates = targets.select(name for name in CANDIDATE_COLUMNS if name in targets.columns)
    ranking = Ranking(
        scoring_profile_id=stored.scoring_profile_id,
        profile_key=profile.profile_key,
        profile_sha256=document.sha256,
        scoring_version=profile.scoring_version,
        code_version="benchmark",
        weights={component.name: component.weight for component in profile.components},
        generated_at=at,
        requested_by="benchmark",
        targets=ranked.hstack(what_would_change(ranked, profile)),
        gaps=scored.gaps,
    )
    del scored, ranked
    found = Discovery(profile.profile_key, document.sha256, "benchmark", at, candidates, _strips(drawn))
    return write_ranking(postgres, snapshot, found, ranking)


def _gaps(postgres: Postgres, project_id: str) -> int:
    with psycopg.connect(postgres.dsn) as connection:
        statement = "SELECT count(*) FROM ops.well_data_gaps WHERE resolved_at IS NULL AND project_id = %s"
        found = connection.execute(statement, [project_id]).fetchone()
    return 0 if found is None else int(found[0])


def _strips(drawn: pl.DataFrame) -> pl.DataFrame:
    """Return logs of some hundred samples around the interval of each candidate."""
    chance = np.random.default_rng(11)
    rows = drawn.height * _SAMPLES
    along = pl.Series("k", np.tile(np.arange(_SAMPLES), drawn.height))
    depths = drawn.select("candidate_id", "top_md_m").select(pl.all().repeat_by(_SAMPLES).explode())
    curves = {"gr": (20, 140), "rt": (1, 60), "vsh": (0, 0.9), "phie": (0.02, 0.3), "sw": (0.1, 1)}
    return depths.with_columns(along).select(
        "candidate_id",
        (pl.col("top_md_m") - 10 + pl.col("k") * 0.2).alias("md_m"),
        *(pl.Series(name, chance.uniform(low, high, rows)) for name, (low, high) in curves.items()),
    )


def _production(drawn: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """Return ten years of months for each well: oil that declines, and water that comes."""
    chance = np.random.default_rng(13)
    rows = drawn.height * _MONTHS
    age = np.tile(np.arange(_MONTHS), drawn.height)
    months = pl.select(month=pl.date_range(pl.date(at.year - 10, 1, 1), interval="1mo", closed="left", end=at.date()))
    oil = chance.uniform(500, 5000, rows) * np.exp(-age / 40)
    return pl.DataFrame(
        {
            "well_id": drawn["well_id"].gather(np.repeat(np.arange(drawn.height), _MONTHS)),
            "month": months["month"].head(_MONTHS).gather(age),
            "oil_sm3": oil,
            "water_sm3": oil * age / 30,
            "gas_sm3": oil * 80,
            "hours_on": chance.uniform(500, 740, rows),
        }
    )


def _review(postgres: Postgres, project_id: str, written: Written) -> None:
    """Review some of the targets, as people do who look at the list from its head."""
    ids = [UUID(one) for one in written.targets["reopening_target_id"].gather_every(_REVIEWED)]
    with postgres.session("") as connection:
        for place, state in enumerate(_STATES):
            some = ids[place :: len(_STATES)]
            with acting_as(connection, "welltegra_reviewer"):
                told = [(one, 0) for one in some]
                reviews.review_many(connection, project_id, told, state, "As the log shows.", f"reviewer-{place}")
    # Rows that come at once are not yet counted: a site that has been up for minutes has statistics.
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
