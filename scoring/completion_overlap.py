"""What the completion records say of an interval: the status of the greater part of it that any record covers."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

NEVER_PERFORATED: Final = "never_perforated"
# The first of these is taken where two cover as much of an interval.
STATUSES: Final = ("perforated_producing", "perforated_shut_in", "squeezed", "isolated_plug")


def completion_status(
    completions: pl.DataFrame | None, well_id: str, top_md_m: pl.Series, base_md_m: pl.Series, as_of: date
) -> pl.Series:
    """Return the completion status of each interval of one well; null where it is not known.

    Where records overlap, the latest one not after `as_of` holds for the depths it covers, a record without a date
    being the oldest. An interval that none covers was never perforated only where the well has records, and all of them
    say where and what: of a well without any, nothing is known.

    Args:
        completions: well_id, top_md_m, base_md_m [m], status, date; None where the table was not given.
        well_id: The well.
        top_md_m: Tops of the intervals [m], shape (n,).
        base_md_m: Their bases.
        as_of: What came later is not known yet.
    """
    unknown = pl.repeat(None, len(top_md_m), dtype=pl.String, eager=True).alias("completion_status")
    if completions is None:
        return unknown
    records = completions.filter(
        (pl.col("well_id") == well_id) & (pl.col("date").is_null() | (pl.col("date") <= as_of))
    )
    if records.is_empty():
        return unknown
    placed = records.filter(pl.col("status").is_in(STATUSES) & (pl.col("base_md_m") > pl.col("top_md_m"))).sort(
        "date", "status", "top_md_m", "base_md_m", descending=[False, True, False, False], nulls_last=False
    )
    edges, painted = _painted(placed)
    covered = _covered(edges, painted, top_md_m.to_numpy(), base_md_m.to_numpy())
    otherwise = NEVER_PERFORATED if len(placed) == len(records) else None
    most = np.array(STATUSES, dtype=object)[covered.argmax(axis=1)]
    found = np.asarray(np.where(covered.max(axis=1) > 0, most, otherwise), dtype=object)
    return pl.Series("completion_status", found.tolist(), dtype=pl.String)


def _painted(records: pl.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return depths [m] and, between each and the next, the number of the status that holds there; -1 for none."""
    edges = np.unique(np.append(records["top_md_m"].to_numpy(), records["base_md_m"].to_numpy()))
    painted = np.full(max(len(edges) - 1, 0), -1, dtype=np.int64)
    for top, base, status in records.select("top_md_m", "base_md_m", "status").iter_rows():
        painted[(edges[:-1] >= top) & (edges[1:] <= base)] = STATUSES.index(status)
    return edges, painted


def _covered(
    edges: NDArray[np.float64], painted: NDArray[np.int64], top: NDArray[np.float64], base: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how many metres of each interval each status covers, shape (intervals, statuses)."""
    covered = np.zeros((len(top), len(STATUSES)))
    for status in range(len(STATUSES)):
        here = painted == status
        tops, bases = edges[:-1][here], edges[1:][here]
        overlap = np.minimum(base[:, None], bases) - np.maximum(top[:, None], tops)
        covered[:, status] = np.maximum(overlap, 0.0).sum(axis=1)
    return covered
