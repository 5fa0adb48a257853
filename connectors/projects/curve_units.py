"""Units of logs, as vendors spell them, and between which bounds a curve's readings lie in ours.

A unit that is not here is never guessed: the curve is left out, and where it is used its well has a unit_conflict. A
header that states a unit in which the readings make no sense counts as such.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from connectors.units import UNITS

_FOOT_M, _INCH_M = 0.3048, 0.0254

_FRACTION: Final = {
    1.0: "v/v dec decimal frac fraction v/v_decimal m3/m3 ft3/ft3 cfcf cft/cft f/f vol/vol unitless none l/l ratio",
    0.01: "% pu p.u. pct percent v/v% porosity_unit porosity_units lspu sspu dspu",
}
_DENSITY: Final = {
    1.0: "g/cm3 g/cc gm/cc g/c3 gm/cm3 gr/cc gr/cm3 gm/c3 gcm3 g/cm^3 g.cm-3 g/ml t/m3",
    1e-3: "kg/m3 k/m3 kg/m^3 kg.m-3 kgm3 kg/cum",
}
_INCHES: Final = {
    1.0: 'in inch inches in. "',
    1 / 25.4: "mm millimetre millimeter",
    1 / 2.54: "cm centimetre centimeter",
}
# Our unit is factor times theirs. Case, blanks and raised figures are not looked at.
FACTORS: Final[dict[str, dict[float, str]]] = {
    "md": {
        1.0: "m metre metres meter meters mtr mts mrkb",
        _FOOT_M: "ft f feet foot ftkb",
        0.1 * _INCH_M: "0.1in .1in 0.1inch .1inch 1/10in",
        _INCH_M: "in inch inches",
        0.01: "cm",
    },
    "gr": {1.0: "gapi api api_gr apiunits gapi_units api-gr gammaapi"},
    "rhob": _DENSITY,
    "drho": _DENSITY,
    "nphi": _FRACTION,
    "vsh": _FRACTION,
    "phie": _FRACTION,
    "sw": _FRACTION,
    "dt": {
        1.0: "us/ft us/f usec/ft usec/f us/foot usft uspf usec/foot",
        _FOOT_M: "us/m usec/m us/metre us/meter uspm",
    },
    "rt": {1.0: "ohm.m ohmm ohm-m ohm_m ohms.m ohms-m ohm/m omm ω.m ohmmeter ohm-metre ohm-meter ohmsm"},
    "caliper": _INCHES,
    "bit_size": _INCHES,
    "permeability": {1.0: "md mdarcy millidarcy millidarcies mdarcies", 1000.0: "darcy"},
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """In our unit: what a reading can be at all, and where the middle one of a whole log lies."""

    low: float
    high: float
    usual_low: float
    usual_high: float


_SHARE: Final = Bounds(-0.15, 1.5, -0.15, 1.2)
# Generous: they are to catch nulls blended into readings by resampling, and units, not odd rocks. A hot shale has read
# 1067 gAPI. The saturated 5000 ohm.m of a tool is a reading.
BOUNDS: Final[dict[str, Bounds]] = {
    "gr": Bounds(0.0, 3000.0, 0.0, 400.0),
    "rhob": Bounds(0.5, 4.5, 1.2, 3.3),
    "nphi": Bounds(-0.15, 1.2, -0.15, 0.9),
    "dt": Bounds(20.0, 400.0, 35.0, 240.0),
    "rt": Bounds(1e-3, 1e6, 1e-2, 1e5),
    "caliper": Bounds(1.0, 80.0, 3.0, 40.0),
    "bit_size": Bounds(1.0, 80.0, 3.0, 40.0),
    "drho": Bounds(-5.0, 5.0, -0.5, 0.5),
    "permeability": Bounds(0.0, 1e6, 0.0, 1e6),
    "vsh": _SHARE,
    "phie": Bounds(-0.05, 1.0, -0.05, 0.8),
    "sw": _SHARE,
}
# What writers leave where there is no reading, whatever the header declares; none is a reading of any curve of ours.
USUAL_NULLS: Final = (-999.25, -999.0, -9999.0, -9999.25, -99999.0, -999.99, -32767.0, -32768.0, 1e30, -1e30)
FRACTIONS: Final = frozenset({"nphi", "vsh", "phie", "sw"})
# What writers put where a unit belongs when they have none.
_NO_UNIT: Final = frozenset({"", "unknown", "_", "-", "--", "none", "unitless", "n/a", "undefined", "unkn", "no_unit"})

_BLANKS: Final = re.compile(r"\s+")
_BY_SPELLING: Final = {
    curve: {spelling: factor for factor, spellings in factors.items() for spelling in spellings.split()}
    for curve, factors in FACTORS.items()
}
_STANDARD: Final = frozenset(spelling.lower() for spelling in UNITS)


def plain(unit: str) -> str:
    """Return a unit without case, blanks, raised figures and the micro sign."""
    spelled = unit.strip().lower().replace("\u00b3", "3").replace("\u00b5", "u").replace("\u03bc", "u")
    return _BLANKS.sub("", spelled)


def factor(curve: str, unit: str) -> float | None:
    """Return what to multiply readings in `unit` with, to be in ours; None where it is not known for the curve."""
    spelled = plain(unit)
    if curve == "permeability" and unit.strip() in {"D", "mD"}:  # where case is all there is
        return 1000.0 if unit.strip() == "D" else 1.0
    return _BY_SPELLING[curve].get(spelled)


def says_nothing(unit: str) -> bool:
    """Return whether a unit is a word for none."""
    return plain(unit) in _NO_UNIT


def is_standard(unit: str) -> bool:
    """Return whether a unit is spelt as the closed table of units spells it, but for case."""
    return plain(unit) in _STANDARD


def reads_like(curve: str, middle: float) -> str | None:
    """Return the unit in which a middle reading, as the file has it, would be a usual one; None if there is none."""
    bounds = BOUNDS[curve]
    for scale, spellings in FACTORS[curve].items():
        if bounds.usual_low <= middle * scale <= bounds.usual_high:
            return spellings.split()[0]
    return None
