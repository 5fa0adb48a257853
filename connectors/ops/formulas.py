"""Pure: which texts a spreadsheet takes for a formula, and how they are kept from being one: one rule for all files."""

from __future__ import annotations

import re
from typing import Final

import polars as pl

# The four signs, as they are typed, and wide and small, which some programs read as if they were.
_SIGNS: Final = "=+\\-@\u2212\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20"
# What is left out before them: white space of every kind, and what cannot be seen.
_NOTHING: Final = (
    "\x00-\x20\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb"
)
# A tab or the end of a line at the start goes into the next cell, whatever stands behind it.
RISKY: Final = f"^(?:[{_NOTHING}]*[{_SIGNS}]|[\t\r\n])"
_RISKY: Final = re.compile(RISKY)


def is_risky(text: str) -> bool:
    """Return whether a text is taken for a formula, wherever it is typed in or pasted."""
    return _RISKY.match(text) is not None


def risky(text: pl.Expr) -> pl.Expr:
    """Return whether texts are, as `is_risky` says."""
    return text.str.contains(RISKY)


def defused(text: pl.Expr) -> pl.Expr:
    """Return texts that no spreadsheet takes for a formula: an apostrophe goes before those that it might."""
    return pl.when(risky(text)).then(pl.concat_str(pl.lit("'"), text)).otherwise(text)
