"""`read_well_log`: all log files of one well, to our curves, on one ascending measured depth."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from connectors.errors import Fault, FileFaults
from connectors.projects.depth import SAME_DEPTH_M, Found, ascending, track
from connectors.projects.dlis import read_dlis
from connectors.projects.las import read_las
from connectors.projects.log_curves import excluded, our_curves
from connectors.projects.mnemonics import OURS
from connectors.projects.raw_log import Floats
from scoring.curves_used import curves_used
from scoring.discovery import zone_parameters
from scoring.parameters import PetrophysicsDefaults, settled
from scoring.project import LogReference, Project, WellLog
from scoring.zones import WHOLE_LOG

_INTERPRETED: Final = ("vsh", "phie", "sw")
# A log that goes on so far below the last station of its well's survey is in another unit.
_BEYOND_SURVEY: Final = 1.5
# Readings of another file are carried over a gap of two of its steps, no further.
_STEPS_BRIDGED: Final = 2.0
_DEFAULTS: Final = PetrophysicsDefaults()


def read_well_log(project: Project, well_id: str, defaults: PetrophysicsDefaults = _DEFAULTS) -> WellLog | None:
    """Return the log of a well, from all its files; None where it has none.

    Several files are joined on depth: the finest of those with the most of our curves gives the depths where it has
    any, the others add theirs above and below it; readings of the others are interpolated between neighbours no further
    apart than two of their own steps (`excluded`: the nearest). Where files have the same curve, the first in
    project.toml that has a reading at a depth gives it. A file that cannot be read is a problem, not an exception.

    A curve whose unit is not known is left out: a unit_conflict where a zone's models use it, by `defaults` of the
    profile where the project does not choose; else a row_fault, as nothing rests on it.
    """
    references = [reference for reference in project.logs if reference.well_id == well_id]
    if not references:
        return None
    problems: list[Found] = []
    parts = []
    left_out: list[tuple[str, str]] = []
    for reference in references:
        part, without, found = _read(reference)
        problems += found
        left_out += without.items()
        if part is not None and part.height:
            parts.append(part)
    frame = _joined(parts)
    if left_out:
        used = _used(project, well_id, {*frame.columns, *(name for name, _ in left_out)}, defaults)
        problems += [("unit_conflict" if name in used else "row_fault", detail) for name, detail in left_out]
    problems += _beyond_survey(frame, project, well_id, references[0].path)
    interpretations = sorted({said for reference in references if (said := reference.interpretation_id) is not None})
    is_interpreted = any(name in frame.columns for name in _INTERPRETED)
    return WellLog(
        well_id=well_id,
        frame=frame,
        problems=tuple(dict.fromkeys(problems)),
        source_ids=tuple(reference.source_id for reference in references),
        interpretation_id=";".join(interpretations) if interpretations and is_interpreted else None,
    )


def _used(project: Project, well_id: str, there: set[str], defaults: PetrophysicsDefaults) -> frozenset[str]:
    """Return the curves that the models of the project's zones use in a well."""
    said = zone_parameters(project, well_id)
    zones = [zone.name for zone in project.zones] or [WHOLE_LOG]
    return frozenset[str]().union(*(curves_used(settled(said.get(zone), defaults), there) for zone in zones))


def _read(reference: LogReference) -> tuple[pl.DataFrame | None, dict[str, str], list[Found]]:
    """Return the samples of one file, `md_m` strictly ascending, None where there are none; and curves left out."""
    try:
        raw = Path(reference.location).read_bytes()
        if reference.format == "dlis":
            log = read_dlis(raw, reference.path)
        else:
            log = read_las(raw, reference.path, reference.encoding)
    except OSError as error:
        fault = Fault(
            reference.path, None, "a log must be a file that can be read", str(error.strerror), "Was it moved?"
        )
        return None, {}, [("row_fault", str(fault))]
    except FileFaults as error:
        return None, {}, [("row_fault", str(fault)) for fault in error.faults]
    problems: list[Found] = [("row_fault", told) for told in log.told]
    md_m, found = track(log, reference.path, reference.units.get("md"))
    problems += found
    if md_m is None:
        return None, {}, problems
    curves = our_curves(log, reference)
    problems += curves.problems
    flags, found = excluded(log, reference)
    problems += found
    frame = pl.DataFrame({"md_m": md_m, **curves.read}).with_columns(pl.all().fill_nan(None))
    if flags is not None:
        frame = frame.with_columns(pl.Series("excluded", flags))
    frame, found = ascending(frame, reference.path, [name for name in frame.columns if name != "md_m"])
    return frame, curves.left_out, problems + found


def _joined(parts: list[pl.DataFrame]) -> pl.DataFrame:
    names = [name for name in (*OURS, "excluded") if any(name in part.columns for part in parts)]
    if not parts:
        return pl.DataFrame(schema={"md_m": pl.Float64})
    if len(parts) == 1:
        return parts[0].select("md_m", *names)
    depths = _depths(parts)
    columns: dict[str, pl.Series | Floats] = {"md_m": depths}
    for name in names:
        given = [part for part in parts if name in part.columns]
        if name == "excluded":
            flags = [_nearest(part, name, depths) for part in given]
            columns[name] = np.logical_or.reduce(flags)
            continue
        values = np.full(len(depths), np.nan)
        for part in given:
            values = np.where(np.isnan(values), _between(part, name, depths), values)
        columns[name] = values
    return pl.DataFrame(columns).with_columns(pl.selectors.float().fill_nan(None))


def _depths(parts: list[pl.DataFrame]) -> Floats:
    """Return the depths of all: those of the richest, then of the finest, and of the others beyond it."""
    order = sorted(range(len(parts)), key=lambda at: (-len(parts[at].columns), _step(parts[at]), at))
    depths = parts[order[0]]["md_m"].to_numpy()
    for at in order[1:]:
        more = parts[at]["md_m"].to_numpy()
        beyond = more[(more < depths[0] - SAME_DEPTH_M) | (more > depths[-1] + SAME_DEPTH_M)]
        depths = np.sort(np.concatenate([depths, beyond]))
    return depths


def _step(part: pl.DataFrame) -> float:
    steps = part["md_m"].diff().median()
    return float(steps) if isinstance(steps, float) else 0.0


def _between(part: pl.DataFrame, name: str, depths: Floats) -> Floats:
    """Return a curve's readings at other depths, NaN where its neighbours there are too far apart."""
    known = part.select("md_m", name).drop_nulls()
    if not known.height:
        return np.full(len(depths), np.nan)
    at, values = known["md_m"].to_numpy(), known[name].to_numpy()
    read = np.interp(depths, at, values)
    above = np.clip(np.searchsorted(at, depths + SAME_DEPTH_M, side="right") - 1, 0, len(at) - 1)
    below = np.clip(np.searchsorted(at, depths - SAME_DEPTH_M, side="left"), 0, len(at) - 1)
    is_inside = (depths >= at[0] - SAME_DEPTH_M) & (depths <= at[-1] + SAME_DEPTH_M)
    is_near = at[below] - at[above] <= _STEPS_BRIDGED * _step(part) + SAME_DEPTH_M
    return np.where(is_inside & is_near, read, np.nan)


def _nearest(part: pl.DataFrame, name: str, depths: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    at = part["md_m"].to_numpy()
    flags = part[name].fill_null(False).to_numpy()
    after = np.clip(np.searchsorted(at, depths), 0, len(at) - 1)
    before = np.clip(after - 1, 0, len(at) - 1)
    place = np.where(np.abs(at[before] - depths) <= np.abs(at[after] - depths), before, after)
    is_near = np.abs(at[place] - depths) <= _step(part) + SAME_DEPTH_M
    return np.asarray(flags[place] & is_near, np.bool_)


def _beyond_survey(frame: pl.DataFrame, project: Project, well_id: str, where: str) -> list[Found]:
    surveys = project.tables.get("surveys")
    if surveys is None or not frame.height:
        return []
    last = surveys.filter(pl.col("well_id") == well_id)["md_m"].max()
    bottom = frame["md_m"][-1]
    if not isinstance(last, float) or bottom <= _BEYOND_SURVEY * last:
        return []
    must = f"a log must end where its well does, at {last:.0f} m by its survey"
    return [("unit_conflict", f"{where}: {must}; was {bottom:.0f} m. Is it in feet? Say units = {{md = 'ft'}}.")]
