"""Kinds of values that options of the command line take."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import click

FILE = click.Path(path_type=Path)


class Number(click.FloatRange):
    """A finite number from `low` to `high`, both included."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__(low, high)
        self._low, self._high = low, high

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not self._low <= number <= self._high:
            self.fail(f"must be a number from {self._low:,.10g} to {self._high:,.10g}; was {value!r}.", param, ctx)
        return number


# Slower than a thousandth of life, nothing happens while one looks; faster than a million, nothing is to be seen.
SPEED = Number(0.001, 1_000_000)


def once(_context: click.Context, param: click.Parameter, values: tuple[Any, ...]) -> Any:
    """Return the value of an option that may be given once, None if it was not; to be used with `multiple=True`."""
    if len(values) > 1:
        raise click.BadParameter(f"must be given once; was given {len(values)} times.", param=param)
    return values[0] if values else None
