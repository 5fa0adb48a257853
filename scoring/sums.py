"""Sums over groups that do not depend on row order or thread count.

A float sum depends on the order of its terms in the last bits. Here the rows are sorted by key and then by value, and
each group is added up from first to last.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl


def summed(frame: pl.DataFrame, by: Sequence[str], columns: Sequence[str]) -> pl.DataFrame:
    """Return one row for each key, sorted by key (null first), with the sum of each of `columns`, Float64.

    A null adds nothing; the sum is null where the group has no value at all.
    """
    keys = frame.select(by).unique(maintain_order=False).sort(by)
    parts = [keys]
    for column in columns:
        ordered = frame.select(*by, pl.col(column).cast(pl.Float64).alias("_value")).drop_nulls("_value")
        ordered = ordered.sort(*by, "_value")
        group = ordered.select(pl.struct(by).rle_id().alias("_group"))["_group"].to_numpy()
        values = ordered["_value"].to_numpy()
        starts = np.flatnonzero(np.diff(group, prepend=-1)) if len(group) else np.zeros(0, dtype=np.int64)
        totals = np.add.reduceat(values, starts) if len(starts) else np.zeros(0)
        known = ordered[starts].select(by).with_columns(pl.Series(column, totals, dtype=pl.Float64))
        parts.append(keys.join(known, on=list(by), how="left", nulls_equal=True, maintain_order="left").select(column))
    return pl.concat(parts, how="horizontal")
