"""The class table: total, exclusive, first match; and the sentence, gap and action that go with a class."""

from __future__ import annotations

from itertools import product
from typing import Any

import polars as pl
import pytest

from schemas.profiles import default_profile
from scoring.actions import recommended_action
from scoring.classify import OF_RULE, class_rule, classification, with_blocking_reason
from scoring.gaps import GAP
from scoring.gates import columns_of, failing, holding
from scoring.scores import score
from scoring.vocabulary import CLASSES, COMPLETION_STATUSES, GAPS
from tests.scoring.targets import targets

PROFILE = default_profile()
LEVELS = (0.0, 0.349999, 0.35, 0.399999, 0.45, 0.499999, 0.5, 0.649999, 0.65, 0.75, 1.0)


def grid() -> pl.DataFrame:
    """Return every combination of scores at and beside the thresholds, and of what gates can do."""
    scores = [dict(zip(("d", "o", "c", "t"), values, strict=True)) for values in product(LEVELS, repeat=4)]
    frame = pl.DataFrame(scores).rename(
        {"d": "dynamic_score", "o": "operability_score", "c": "confidence_score", "t": "total_score"}
    )
    frame = frame.with_columns(
        pl.lit(0.6).alias("static_score"),
        pl.col("dynamic_score").alias("dynamic_potential"),
        pl.col("operability_score").alias("operability_potential"),
        pl.col("total_score").alias("total_potential"),
        pl.lit("none").alias("abandoned"),
        pl.lit("green").alias("integrity"),
    )
    gates = {column: pl.lit(False).alias(column) for column, _, _ in columns_of(PROFILE)}
    frame = frame.with_columns(gates.values())
    parts = []
    for planted in (None, failing("G1.IDENTITY"), failing("G3.EVIDENCE"), holding("G3.EVIDENCE"), failing("G2.CRS")):
        for access, reason in product(("restricted", "none", None), ("disputed", None)):
            part = frame.with_columns(
                pl.lit(access, pl.String).alias("access"), pl.lit(reason, pl.String).alias("quarantine_reason")
            )
            parts.append(part if planted is None else part.with_columns(pl.lit(True).alias(planted)))
    return pl.concat(parts)


def test_that_the_class_table_is_total_and_exclusive() -> None:
    found = grid().with_columns(class_rule(PROFILE).alias("class_rule")).with_columns(classification().alias("class"))
    total, c, o, d = (pl.col(f"{name}_score") for name in ("total", "confidence", "operability", "dynamic"))
    critical, major = pl.col(failing("G1.IDENTITY")), pl.col(failing("G3.EVIDENCE"))
    held = pl.col(holding("G3.EVIDENCE")) | pl.col(failing("G2.CRS"))
    q = critical | pl.col("quarantine_reason").is_not_null()
    out = (pl.col("access") == "none").fill_null(False) | (d < 0.35) | (o < 0.35) | (total < 0.45)
    weak = major | (c < 0.40) | (total < 0.45) | (d < 0.35) | (o < 0.35)
    strong = ~held & (total >= 0.65) & (c >= 0.75) & (o >= 0.50) & (d >= 0.45)
    regions = {"R1": q, "R2": ~q & out, "R3": ~q & ~out & weak, "R4": ~q & ~out & ~weak & strong}
    regions["R5"] = ~q & ~out & ~weak & ~strong
    for rule, region in regions.items():
        assert found.filter(region)["class_rule"].unique().to_list() == [rule]
        assert found.filter(region)["class"].unique().to_list() == [OF_RULE[rule]]
    assert found.select(pl.sum_horizontal(region.cast(pl.Int8) for region in regions.values()) == 1).to_series().all()


@pytest.mark.parametrize(
    "row, name, rule, leads, says",
    [
        ({"identity_problem": "two"}, "Q", "R1", "G1.IDENTITY", "the well must have one canonical id; was two."),
        ({"quarantine_reason": "lawsuit"}, "Q", "R1", "MANUAL.QUARANTINE", "was lawsuit. Ask its author."),
        ({"integrity": "red", "access": None}, "D", "R2", "G3.OPERABILITY", "integrity red, access unknown"),
        ({"abandoned": "permanent"}, "D", "R2", "G3.OPERABILITY", "abandoned permanent. Remove what rules the job out"),
        ({"pressure_ratio": 0.0, "depletion_ratio": 1.0, "offset_drained_fraction": 1.0, "unswept_hcpt_m": 0.0},
         "D", "R2", None, None),
        ({"rw_source": None}, "C", "R3", "G1.PARAMS", "Rw 0.07 ohm.m from unknown"),
        ({"rw_source": None, "vsh_coverage": 0.0}, "C", "R3", "G1.CURVES", "was 0.0 %, 100.0 % and 100.0 %"),
        ({"cost_ratio": None, "integrity": "orange", "workover_complexity": "re_entry", "access": "restricted",
          "cement_bond": None, "tubing_access": False}, "C", "R3", "INPUT.COST_RATIO",
         "operability score must be 0.35 or more, was 0.23. Estimate the job"),
        ({"evidence_completeness": 0.8}, "B", "R5", "G3.EVIDENCE", None),
        ({"crs_problem": "no CRS"}, "B", "R5", "G2.CRS", None),
        ({"log_quality": 0.0}, "A", "R4", None, None),
    ],
)  # fmt: skip
def test_that_a_class_has_its_rule_leading_gap_and_reason(
    row: dict[str, Any], name: str, rule: str, leads: str | None, says: str | None
) -> None:
    target = score(targets(row), PROFILE).targets.row(0, named=True)
    assert (target["classification"], target["class_rule"], target["leading_gap"]) == (name, rule, leads)
    reason = target["blocking_reason"]
    assert reason is None if says is None else says in reason and reason.startswith("W-1 Hugin 3000.0-3020.0 m MD: ")


def test_that_each_class_gap_and_completion_has_an_action_or_is_d() -> None:
    statuses = [*COMPLETION_STATUSES, None]
    rows = list(product(CLASSES, [*GAPS, None], statuses))
    frame = pl.DataFrame(
        {
            "classification": pl.Series([row[0] for row in rows], dtype=pl.Enum(CLASSES)),
            "leading_gap": pl.Series([row[1] for row in rows], dtype=GAP),
            "completion_status": pl.Series([row[2] for row in rows], dtype=pl.String),
        }
    ).with_columns(recommended_action(PROFILE))
    assert frame.filter(pl.col("recommended_action").is_null() != (pl.col("classification") == "D")).is_empty()
    never = frame.filter(pl.col("classification") == "A", pl.col("completion_status") == "never_perforated")
    assert never["recommended_action"].unique().to_list() == ["Prioritize cased-hole review and recompletion planning."]


@pytest.mark.parametrize(("dynamic", "words"), [(0.3499, "was 0.3499"), (0.349999, "was 0.349999"), (0.31, "was 0.31")])
def test_that_a_score_just_below_its_threshold_reads_apart_from_it(dynamic: float, words: str) -> None:
    scored = score(targets({}), PROFILE).targets.with_columns(
        dynamic_score=pl.lit(dynamic), classification=pl.lit("C"), leading_gap=pl.lit(None, GAP)
    )
    gates = {column: pl.lit(False).alias(column) for column, _, _ in columns_of(PROFILE)}
    (reason,) = with_blocking_reason(scored.with_columns(gates.values()), PROFILE)["blocking_reason"]
    assert f"dynamic score must be 0.35 or more, {words}. " in reason
