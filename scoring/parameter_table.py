"""Reads one table of a parameter file, as plain values, and gathers all that is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from scoring.expressions import Expression, parse_expression

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class ParameterFault:
    """What is wrong at one place of the table. position: column inside an expression, the first is 1."""

    path: tuple[str, ...]
    must: str
    found: str
    remedy: str
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """What a number may be, and how to say it."""

    says: str
    holds: Callable[[float], bool]


ANY: Final = Range("be a finite number", lambda x: True)
POSITIVE: Final = Range("be above 0", lambda x: x > 0)
NOT_NEGATIVE: Final = Range("be 0 or more", lambda x: x >= 0)
FRACTION: Final = Range("be a fraction from 0 to 1", lambda x: 0 <= x <= 1)
EXPONENT: Final = Range("be 1 or more and at most 10", lambda x: 1 <= x <= 10)
DENSITY: Final = Range("be a density from 0.1 to 5 g/cm3", lambda x: 0.1 <= x <= 5)
SLOWNESS: Final = Range("be a slowness from 20 to 400 us/ft", lambda x: 20 <= x <= 400)
DEGC: Final = Range("be a temperature from -20 to 400 degC", lambda x: -20 <= x <= 400)


@dataclass(slots=True)
class ParameterTable:
    """One table of the file while it is read: what was asked for is known, the rest are mistakes."""

    raw: Mapping[str, object]
    path: tuple[str, ...]
    faults: list[ParameterFault]
    asked: tuple[str, ...] = ()

    def fault(self, key: str, must: str, found: str, remedy: str, *below: str, position: int | None = None) -> None:
        self.faults.append(ParameterFault((*self.path, key, *below), must, found, remedy, position))

    def value(self, key: str, needed: bool = False) -> object:
        self.asked = (*self.asked, key)
        if needed and key not in self.raw:
            self.fault(key, f"{key} must be given", "none", f"Add {key}")
        return self.raw.get(key)

    def number(self, key: str, within: Range, needed: bool = False) -> float | None:
        value = self.value(key, needed)
        return None if value is None else self._checked(key, value, within)

    def _checked(self, key: str, value: object, within: Range) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.fault(key, f"{key} must be a finite number", repr(value), "Write a number")
            return None
        if not within.holds(float(value)):
            self.fault(key, f"{key} must {within.says}", f"{value:g}", "Is the unit the one asked for?")
            return None
        return float(value)

    def expression(self, key: str, columns: Mapping[str, str]) -> Expression | None:
        value = self.value(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self.fault(key, f"{key} must be an expression in quotes", repr(value), "Write it in quotes")
            return None
        expression, faults = parse_expression(value, columns)
        for each in faults:
            self.fault(key, each.must, each.found, each.remedy, position=each.position)
        return expression

    def number_or_expression(self, key: str, within: Range, columns: Mapping[str, str]) -> float | Expression | None:
        return self.expression(key, columns) if isinstance(self.raw.get(key), str) else self.number(key, within)

    def text(self, key: str) -> str | None:
        value = self.value(key)
        if value is None or (isinstance(value, str) and value.strip()):
            return value
        self.fault(key, f"{key} must be a text", repr(value), f"Say in words, in quotes, or leave {key} out")
        return None

    def choice(self, key: str, known: tuple[Any, ...], needed: bool = False) -> Any:
        value = self.value(key, needed)
        if value is None or value in known:
            return value
        self.fault(key, f"{key} must be one of {', '.join(known)}", repr(value), "Use one of these")
        return None

    def child(self, key: str, read: Callable[[ParameterTable], Made]) -> Made | None:
        """Return what `read` makes of the table under a key, and fault the keys that it does not know."""
        value = self.value(key)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.fault(key, f"{key} must be a table", repr(value), f"Write {key} = {{...}}")
            return None
        below = ParameterTable(value, (*self.path, key), self.faults)
        made = read(below)
        below.unknown_keys()
        return made

    def apart(self, low: str, lower: float | None, high: str, higher: float | None) -> None:
        if lower is not None and higher is not None and lower >= higher:
            self.fault(low, f"{low} must be below {high}, {higher:g}", f"{lower:g}", "Are the two swapped?")

    def unknown_keys(self) -> None:
        known = ", ".join(self.asked)
        for key in self.raw:
            if key not in self.asked:
                self.fault(str(key), f"a key must be one of {known}", repr(key), "Remove it, or correct its spelling")
