"""What scoring makes is what the tables and the contract take."""

from __future__ import annotations

from io import BytesIO

import polars as pl

from connectors.ops import contract
from connectors.ops.ids import ids_of
from connectors.ops.profiles import StoredProfile
from connectors.ops.writer import write_ranking
from connectors.postgres.config import Postgres
from schemas.contract_check import check
from schemas.profiles import default_profile
from scoring.explain import what_would_change
from scoring.rank import rank
from scoring.scores import score
from tests.connectors.ops.frames import candidate, discovery, ranking, snapshot
from tests.scoring.targets import random_targets


def test_that_scored_targets_are_written_as_they_are(database: Postgres, profile: StoredProfile) -> None:
    given = random_targets(600, seed=3).with_columns(gross_m=pl.col("net_pay_m") + 1, sw_model=pl.lit("archie"))
    given = given.with_columns(pl.Series("candidate_id", ids_of(("candidate",), given["candidate_id"])), rt=18.4)
    scored = score(given, default_profile())
    targets = rank(scored.targets)
    targets = targets.with_columns(what_would_change(targets, default_profile()))
    run = ranking(profile.scoring_profile_id, targets, scored.gaps)
    written = write_ranking(database, snapshot(), discovery([candidate("W-1", 1, 2134.0)]), run)
    assert written.gaps_opened == scored.gaps.height
    with database.connect() as connection:
        said = connection.execute(
            "SELECT target_rank, well_id, total_score, classification, class_rule, what_would_change,"
            " cardinality(gap_codes),"
            " (SELECT sum((each.value ->> 'contribution')::float8) FROM jsonb_each(contributions) AS each),"
            " facts -> 'closures' FROM ops.well_reopening_targets ORDER BY target_rank"
        ).fetchall()
    columns = ("target_rank", "well_id", "total_score", "classification", "class_rule", "would_change")
    assert [row[:6] for row in said] == targets.select(columns).rows()
    assert sum(row[6] for row in said) == scored.gaps.height
    components = targets.select(
        pl.sum_horizontal(pl.col("^(static|dynamic|operability|confidence)_score$"))
    ).to_series()
    assert all(abs(row[7] - total) < 3e-5 for row, total in zip(said, components, strict=True))
    assert [row[8] for row in said] == targets["closures"].to_list()
    file = BytesIO()
    contract.write_targets(file, snapshot(), run, written)
    assert [str(fault) for fault in check(file.getvalue()).faults] == []
