"""The targets of a ranking as scoring takes them: what a run has stored of its inputs, to be scored again.

A run keeps value and status of each input, and of each gate what it looked at, or that it failed. Scored by the profile
that the run was made with, that gives the ranking again; by another, the ranking that it would give of the same inputs.
What another profile would make of the files themselves, of logs, positions and months, is not in it: see `made_by`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import add
from typing import Any, Final
from uuid import UUID

import polars as pl

import sql
from connectors.ops.reading import Connection
from scoring.facts import columns
from scoring.profile import Input, Profile

# Sections of a profile that say what the inputs are, before anything is scored.
_MADE_BY: Final = ("archie_defaults", "petrophysics", "position", "assessment")

# Problems that a run keeps as the code of a gap: each is the whole of its gate.
_BY_GAP: Final = {
    "identity_problem": "G1.IDENTITY",
    "unit_conflict": "G1.UNIT_CONFLICT",
    "unit_alias": "G1.UNIT_ALIAS",
}
_AS_RANKED: Final = "as it was when it was ranked"
_FACTS: Final = (
    *("sampled_fraction", "max_step_m", "bad_hole_fraction", "vsh_coverage", "porosity_coverage"),
    *("resistivity_coverage", "pressure_age_years", "saturation_age_years", "series_months", "cumulative_known"),
    *("never_produced", "abandoned", "evidence_missing", "quarantine_reason", "water_cut_slope", "crs_problem"),
    *("crs_conflict", "vertical_datum_problem", "transform_chain_problem", "azimuth_problem"),
)
_SAID: Final = pl.Struct({"value": pl.String, "status": pl.String})


def made_by(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the sections by which two profiles would make other inputs of the same files; none where they would not.

    before, after: parsed JSON.
    """
    found = [name for name in _MADE_BY if before[name] != after[name]]
    ready = (one["components"]["operability"]["completion_readiness"]["items"] for one in (before, after))
    return (*found, "completion_readiness.items") if len({tuple(items) for items in ready}) > 1 else tuple(found)


def scored_targets(connection: Connection, run_id: UUID, profile: Profile) -> pl.DataFrame:
    """Return the targets of a run with the columns that `scoring.scores.score` takes, and their ids.

    profile: the one that the run was made with.
    """
    with connection.cursor().copy(sql.query("copy_scored_targets"), {"run_id": run_id}) as copy:
        text = b"".join(map(bytes, copy))
    return scored_frame(pl.read_csv(text, infer_schema=False), profile)


def scored_frame(stored: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Return what scoring takes, of rows of copy_scored_targets, all of them text."""
    inputs, facts = pl.Struct({one.name: _SAID for one in profile.inputs}), pl.Struct(dict.fromkeys(_FACTS, pl.String))
    read = stored.with_columns(
        pl.col("contributions").str.json_decode(inputs), pl.col("facts").str.json_decode(facts)
    ).unnest("facts")
    codes = pl.col("gap_codes").fill_null("").str.split(";")
    read = read.with_columns(
        *(part for one in profile.inputs for part in _input(one)),
        *(_if(codes.list.contains(code)).alias(name) for name, code in _BY_GAP.items()),
    )
    typed = read.with_columns(
        _typed(name, dtype) for name, dtype in columns(profile).items() if name in read.columns
    ).with_columns(pl.coalesce("depth_problem", _depth_problem(codes, profile)).alias("depth_problem"))
    ready = next(one for one in profile.inputs if one.items)
    return typed.with_columns(_items(ready, profile)).drop("contributions", "gap_codes")


def _input(one: Input) -> list[pl.Expr]:
    said = pl.col("contributions").struct.field(one.name)
    value = one.name if one.water_cut is None else one.water_cut.level_input
    return [
        said.struct.field("value").alias(value),
        said.struct.field("status").alias(f"{one.name}_status"),
    ]


def _typed(name: str, dtype: pl.DataType) -> pl.Expr:
    return (pl.col(name) == "true").alias(name) if dtype == pl.Boolean() else pl.col(name).cast(dtype)


def _if(condition: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(pl.lit(_AS_RANKED))


def _depth_problem(codes: pl.Expr, profile: Profile) -> pl.Expr:
    """Return the problem of a depth track that failed its gate though it is sampled well enough: somebody found one."""
    limits = profile.gates["G1.DEPTH_TRACK"].limits
    sparse = (pl.col("sampled_fraction") < float(limits["sampled_fraction_min"])) | (
        pl.col("max_step_m") > float(limits["step_max_m"]) + 1e-9
    )
    return _if(codes.list.contains("G1.DEPTH_TRACK") & ~sparse.fill_null(value=False))


def _items(one: Input, profile: Profile) -> list[pl.Expr]:
    """Return as many items true, false and unknown as there were.

    Which is which is not kept, and does not matter: each weighs alike. What is unknown of them shows in the potential
    of their component, beside the weights of its missing inputs.
    """
    component = profile.component(one.component)
    others = (
        pl.when(pl.col(f"{other.name}_status") == "missing").then(other.weight).otherwise(0.0)
        for other in component.inputs
        if other.name != one.name
    )
    score, potential = (pl.col(f"{one.component}_{of}").cast(pl.Float64) for of in ("score", "potential"))
    count = len(one.items)
    yes = (pl.col(one.name).cast(pl.Float64) * count).round()
    unknown = ((potential - score - reduce(add, others)) / one.weight * count).round()
    known = pl.col(f"{one.name}_status") != "missing"
    return [
        pl.when(known & (yes > k)).then(True).when(known & (k < count - unknown)).then(False).alias(name)
        for k, name in enumerate(one.items)
    ]
