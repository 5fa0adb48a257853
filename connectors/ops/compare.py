"""Two rankings of a project side by side, of two runs or of two profiles: who moved, and which input moved them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import polars as pl
from psycopg.rows import dict_row

import sql
from connectors.ops.contributions import in_order, profile_of, weight_of
from connectors.ops.reading import Connection, found_by
from connectors.ops.rows import contributions
from connectors.ops.shapes_of_lists import Comparison, Move, MovedInput
from connectors.ops.worklist import run
from scoring.profile import Profile

MOST_MOVES: Final = 200
# What an input must move a total by to be named [-]: contributions have six decimals.
_LEAST: Final = 5e-6

_IDS: Final = ("target_key", "reopening_target_id", "well_id", "well_name", "event_no")
_PLACE: Final = {"target_rank": "rank", "classification": "classification", "total_score": "total"}

Json = Mapping[str, Any]


def compare_runs(
    connection: Connection, project_id: str, before: UUID, after: UUID, most: int = MOST_MOVES
) -> Comparison | None:
    """Return how a project's targets differ between two of its runs, also of different profiles.

    Those that differ most come first, at most `most`: of another class, new or gone, then by ranks. None where the
    project has not both runs, or one failed.
    """
    of_before, of_after = run(connection, project_id, before), run(connection, project_id, after)
    if of_before is None or of_after is None or "failed" in (of_before.status, of_after.status):
        return None
    of = {"before": before, "after": after}
    contents = dict(
        connection.execute(
            sql.query("select_run_profiles"), {"project_id": project_id, "runs": [before, after]}
        ).fetchall()
    )
    profiles = profile_of(contents[before]), profile_of(contents[after])
    counts = found_by(connection, "count_moves", of)
    assert counts is not None
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(sql.query("select_moves"), of | {"most": max(0, min(most, MOST_MOVES))}).fetchall()
    return Comparison(
        before=of_before,
        after=of_after,
        moves=tuple(_move(row, *profiles) for row in found),
        moved=counts["moved"],
        entered=counts["entered"],
        left=counts["left_out"],
        changed=counts["changed"],
        differing=counts["differing"],
    )


def _move(row: dict[str, Any], before: Profile, after: Profile) -> Move:
    was, now = row.pop("contributions_before"), row.pop("contributions_after")
    both = was is not None and now is not None
    return Move(**row, moved_by=moved_inputs(was, now, before, after) if both else ())


def compare_scored(
    before: pl.DataFrame, after: pl.DataFrame, by: tuple[Profile, Profile], most: int = MOST_MOVES
) -> tuple[int, tuple[Move, ...]]:
    """Return how many targets have another rank or class in another ranking of the same ones, and who moved how.

    Those of another class come first, then by ranks, at most `most`. before, after: as `scoring.rank.rank` returns
    them, with the ids of the targets. by: the profile of each.
    """
    changed = (
        _placed(before, "before")
        .join(_placed(after, "after"), on=_IDS[0])
        .with_columns(risen_by=pl.col("rank_before") - pl.col("rank_after"))
        .filter((pl.col("risen_by") != 0) | _differs("classification"))
    )
    last = (pl.col("risen_by").abs(), "rank_after", "target_key")
    moved = changed.sort(_differs("classification"), *last, descending=[True, True, False, False]).head(most)
    ids = after.select(_IDS).join(moved, on="target_key", how="right", maintain_order="right")
    counted = [_contributions(frame, ids["target_key"]) for frame in (before, after)]
    moves = []
    for row in ids.iter_rows(named=True):
        key, target_id = row["target_key"], UUID(row.pop("reopening_target_id"))
        inputs = moved_inputs(counted[0][key], counted[1][key], *by)
        own = row | {"target_key": UUID(key), "target_id_before": target_id, "target_id_after": target_id}
        moves.append(Move(**own, moved_by=inputs))
    return changed.height, tuple(moves)


def _placed(frame: pl.DataFrame, side: str) -> pl.DataFrame:
    places = (pl.col(name).alias(f"{said}_{side}") for name, said in _PLACE.items())
    return frame.select("target_key", *places).with_columns(pl.col(f"classification_{side}").cast(pl.String))


def _differs(name: str) -> pl.Expr:
    return pl.col(f"{name}_before") != pl.col(f"{name}_after")


def _contributions(frame: pl.DataFrame, keys: pl.Series) -> dict[str, Json]:
    """Return the contributions of these targets, as a run stores them."""
    some = frame.filter(pl.col("target_key").is_in(keys.implode()))
    fields = pl.struct(one.alias(name) for name, one in contributions(some).items())
    return dict(some.select("target_key", fields.alias("contributions")).iter_rows())


def moved_inputs(was: Json, now: Json, before: Profile, after: Profile) -> tuple[MovedInput, ...]:
    """Return the inputs that add something else to the total than before, the largest move first."""
    earlier, later = _counted(was, before), _counted(now, after)
    # As people list them; an input that only the earlier profile had comes last.
    found = (_moved(name, earlier.get(name, _NOTHING), later.get(name, _NOTHING)) for name in {**later, **earlier})
    return tuple(sorted((one for one in found if abs(one.moved) > _LEAST), key=lambda one: -abs(one.moved)))


@dataclass(frozen=True, slots=True)
class _Counted:
    """How one profile counts an input of a target."""

    value: Any = None
    utility: float | None = None
    curve: object = None
    weight: float = 0.0
    component_weight: float = 0.0
    contribution: float = 0.0

    @property
    def added(self) -> float:
        """What it adds to the total [-]."""
        return self.component_weight * self.contribution


_NOTHING: Final = _Counted()


def _counted(stored: Json, profile: Profile) -> dict[tuple[str, str], _Counted]:
    return {
        (component.name, one.name): _Counted(
            said.get("value"),
            said.get("utility"),
            (one.curve, one.table, one.water_cut, one.items, one.not_applicable_x),
            weight_of(stored, component, one),
            component.weight,
            said.get("contribution") or 0.0,
        )
        for component in profile.components
        for one in in_order(component)
        for said in [stored.get(one.name) or {}]
    }


def _moved(name: tuple[str, str], was: _Counted, now: _Counted) -> MovedInput:
    return MovedInput(
        component=name[0],
        input=name[1],
        before=was.value,
        after=now.value,
        utility_before=was.utility,
        utility_after=now.utility,
        curve_changed=was.curve != now.curve,
        weight_before=round(was.weight, 6),
        weight_after=round(now.weight, 6),
        component_weight_before=was.component_weight,
        component_weight_after=now.component_weight,
        moved=round(now.added - was.added, 6),
    )
