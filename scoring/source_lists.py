"""Sources by their ids, several in one text: "S1;S2"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import polars as pl

_PARTS: Final = r"^(.*?)(\d*)$"


def each_once(texts: Iterable[str | None]) -> list[str]:
    """Return the ids that stand in some texts, each once, S2 before S10."""
    ids = {one for text in texts if text for one in text.split(";")}
    return sorted(ids, key=_natural)


def by_id(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with one id in each source_id, every row once; by all other columns, then S2 before S10."""
    apart = frame.with_columns(pl.col("source_id").str.split(";")).explode("source_id").drop_nulls("source_id").unique()
    others = [name for name in frame.columns if name != "source_id"]
    name, number = pl.col("source_id").str.extract(_PARTS, 1), pl.col("source_id").str.extract(_PARTS, 2)
    return apart.sort(*others, name, number.cast(pl.Int64, strict=False), "source_id", nulls_last=False)


def _natural(one: str) -> tuple[str, int, str]:
    parts = re.search(_PARTS, one)
    assert parts is not None
    return parts[1], int(parts[2] or -1), one
