"""Arithmetic that a parameter file may write: parsed here into Polars expressions, never handed to Python.

    sum     = product, {("+" | "-"), product} ;
    product = signed, {("*" | "/"), signed} ;
    signed  = {"-" | "+"}, power ;
    power   = atom, ["**", signed] ;
    atom    = number | name | function, "(", sum, {",", sum}, ")" | "(", sum, ")" ;

Signs and powers bind as in Python: -2 ** 2 is -4, 2 ** 3 ** 2 is 512. All numbers are floats; none grows without end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

LONGEST: Final = 400  # characters
DEEPEST: Final = 40  # nested brackets, signs and powers
LARGEST_EXPONENT: Final = 100.0  # of a written number; nothing in petrophysics comes near it

_TOKEN: Final = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<sign>\*\*|[-+*/(),])", re.ASCII
)


def _least(a: pl.Expr, b: pl.Expr) -> pl.Expr:
    return pl.when(a.is_null() | b.is_null()).then(None).when(a <= b).then(a).otherwise(b)


def _most(a: pl.Expr, b: pl.Expr) -> pl.Expr:
    return pl.when(a.is_null() | b.is_null()).then(None).when(a >= b).then(a).otherwise(b)


_OF_ONE: Final[Mapping[str, Callable[[pl.Expr], pl.Expr]]] = {
    "abs": pl.Expr.abs,
    "exp": pl.Expr.exp,
    "ln": lambda x: x.log(),
    "log10": pl.Expr.log10,
    "sqrt": pl.Expr.sqrt,
}
_OF_TWO: Final[Mapping[str, Callable[[pl.Expr, pl.Expr], pl.Expr]]] = {"max": _most, "min": _least}
FUNCTIONS: Final = tuple(sorted([*_OF_ONE, *_OF_TWO]))


@dataclass(frozen=True, slots=True)
class ExpressionFault:
    """What keeps a text from being an expression. position: column of the fault, the first is 1."""

    position: int
    must: str
    found: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that was parsed without fault. columns: each name it may use, and the column that holds it."""

    text: str
    names: frozenset[str]
    columns: tuple[tuple[str, str], ...]

    def expr(self) -> pl.Expr:
        """Return its value as a Polars expression: null where a column it needs is null, or it is not finite there."""
        value = _Parser(self.text, dict(self.columns)).whole()
        return pl.when(value.is_finite()).then(value)


def parse_expression(text: str, columns: Mapping[str, str]) -> tuple[Expression | None, tuple[ExpressionFault, ...]]:
    """Return the expression, or None and its faults: all unknown names, and the first fault of grammar.

    Args:
        text: As the parameter file writes it.
        columns: The names it may use, each with the column that holds its values.
    """
    if len(text) > LONGEST:
        must = f"an expression must have at most {LONGEST} characters"
        return None, (ExpressionFault(LONGEST + 1, must, f"{len(text)}", "Write it shorter"),)
    parser = _Parser(text, columns)
    try:
        parser.whole()
    except _Refused as refused:
        return None, (*parser.faults, refused.fault)
    if parser.faults:
        return None, tuple(parser.faults)
    return Expression(text, frozenset(parser.used), tuple(sorted(columns.items()))), ()


class _Refused(Exception):
    """Nothing after this place can be understood."""

    def __init__(self, fault: ExpressionFault) -> None:
        self.fault = fault
        super().__init__(fault.must)


class _Parser:
    """One pass over one text. Names that are not known are noted in `faults`, and the pass goes on."""

    def __init__(self, text: str, columns: Mapping[str, str]) -> None:
        self.text = text
        self.columns = columns
        self.at = 0
        self.depth = 0
        self.faults: list[ExpressionFault] = []
        self.used: set[str] = set()

    def whole(self) -> pl.Expr:
        value, _ = self.sum()
        self.skip_blanks()
        if self.at < len(self.text):
            raise self.refused("the expression must end, or go on with + - * / **")
        return value

    def sum(self) -> tuple[pl.Expr, float | None]:
        """Return a value, and the number it is where it is written as one."""
        left, number = self.product()
        while sign := self.take("+", "-"):
            right, _ = self.product()
            left, number = (left + right if sign == "+" else left - right), None
        return left, number

    def product(self) -> tuple[pl.Expr, float | None]:
        left, number = self.signed()
        while sign := self.take("*", "/"):
            right, _ = self.signed()
            left, number = (left * right if sign == "*" else left / right), None
        return left, number

    def signed(self) -> tuple[pl.Expr, float | None]:
        self.depth += 1  # every bracket, sign and power comes through here
        if self.depth > DEEPEST:
            raise self.refused(f"brackets, signs and powers must be nested at most {DEEPEST} deep")
        sign = self.take("-", "+")
        value, number = self.signed() if sign else self.power()
        self.depth -= 1
        return (-value, None if number is None else -number) if sign == "-" else (value, number)

    def power(self) -> tuple[pl.Expr, float | None]:
        base, number = self.atom()
        if not self.take("**"):
            return base, number
        self.skip_blanks()
        start = self.at
        exponent, written = self.signed()
        if written is not None and abs(written) > LARGEST_EXPONENT:
            must = f"an exponent must lie within {-LARGEST_EXPONENT:g} and {LARGEST_EXPONENT:g}"
            raise self.refused(must, start, f"{written:g}")
        return base.pow(exponent), None

    def atom(self) -> tuple[pl.Expr, float | None]:
        self.skip_blanks()
        start, match = self.at, _TOKEN.match(self.text, self.at)
        if match is None or (match["sign"] and match["sign"] != "("):
            raise self.refused("here must stand a number, a name or an opening bracket")
        self.at = match.end()
        if match["number"]:
            return self.number(match["number"], start)
        if match["name"]:
            return self.named(match["name"], start), None
        value, number = self.sum()
        self.must_take(")", start)
        return value, number

    def number(self, written: str, start: int) -> tuple[pl.Expr, float]:
        value = float(written)
        if value == float("inf"):
            raise self.refused("a number must be finite", start, written)
        return pl.lit(value, pl.Float64), value

    def named(self, name: str, start: int) -> pl.Expr:
        if self.take("("):
            return self.call(name, start)
        if name not in self.columns:
            self.faults.append(self.unknown("name", name, start, self.columns))
            return pl.lit(None, pl.Float64)
        self.used.add(name)
        return pl.col(self.columns[name])

    def call(self, name: str, start: int) -> pl.Expr:
        given = [self.sum()[0]]
        while self.take(","):
            given.append(self.sum()[0])
        self.must_take(")", start)
        if name in _OF_ONE and len(given) == 1:
            return _OF_ONE[name](given[0])
        if name in _OF_TWO and len(given) == 2:
            return _OF_TWO[name](given[0], given[1])
        if name not in FUNCTIONS:
            self.faults.append(self.unknown("function", name, start, FUNCTIONS))
        else:
            must, takes = f"{name} must be given", "one value" if name in _OF_ONE else "two values"
            self.faults.append(ExpressionFault(start + 1, f"{must} {takes}", f"{len(given)}", "Write as many"))
        return pl.lit(None, pl.Float64)

    def take(self, *signs: str) -> str | None:
        """Return the sign that comes next and step over it; None where none of these comes."""
        self.skip_blanks()
        match = _TOKEN.match(self.text, self.at)
        if match is None or match["sign"] not in signs:
            return None
        self.at = match.end()
        return match["sign"]

    def must_take(self, sign: str, opened: int) -> None:
        if not self.take(sign):
            raise self.refused(f"the bracket opened at column {opened + 1} must be closed by {sign!r}")

    def skip_blanks(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in " \t\r\n":
            self.at += 1

    def refused(self, must: str, start: int | None = None, found: str | None = None) -> _Refused:
        start = self.at if start is None else start
        token = _TOKEN.match(self.text, start)
        here = token.group() if token else self.text[start : start + 1]
        remedy = "Write ** for a power" if here == "^" else f"Use + - * / ** ( ) and {', '.join(FUNCTIONS)}"
        return _Refused(ExpressionFault(start + 1, must, found or (repr(here) if here else "the end"), remedy))

    def unknown(self, kind: str, name: str, start: int, known: Mapping[str, str] | tuple[str, ...]) -> ExpressionFault:
        return ExpressionFault(
            start + 1, f"a {kind} must be one of {', '.join(sorted(known))}", repr(name), f"Use a {kind} that is known"
        )
