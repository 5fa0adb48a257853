"""Curves of a log file to ours: which is which, in our units, without the numbers that stand for nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from connectors.errors import did_you_mean, nearest
from connectors.projects.curve_units import (
    BOUNDS,
    FRACTIONS,
    USUAL_NULLS,
    factor,
    is_standard,
    reads_like,
    says_nothing,
)
from connectors.projects.depth import Found
from connectors.projects.mnemonics import matched, plain
from connectors.projects.raw_log import Floats, RawCurve, RawLog
from scoring.project import LogReference

_HALF_A_DIGIT: Final = 5e-4
_SCARCE: Final = 0.9  # share of samples within bounds for a fraction that states no unit


class Curves(NamedTuple):
    """Our curves of a log, in our units and the file's order, NaN where there is no reading.

    left_out: those whose unit is not known or cannot be right, each with a sentence that says so.
    """

    read: dict[str, Floats]
    left_out: dict[str, str]
    problems: list[Found]


def our_curves(log: RawLog, reference: LogReference) -> Curves:
    """Return what of a log is ours, and what is wrong with it.

    What project.toml says beats the alias table: that mnemonic or none. Of several mnemonics that may be one curve, the
    best whose unit is known is taken.
    """
    problems: list[Found] = []
    curves: dict[str, Floats] = {}
    left_out: dict[str, str] = {}
    for name, candidates in _candidates(log, reference, problems).items():
        stated = reference.units.get(name)
        usable = [curve for curve in candidates if _factor(name, curve, stated) is not None]
        if not usable:
            left_out[name] = _no_unit(name, candidates[0], stated, reference.path)
            continue
        curve = usable[0]
        scale = _factor(name, curve, stated)
        assert scale is not None
        values = _without_nulls(curve, log, reference, problems)
        middle = _middle(values)
        bounds = BOUNDS[name]
        if middle is not None and not bounds.usual_low <= middle * scale <= bounds.usual_high:
            left_out[name] = _odd(name, curve, stated, middle, reference.path)
            continue
        if stated is None:
            problems += _alias(name, curve, reference.path)
        curves[name] = _within(name, curve, values * scale, problems, reference.path)
    return Curves(curves, left_out, problems)


def excluded(
    log: RawLog, reference: LogReference
) -> tuple[np.ndarray[tuple[int], np.dtype[np.bool_]] | None, list[Found]]:
    """Return which samples `exclude` takes out; None where nothing is said, or its curve is not there."""
    said = reference.exclude
    if said is None:
        return None, []
    curve = _named(log.curves, said.curve)
    if curve is None:
        return None, [_not_there("exclude", said.curve, log, reference.path)]
    return curve.values == said.equals, []


def _candidates(log: RawLog, reference: LogReference, problems: list[Found]) -> Mapping[str, Sequence[RawCurve]]:
    others = log.curves[1:]
    places = matched([curve.mnemonic for curve in others])
    found: dict[str, Sequence[RawCurve]] = {
        name: [others[place] for place in candidates]
        for name, candidates in places.items()
        if name not in reference.curves
    }
    for name, mnemonic in reference.curves.items():
        curve = _named(others, mnemonic)
        if curve is None:
            problems.append(_not_there(f"curves.{name}", mnemonic, log, reference.path))
        else:
            found[name] = [curve]
    return dict(sorted(found.items()))


def _named(curves: Sequence[RawCurve], mnemonic: str) -> RawCurve | None:
    return next(
        (curve for curve in curves if curve.mnemonic == mnemonic),
        next((curve for curve in curves if plain(curve.mnemonic) == plain(mnemonic)), None),
    )


def _not_there(key: str, mnemonic: str, log: RawLog, where: str) -> Found:
    names = [curve.mnemonic for curve in log.curves[1:]]
    remedy = did_you_mean(nearest(mnemonic, names, most=1)) or f"It has {', '.join(names)}."
    return "row_fault", f"{where}: {key} of its [[logs]] must be a curve of it; was {mnemonic!r}. {remedy}"


def _factor(name: str, curve: RawCurve, stated: str | None) -> float | None:
    if stated is not None:
        return factor(name, stated)
    known = factor(name, curve.unit)
    if known is not None or name not in FRACTIONS or not says_nothing(curve.unit):
        return known
    # A fraction has no unit to state: without one it is a fraction if its readings are.
    values = curve.values[np.isfinite(curve.values)]
    bounds = BOUNDS[name]
    near = (values >= bounds.usual_low) & (values <= bounds.usual_high)
    real = values[~np.isin(values, USUAL_NULLS)]
    return 1.0 if len(real) and near.sum() >= _SCARCE * len(real) else None


def _no_unit(name: str, curve: RawCurve, stated: str | None, where: str) -> str:
    must = f"curve {curve.mnemonic} must be in a unit that is known for {name}"
    remedy = f"It is left out; say units = {{{name} = ...}} in its [[logs]]."
    return f"{where}: {must}; was {stated or curve.unit!r}. {remedy}"


def _odd(name: str, curve: RawCurve, stated: str | None, middle: float, where: str) -> str:
    like = reads_like(name, middle)
    unit = stated or curve.unit
    must = f"curve {curve.mnemonic} must read as {name} in {unit!r} does"
    remedy = (
        f"It is left out; is it {like!r}? Say units = {{{name} = {like!r}}} in its [[logs]]."
        if like
        else (f"It is left out; if it is another curve, say curves = {{{name} = ...}} in its [[logs]].")
    )
    return f"{where}: {must}; was {middle:.6g} in the middle. {remedy}"


def _alias(name: str, curve: RawCurve, where: str) -> list[Found]:
    if is_standard(curve.unit):
        return []
    must = f"the unit of {curve.mnemonic} must be in a standard spelling"
    return [("unit_alias", f"{where}: {must}; was {curve.unit!r}. It is read as {name}'s usual unit of that name.")]


def _without_nulls(curve: RawCurve, log: RawLog, reference: LogReference, problems: list[Found]) -> Floats:
    """Return readings without numbers that stand for nothing; tell of those that nobody declared."""
    values = curve.values
    declared = [*reference.null_values, *([log.null] if log.null is not None else [])]
    values = np.where(_are(values, declared), np.nan, values)
    undeclared = _are(values, USUAL_NULLS)
    count = int(undeclared.sum())
    if not count:
        return values
    shown = f"{values[undeclared][0]:g} in {count} samples of {curve.mnemonic}"
    must, remedy = "a null must be the one that the header declares", "They count as no reading; say null_values."
    problems.append(("row_fault", f"{reference.path}: {must}, {log.null}; was {shown}. {remedy}"))
    return np.where(undeclared, np.nan, values)


def _are(values: Floats, nulls: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    found = ~np.isfinite(values) & ~np.isnan(values)
    for null in nulls:
        found |= np.abs(values - null) <= max(_HALF_A_DIGIT, abs(null) * 1e-9)
    return found


def _middle(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else None


def _within(name: str, curve: RawCurve, values: Floats, problems: list[Found], where: str) -> Floats:
    """Return readings that a rock and a tool can have: a null that was resampled with its neighbours lies far off."""
    bounds = BOUNDS[name]
    outside = (values < bounds.low) | (values > bounds.high)
    count = int(outside.sum())
    if not count:
        return values
    must = f"readings of {curve.mnemonic} must lie from {bounds.low:g} to {bounds.high:g} as {name}"
    found = f"{values[outside][0]:g} and more, {count} samples" if count > 1 else f"{values[outside][0]:g}, 1 sample"
    detail = f"{where}: {must}; was {found}. They count as no reading; nulls were blended in, or the tool failed."
    problems.append(("row_fault", detail))
    return np.where(outside, np.nan, values)
