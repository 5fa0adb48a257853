"""All there is to one target, as its drawer shows it; in a transaction of the caller's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final
from uuid import UUID

from connectors.ops.contributions import contributions_of, profile_of
from connectors.ops.reading import Connection, all_of, found_by, one_of
from connectors.ops.shapes_of_targets import (
    GapRow,
    Interval,
    Neighbour,
    Production,
    ReviewEvent,
    SourceRow,
    Spatial,
    Strip,
    TargetDetail,
)
from connectors.ops.worklist import rows
from scoring.vocabulary import COMPONENTS

_NEIGHBOURS: Final = 40

Json = Mapping[str, Any]


def detail(connection: Connection, project_id: str, target_id: UUID) -> TargetDetail | None:
    """Return all there is to a target; None where the project has no such target."""
    found = found_by(connection, "select_target", {"project_id": project_id, "reopening_target_id": target_id})
    if found is None:
        return None
    well = {name: found[name] for name in ("project_id", "input_sha256", "well_id")}
    strip = {"discovery_id": found["discovery_id"], "candidate_id": found["source_candidate_id"]}
    return TargetDetail(
        row=rows(connection, found["run_id"], [target_id])[0],
        run_id=found["run_id"],
        project_id=project_id,
        is_current=found["is_current"],
        profile_key=found["profile_key"],
        profile_id=found["scoring_profile_id"],
        scoring_version=found["scoring_version"],
        generated_at=found["generated_at"],
        as_of=found["as_of"],
        weights=_weights(found["profile_content"]),
        coverage={name: found[f"{name}_coverage"] for name in COMPONENTS},
        contributions=contributions_of(found["contributions"], found["profile_content"]),
        blocking_reason=found["blocking_reason"],
        what_would_change=found["what_would_change"],
        historic_payload_class=found["historic_payload_class"],
        assumptions=found["assumptions_json"],
        facts=found["facts"],
        interval=Interval(**{one.name: found[one.name] for one in fields(Interval)}),
        strip=one_of(connection, Strip, "select_strip", strip),
        gaps=tuple(all_of(connection, GapRow, "select_target_gaps", found)),
        evidence_pack_id=found["evidence_pack_id"],
        sources=tuple(all_of(connection, SourceRow, "select_target_sources", well)),
        production=one_of(connection, Production, "select_production", well),
        spatial=_spatial(connection, found),
        reviews=tuple(reviews(connection, found["target_key"])),
        stated=tuple(one for one in found["stated_inputs"] if _is_of(one, found)),
    )


def reviews(connection: Connection, target_key: UUID) -> list[ReviewEvent]:
    """Return what was decided and noted about a target in all its runs, the newest first."""
    return all_of(connection, ReviewEvent, "select_reviews", {"target_key": target_key})


def _weights(content: str) -> dict[str, float]:
    return {component.name: component.weight for component in profile_of(content).components}


def _is_of(stated: Json, found: Json) -> bool:
    return stated["well_id"] == found["well_id"] and stated.get("zone") in (None, found["zone"])


def _spatial(connection: Connection, found: Json) -> Spatial:
    x_m, y_m = found["map_x_m"], found["map_y_m"]
    near: list[Neighbour] = []
    if x_m is not None and y_m is not None:
        place = {**found, "x_m": x_m, "y_m": y_m, "tvdss_m": _middle(found, "tvdss_m"), "most": _NEIGHBOURS}
        near = all_of(connection, Neighbour, "select_neighbours", place)
    path_x_m, path_y_m = _path(found)
    made: dict[str, Any] = {
        "x_m": x_m,
        "y_m": y_m,
        "place_at": _place_at(found),
        "path_x_m": path_x_m,
        "path_y_m": path_y_m,
        "crs_confidence": found["location_confidence"],
        "anchor": _anchor(found),
        "neighbours": tuple(near),
    }
    return Spatial(**{one.name: found[one.name] for one in fields(Spatial) if one.name not in made}, **made)


def _middle(found: Json, of: str) -> float | None:
    top, base = found[f"top_{of}"], found[f"base_{of}"]
    return None if top is None or base is None else float(top + base) / 2.0


def _place_at(found: Json) -> str | None:
    """Return what the place is of; rankings from before places at depth kept the wellhead, and so does the table."""
    if found["map_x_m"] is None or found["map_y_m"] is None:
        return None
    return str(found["place_at"] or "wellhead")


def _path(found: Json) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the way on the map from the wellhead to the place; empty where no survey says it."""
    at = found["place_at"]
    if at not in ("interval", "survey_end") or not found["path_md_m"] or found["x_m"] is None or found["y_m"] is None:
        return (), ()
    middle = _middle(found, "md_m") if at == "interval" else None
    ways = zip(found["path_md_m"], found["path_x_m"], found["path_y_m"], strict=True)
    above = [(x, y) for md, x, y in ways if middle is None or md < middle]
    return (*(x for x, _ in above), found["x_m"]), (*(y for _, y in above), found["y_m"])


def _anchor(found: Json) -> str:
    """Return whether the interval has its place in space, something on the map alone, or nothing.

    A wellhead says nothing of where an interval is, nor does the end of a survey that does not reach it.
    """
    in_space = None not in (found["ecef_x_m"], found["ecef_y_m"], found["ecef_z_m"])
    if in_space and found["place_at"] == "interval" and found["vertical_datum"] is not None:
        return "anchored"
    placed = found["latitude_deg"] is not None or found["map_x_m"] is not None
    return "horizontal only" if placed else "unanchored"
