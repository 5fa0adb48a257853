"""The closed table of units, and exact conversion between them.

A spelling that is not in the table is refused, and so is one that two trades read differently: nothing is guessed. Case
matters, `mPa` is not `MPa`. Superscripts, `^`, a raised dot or `*`, and the micro sign are read as their plain forms.
Fractions are rounded once, when a conversion is made.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from connectors.errors import IncompatibleUnits, UnknownUnit, nearest
from connectors.unit_table import AMBIGUOUS, SIZES, TEMPERATURES


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: a value in the base unit of its dimension is `scale * value + zero`."""

    symbol: str
    dimension: str
    scale: Fraction
    zero: Fraction = Fraction(0)


class Conversion(NamedTuple):
    """How to convert: target = factor * source + offset."""

    factor: float
    offset: float


SAME = Conversion(1.0, 0.0)

_PLAIN = str.maketrans({"\N{MIDDLE DOT}": ".", "\N{DOT OPERATOR}": ".", "*": ".", "^": None, "\u03bc": "u"})


def _build() -> dict[str, Unit]:
    """Return every spelling with its unit."""
    rows = [
        (names, dimension, Fraction(scale), Fraction(0))
        for dimension, sizes in SIZES.items()
        for names, scale in sizes.items()
    ]
    rows += [(names, "temperature", Fraction(a), Fraction(b)) for names, (a, b) in TEMPERATURES.items()]
    units: dict[str, Unit] = {}
    for names, dimension, scale, zero in rows:
        spellings = names.split(", ")
        for spelling in spellings:
            assert spelling not in units, f"{spelling!r} stands twice in the unit table"
            units[spelling] = Unit(spellings[0], dimension, scale, zero)
    return units


UNITS: dict[str, Unit] = _build()


def unit(spelling: str) -> Unit:
    """Return the unit spelled so.

    Raises:
        UnknownUnit: The spelling is not in the table, or stands for more than one unit.
    """
    found = UNITS.get(spelling)
    if found is None:
        plain = unicodedata.normalize("NFKC", spelling).translate(_PLAIN).strip()
        found = UNITS.get(plain)
        if found is None:
            raise UnknownUnit(spelling, _suggestions(plain), AMBIGUOUS.get(plain))
    return found


@lru_cache(maxsize=4096)
def conversion(source: str, target: str) -> Conversion:
    """Return how to turn a value in `source` into one in `target`; exactly (1, 0) between spellings of one size.

    Raises:
        UnknownUnit: A spelling is not in the table, or stands for more than one unit.
        IncompatibleUnits: The two measure different things.
    """
    a, b = unit(source), unit(target)
    if a.dimension != b.dimension:
        raise IncompatibleUnits(source, target, a.dimension, b.dimension, _way_out(a.dimension, b.dimension))
    if (a.scale, a.zero) == (b.scale, b.zero):
        return SAME
    return Conversion(float(a.scale / b.scale), float((a.zero - b.zero) / b.scale))


@lru_cache(maxsize=256)  # a unit that is misspelt stands in many lines
def _suggestions(spelling: str) -> tuple[str, ...]:
    """Return the nearest spellings, one for each unit."""
    nearest_of = {UNITS[candidate]: candidate for candidate in reversed(nearest(spelling, UNITS, most=9))}
    return tuple(reversed(nearest_of.values()))[:3]


_PRESSURES = {"pressure without stated reference", "gauge pressure", "absolute pressure"}
_FLOWS = {"flow rate", "gas flow rate at 60 degF", "gas flow rate at 15 degC"}
_TRAPS: dict[frozenset[str], str] = {
    frozenset({"frequency", "rotation"}): (
        "A turn is an angle and a stroke is a count, and the gear between them is not known here:"
        " state both as strokes ('spm', 'Hz') or both as turns ('rpm')."
    ),
    frozenset({"frequency", "stroke count"}): "A count is no rate: state both as a rate ('spm') or both as 'strokes'.",
    frozenset({"angle", "rotation"}): "An angle is no rate: state both as turning ('rpm') or both as an angle.",
    frozenset({"mass", "force"}): "State both as a force ('klbf', 'kN') or both as a mass ('klbm', 't').",
    frozenset({"density", "specific gravity"}): (
        "The water that sg refers to is not stated: state both as a density ('g/cm3') or both as 'sg'."
    ),
    frozenset({"density", "pressure gradient"}): "State both as a density or both as a gradient.",
    frozenset({"temperature", "temperature difference"}): "State both as a temperature or both as a difference.",
    frozenset({"flow rate", "volume"}): "A volume is no rate: state both as a rate or both as a volume.",
    frozenset({"velocity", "drilling time per length"}): (
        "One is the other inverted, so a high limit would become a low one: state both in one way."
    ),
}


def _way_out(a: str, b: str) -> str:
    """Return what to do about two dimensions that do not mix."""
    both = frozenset({a, b})
    if both <= _PRESSURES:
        return (
            "Gauge, absolute and unstated pressures never mix, for the air pressure between them is not known here:"
            " state the same reference in both, as in 'psig' or 'psia'."
        )
    if both <= _FLOWS:
        return "Gas at reference conditions is no volume at the line: state both in one convention."
    if "value without a unit" in both:
        return "A source that states no unit cannot be converted: state 'unitless' in both, or correct the source."
    return _TRAPS.get(both, "State both in units of one kind.")
