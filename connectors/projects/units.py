"""Units of a table's columns, which their names state, and how numbers in another one become ours."""

from __future__ import annotations

from typing import Final

from connectors.errors import IncompatibleUnits, UnknownUnit
from connectors.projects.columns import Quantity
from connectors.units import SAME, Conversion, conversion

# [bar], standard atmosphere: reservoir pressures are absolute, and so far above it that the weather hardly shows.
ATMOSPHERE_BAR: Final = 1.01325

_OURS: Final[dict[Quantity, str]] = {
    "length": "m",
    "angle": "deg",
    "oil": "m3",
    "water": "m3",
    "gas": "Sm3",
    "pressure": "bar",
    "temperature": "degC",
    "time": "h",
    "fraction": "v/v",
}
# Spellings of production reports. A liquid's m3 at standard conditions is Sm3.
_LIQUIDS: Final = {"sm3": "m3", "stm3": "m3", "m3": "m3", "stb": "bbl", "bbl": "bbl", "bbls": "bbl"}
# [Sm3]: a standard cubic foot is at 60 degF, a standard cubic metre at 15 degC, both at one atmosphere; as ideal gas.
_SCF_SM3: Final = 0.3048**3 * 288.15 / (273.15 + (60 - 32) / 1.8)
_GASES: Final = {
    **dict.fromkeys(("sm3", "m3", "stm3"), 1.0),
    **dict.fromkeys(("ksm3", "1000 sm3", "1e3 sm3", "e3m3"), 1e3),
    **dict.fromkeys(("msm3", "1e6 sm3", "million sm3"), 1e6),
    "scf": _SCF_SM3,
    **dict.fromkeys(("mscf", "mcf"), 1e3 * _SCF_SM3),
    **dict.fromkeys(("mmscf", "mmcf"), 1e6 * _SCF_SM3),
}
_OTHERS: Final = {"hrs": "h", "hours": "h", "days": "d", "fraction": "v/v", "frac": "v/v", "meters": "m", "metres": "m"}


class NoUnit(Exception):
    """A unit says nothing for a column; `must` and `remedy` are for a person."""

    def __init__(self, must: str, remedy: str) -> None:
        self.must, self.remedy = must, remedy
        super().__init__(f"{must}. {remedy}")


def to_ours(quantity: Quantity, spelling: str) -> Conversion:
    """Return how numbers in `spelling` become numbers in the unit that the column's name states.

    A rate per day is converted as its volume is; `kind = "rate"` says that it is one.

    Raises:
        NoUnit: It is not in the table, or measures something else.
    """
    plain = spelling.strip()
    if quantity in {"oil", "water", "gas"}:
        plain = plain.removesuffix("/day").removesuffix("/d")
        if quantity == "gas":
            return _gas(plain)
        plain = _LIQUIDS.get(plain.lower(), plain)
    else:
        plain = _OTHERS.get(plain.lower(), plain)
    ours = _OURS[quantity]
    try:
        if quantity == "pressure":
            return _pressure(plain)
        return SAME if plain == ours else conversion(plain, ours)
    except UnknownUnit as error:
        raise NoUnit(error.must, error.remedy) from error
    except IncompatibleUnits as error:
        raise NoUnit(f"the unit must measure a {quantity}", error.remedy) from error


def _gas(spelling: str) -> Conversion:
    size = _GASES.get(spelling.lower())
    if size is None:
        known = ", ".join(_GASES)
        raise NoUnit(f"the unit of a gas volume must be one of {known}", "Gas is counted at standard conditions.")
    return Conversion(size, 0.0)


def _pressure(spelling: str) -> Conversion:
    """Return the conversion to bar absolute; without a stated reference a pressure is taken as absolute."""
    for ours, above in (("bar", 0.0), ("bara", 0.0), ("barg", ATMOSPHERE_BAR)):
        try:
            factor, offset = conversion(spelling, ours)
        except IncompatibleUnits:
            continue
        return Conversion(factor, offset + above)
    conversion(spelling, "bar")  # raises: it is no pressure
    raise AssertionError(spelling)
