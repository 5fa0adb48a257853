"""What the wells of a part hold: their logs read and searched, or the candidates that the project brings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from connectors.projects import read_well_log
from flows.reopening import Part
from scoring.discovery import Discovery, discover
from scoring.petrophysics import with_sw_conflicts
from scoring.profile import Profile
from scoring.project import PROBLEM_COLUMNS, Project
from welltegra.reopening.progress import Tally

CANDIDATES: Final = "candidates"
_NONE: Final = pl.DataFrame(schema=PROBLEM_COLUMNS)


@dataclass(frozen=True, slots=True)
class Found:
    """What some wells hold.

    evaluated: those whose log could be used, with or without a find. problems: of their logs, PROBLEM_COLUMNS.
    """

    discovery: Discovery
    evaluated: frozenset[str]
    problems: pl.DataFrame


def search(project: Project, part: Part, profile: Profile, tally: Tally) -> Found:
    """Return what the wells of a part hold, and count them as done."""
    if CANDIDATES in project.tables:
        brought = project.tables[CANDIDATES].filter(pl.col("well_id").is_in(part.well_ids))
        # An Sw that was stated stands; that its own inputs give another is told, where it is not told already.
        brought = with_sw_conflicts(brought, profile.petrophysics.sw_conflict_beyond)
        tally.add(len(part.well_ids))
        nothing = discover(project, (), profile.petrophysics, profile.position)
        return Found(replace(nothing, candidates=brought), frozenset(brought["well_id"]), _NONE)
    logs = []
    for well_id in part.well_ids:
        log = read_well_log(project, well_id, profile.petrophysics)
        if log is not None:
            logs.append(log)
        tally.add(1)
    found = discover(project, logs, profile.petrophysics, profile.position)
    told = [(log.well_id, kind, detail, None) for log in logs for kind, detail in log.problems]
    problems = pl.DataFrame(told, schema=PROBLEM_COLUMNS, orient="row")
    # Where a curve that is used could not be read, that no pay was found says nothing.
    doubtful = {log.well_id for log in logs if "unit_conflict" in dict(log.problems)} - {*found.candidates["well_id"]}
    usable = frozenset(log.well_id for log in logs if not log.frame.is_empty()) - doubtful
    return Found(found, usable, problems)


def merged(found: Iterable[Found]) -> Found:
    """Return several as one."""
    all_ = list(found)
    of = [one.discovery for one in all_]
    whole = Discovery(
        pl.concat([one.candidates for one in of]),
        pl.concat([one.zones for one in of]),
        pl.concat([one.problems for one in of]),
        pl.concat([one.strips for one in of]),
    )
    problems = pl.concat([one.problems for one in all_])
    return Found(whole, frozenset().union(*(one.evaluated for one in all_)), problems)
