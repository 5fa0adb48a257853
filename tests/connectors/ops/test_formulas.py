"""What a spreadsheet takes for a formula is defused by one rule: as a row of a file, in a workbook, and copied."""

from __future__ import annotations

import polars as pl
import pytest

from connectors.ops.formulas import defused, is_risky, risky
from connectors.ops.workbook import text_cell
from welltegra.web.as_text import safe

RISKY = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t1", "\r1", "\n1"),
    # Before it what is left out where it is pasted.
    *(" =1+1", "  \t=1", "\u00a0=1", "\u3000=1", "\u200b=1", "\ufeff=1", "\x00=1", "\u2028-1"),
    # Wide and small, as they are typed in Chinese and Japanese.
    *("\uff1d1+1", "\uff0b1", "\uff0d1", "\uff201", "\ufe661", "\u22121"),
]
HARMLESS = ["", "Kern 9", "W-1", "a=1", " a", "1+1", "'=1", "\u00e9=1"]


@pytest.mark.parametrize("text", RISKY)
def test_that_a_formula_is_defused_wherever_it_goes(text: str) -> None:
    assert is_risky(text)
    assert pl.select(defused(pl.lit(text))).item() == f"'{text}"
    assert ' s="2"' in pl.select(text_cell(pl.lit(text))).item()
    if not text.startswith(("\t1", "\r1", "\n1")):  # white space is one space each there, and no cell ends by it
        assert safe(text).startswith("'")


@pytest.mark.parametrize("text", HARMLESS)
def test_that_what_is_none_stays_as_it_is(text: str) -> None:
    assert not is_risky(text)
    assert pl.select(defused(pl.lit(text))).item() == text
    assert safe(text) == text.strip()


def test_that_a_text_and_a_column_are_judged_alike() -> None:
    texts = [f"{first}{sign}1" for first in map(chr, range(0x3100)) for sign in "=a"]
    found = pl.DataFrame({"text": texts}).select(risky(pl.col("text"))).to_series().to_list()
    assert found == [is_risky(text) for text in texts]
