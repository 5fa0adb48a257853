"""The depth track of a log file: its unit, from all that states one, and its samples in ascending order, in metres."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from connectors.projects.curve_units import USUAL_NULLS, factor, is_standard, says_nothing
from connectors.projects.mnemonics import is_depth
from connectors.projects.raw_log import Floats, RawLog
from scoring.project import ProblemKind

Found = tuple[ProblemKind, str]

# Rounded headers, and files cut a little: the steps that a header may be off from the samples.
_STEPS_OFF: Final = 2.0
_UNIT_RATIOS: Final = (0.3048, 12.0, 100.0, 120.0, 120.0 / 0.3048)
_NEAR: Final = 0.02
# [m]. Two samples nearer than this are at one depth: depths are written to a millimetre, or to 0.001 ft.
SAME_DEPTH_M: Final = 1e-4


class Track(NamedTuple):
    """Depths [m] as the file has them, in its order, NaN where it has none; None where their unit is not known."""

    md_m: Floats | None
    problems: list[Found]


def track(log: RawLog, where: str, stated: str | None) -> Track:
    """Return the depths of a log's samples. `stated`: the unit that project.toml says, which beats the file's."""
    index = log.curves[0]
    problems: list[Found] = []
    unit = stated or (index.unit if not says_nothing(index.unit) else log.span_unit)
    scale = factor("md", unit)
    if scale is None:
        must = "depths must be in a unit that is known, such as m, ft or .1in"
        remedy = 'Say units = {md = "m"} in its [[logs]], or "ft".'
        return Track(None, [("unit_conflict", f"{where}: {must}; was {unit!r}. {remedy}")])
    if stated is None and not is_standard(unit):
        remedy = "It is read as that; export it in the standard spelling."
        detail = f"{where}: the depth's unit must be spelt m or ft; was {unit!r}. {remedy}"
        problems.append(("unit_alias", detail))
    nulls = [*USUAL_NULLS, *([] if log.null is None else [log.null])]
    md_m = np.where(np.isin(index.values, nulls), np.nan, index.values) * scale
    if stated is None:
        problems += _span_problems(log, md_m, unit, where)
        problems += _stray_problems(log, md_m, where)
    return Track(md_m, problems)


def _span_problems(log: RawLog, md_m: Floats, unit: str, where: str) -> list[Found]:
    """Return where header and samples disagree: by about a ratio of two units, or at all."""
    known = md_m[np.isfinite(md_m)]
    if log.start is None or log.stop is None or len(known) < 2:
        return []
    scale = factor("md", log.span_unit if not says_nothing(log.span_unit) else unit)
    if scale is None:
        must = "the header's depths must be in a unit that is known"
        remedy = 'Say units = {md = "m"} in its [[logs]].'
        return [("unit_conflict", f"{where}: {must}; was {log.span_unit!r}. {remedy}")]
    said = sorted((log.start * scale, log.stop * scale))
    found = (float(known.min()), float(known.max()))
    span, step = found[1] - found[0], (found[1] - found[0]) / (len(known) - 1)
    off = max(abs(said[0] - found[0]), abs(said[1] - found[1]))
    if off <= max(_STEPS_OFF * step, 0.5, 0.002 * span):
        return []
    says = (
        f"{log.start:g} to {log.stop:g} {log.span_unit or unit} in the header, but {found[0]:.2f} to {found[1]:.2f} m"
    )
    must = "header and samples must agree on the depth"
    if span > 0 and _is_of_units((said[1] - said[0]) / span):
        remedy = f"The two differ as units do: which is it? Say units = {{md = ...}} in its [[logs]], if not {unit!r}."
        return [("unit_conflict", f"{where}: {must} and its unit; was {says} by the samples. {remedy}")]
    return [("row_fault", f"{where}: {must}; was {says} by the samples. The samples are used; correct the header.")]


def _is_of_units(ratio: float) -> bool:
    return (
        any(abs(math.log(ratio / known)) < _NEAR for size in _UNIT_RATIOS for known in (size, 1 / size))
        if ratio > 0
        else False
    )


def _stray_problems(log: RawLog, md_m: Floats, where: str) -> list[Found]:
    """Return where a second depth column, in a unit of its own, is at another depth."""
    found: list[Found] = []
    for curve in log.curves[1:]:
        scale = factor("md", curve.unit) if is_depth(curve.mnemonic) else None
        if scale is None:
            continue
        apart = np.abs(curve.values * scale - md_m)
        apart = apart[np.isfinite(apart)]
        if len(apart) and float(apart.max()) > 0.5:
            must = f"both depth columns, {log.curves[0].unit!r} and {curve.unit!r}, must be at one depth"
            remedy = "Which unit is right? Say units = {md = ...} in its [[logs]]."
            found.append(("unit_conflict", f"{where}: {must}; was {float(apart.max()):.2f} m apart. {remedy}"))
    return found


def ascending(frame: pl.DataFrame, where: str, names: Sequence[str]) -> tuple[pl.DataFrame, list[Found]]:
    """Return the samples with `md_m` strictly ascending; a log that was run upwards is turned round.

    Samples at one depth that agree, or of which one has what the other lacks, become one. Where they disagree, or
    depths jump to and fro, the first sample counts and the log has a depth_problem.
    """
    problems: list[Found] = []
    absent = int(frame["md_m"].is_null().sum())
    if absent:
        must, remedy = "every sample must have a depth", "Those are left out; correct the file."
        problems.append(("depth_problem", f"{where}: {must}; was {absent} samples without. {remedy}"))
        frame = frame.drop_nulls("md_m")
    steps = frame["md_m"].diff().drop_nulls()
    up, down = int((steps > 0).sum()), int((steps < 0).sum())
    if down > up:
        frame = frame.reverse()
        up, down = down, up
    if down:
        first = int(frame.with_row_index("at").filter(pl.col("md_m").diff() < 0)["at"][0])
        must = "depths must run one way"
        remedy = "They are put in order; is it two logs in one file?"
        found = f"{down} steps back, the first at {frame['md_m'][first]:.2f} m"
        problems.append(("depth_problem", f"{where}: {must}; was {found}. {remedy}"))
        frame = frame.sort("md_m", maintain_order=True)
    group = (frame["md_m"].diff().fill_null(math.inf) > SAME_DEPTH_M).cum_sum()
    if frame.height and int(group[-1]) < frame.height:
        frame, repeated = _merged(frame.with_columns(group.alias("\0group")), where, names)
        problems += repeated
    return frame, problems


def _merged(frame: pl.DataFrame, where: str, names: Sequence[str]) -> tuple[pl.DataFrame, list[Found]]:
    grouped = frame.group_by("\0group", maintain_order=True)
    disagree = (
        grouped.agg(
            pl.col("md_m").first(),
            pl.any_horizontal(pl.col(name).drop_nulls().n_unique() > 1 for name in names).alias("bad"),
        ).filter("bad")
        if names
        else frame.head(0)
    )
    merged = grouped.agg(pl.col("md_m").first(), *(pl.col(name).drop_nulls().first() for name in names)).drop("\0group")
    twice = frame.height - merged.height
    if not disagree.height:
        detail = f"{where}: each depth must stand once; was {twice} again, with the same readings. They count once."
        return merged, [("row_fault", detail)]
    must = "samples at one depth must agree"
    found = f"{disagree.height} depths with two readings, the first at {disagree['md_m'][0]:.2f} m"
    return merged, [("depth_problem", f"{where}: {must}; was {found}. The first counts; which is right?")]
