"""Ranks: the order in which targets are worth looking at, 1 to n without holes."""

from __future__ import annotations

import polars as pl

from scoring.facts import KEY, TargetsFault


def rank(targets: pl.DataFrame) -> pl.DataFrame:
    """Return targets sorted by target_rank, which it adds: 1..n.

    By class A, B, C, D, Q; then total, potential and net thickness, each descending; then well_id, event_no and
    candidate_id, ids by their bytes. Null comes last.

    Raises:
        TargetsFault: Two targets have the same key, so that their order would be chance.
    """
    keys = targets.select(
        pl.col("classification").to_physical().alias("class"),
        (-pl.col("total_score")).alias("total"),
        (-pl.col("total_potential")).alias("potential"),
        (-pl.col("net_pay_m")).alias("net"),
        *KEY,
    )
    order = keys.select(pl.arg_sort_by(keys.columns, nulls_last=True, maintain_order=True)).to_series()
    ordered = keys[order]
    same = ordered.select(pl.all_horizontal(pl.all().eq_missing(pl.all().shift(1)))).to_series()
    twice = same.arg_true().filter(same.arg_true() > 0)
    if len(twice):
        well_id, event_no, candidate_id = ordered.row(twice[0])[-3:]
        raise TargetsFault(
            f"targets: each must have a key of its own; well {well_id!r} event {event_no!r} candidate {candidate_id!r} "
            "stands twice. Remove one."
        )
    return targets[order].with_columns(pl.int_range(1, targets.height + 1, dtype=pl.Int32).alias("target_rank"))
