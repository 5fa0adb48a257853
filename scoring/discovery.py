"""Interval discovery: from the logs of a project to its bypassed-pay candidates. Nothing is scored here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from scoring.candidates import candidates
from scoring.evaluation import LoggedWell, evaluate
from scoring.hole import hole_of
from scoring.parameters import PetrophysicsDefaults, PositionDefaults, ZoneParameters
from scoring.project import Project, WellLog
from scoring.strips import STRIP_COLUMNS, strips
from scoring.well_facts import WellFacts
from scoring.with_wells import ACTIONS, CANDIDATE_COLUMNS, with_wells
from scoring.zone_summary import SUMMARY_COLUMNS, zone_summary
from scoring.zones import WHOLE_LOG, stretches

__all__ = ("ACTIONS", "CANDIDATE_COLUMNS", "Discovery", "discover", "logged_wells", "zone_parameters")


@dataclass(frozen=True, slots=True, eq=False)
class Discovery:
    """What the logs hold: candidates (CANDIDATE_COLUMNS), one row a well and zone, and why a well gave nothing.

    problems: well_id, detail, one row for each. strips: the log around each candidate, STRIP_COLUMNS.
    """

    candidates: pl.DataFrame
    zones: pl.DataFrame
    problems: pl.DataFrame
    strips: pl.DataFrame


def discover(
    project: Project,
    logs: Iterable[WellLog],
    petrophysics: PetrophysicsDefaults,
    position: PositionDefaults,
    actions: Mapping[str, str] = ACTIONS,
) -> Discovery:
    """Return what the logs of a project hold, by well_id and depth, in whatever order the logs come.

    Args:
        project: The project.
        logs: At most one for each well; read one by one.
        petrophysics: The profile's petrophysics.
        position: The profile's cone of uncertainty.
        actions: What to do, by completion status; "unknown" where that is null.
    """
    found = [_found(project, batch, petrophysics, position, actions) for batch in _batches(logs)]
    return Discovery(
        _joined([one.candidates for one in found], CANDIDATE_COLUMNS, "event_no"),
        _joined([one.zones for one in found], SUMMARY_COLUMNS, "zone"),
        _joined([one.problems for one in found], _PROBLEM_COLUMNS, "detail"),
        pl.concat([pl.DataFrame(schema=STRIP_COLUMNS), *(one.strips for one in found)]).sort("candidate_id", "md_m"),
    )


_PROBLEM_COLUMNS: Final[dict[str, pl.DataType]] = {"well_id": pl.String(), "detail": pl.String()}
# Wells are judged together up to so many samples, which take some 100 MB.
_SAMPLES_TOGETHER: Final = 200_000


def _batches(logs: Iterable[WellLog]) -> Iterator[list[WellLog]]:
    batch: list[WellLog] = []
    samples = 0
    for log in logs:
        batch.append(log)
        samples += log.frame.height
        if samples >= _SAMPLES_TOGETHER:
            yield batch
            batch, samples = [], 0
    if batch:
        yield batch


def _found(
    project: Project,
    logs: Sequence[WellLog],
    petrophysics: PetrophysicsDefaults,
    position: PositionDefaults,
    actions: Mapping[str, str],
) -> Discovery:
    """Return what some wells hold, judged together."""
    facts = WellFacts(project, [log.well_id for log in logs])
    wells, told = logged_wells(project, logs, position, facts)
    samples = evaluate(wells, petrophysics)
    found = with_wells(project, wells, facts, candidates(samples, petrophysics), position, actions)
    problems = pl.DataFrame(told, schema=_PROBLEM_COLUMNS, orient="row")
    return Discovery(found, zone_summary(samples), problems, strips(samples, found))


def logged_wells(
    project: Project, logs: Sequence[WellLog], position: PositionDefaults, facts: WellFacts | None = None
) -> tuple[list[LoggedWell], list[tuple[str, str]]]:
    """Return what the logs are read by, in their order, and what keeps a well from being read: well_id and detail."""
    facts = facts or WellFacts(project, [log.well_id for log in logs])
    wells, told = [], []
    for log in logs:
        hole, survey_fault = hole_of(facts.rows("wells", log.well_id), facts.rows("surveys", log.well_id), position)
        picks = facts.rows("tops", log.well_id)
        places, problems = stretches(_NO_PICKS if picks is None else picks, project.zones)
        problems = (*problems, *([survey_fault] if survey_fault else ()), *([_NO_ZONE] if places.is_empty() else ()))
        told += [(log.well_id, problem) for problem in problems]
        parameters = zone_parameters(project, log.well_id)
        wells.append(LoggedWell(log, places, hole, parameters, facts.reservoir_degc(log.well_id)))
    return wells, told


_NO_PICKS: Final = pl.DataFrame(schema={"surface": pl.String, "md_m": pl.Float64})
_NO_ZONE: Final = "the log has no zone to look in: none of the project's zones is picked in this well"


def zone_parameters(project: Project, well_id: str) -> dict[str, ZoneParameters]:
    """Return the parameters by zone that hold in a well: its own, else the zone's.

    A project without zones has one, the whole log; where it gives parameters under one name, they are meant for it.
    """
    merged = dict(project.parameters)
    merged.update({zone: said for (zone, well), said in project.well_parameters.items() if well == well_id})
    if not project.zones and WHOLE_LOG not in merged and len(merged) == 1:
        merged[WHOLE_LOG] = next(iter(merged.values()))
    return merged


def _joined(frames: list[pl.DataFrame], columns: dict[str, pl.DataType], then_by: str) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=columns), *frames]).sort("well_id", then_by)
