"""Logs in, judged samples out: what each sample owns, its Vsh, porosity and Sw, and whether it is pay.

Wells are judged together: what a zone's parameters make of its samples is a few expressions over all of them, and for
a log of some hundred samples a call of Polars takes longer than what it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from scoring.hole import Hole
from scoring.models import log_models
from scoring.parameters import PetrophysicsDefaults, ZoneParameters, settled
from scoring.placing import PLACES, Placed, as_null, placed
from scoring.project import WellLog
from scoring.rock import Temperature


@dataclass(frozen=True, slots=True, eq=False)
class LoggedWell:
    """One well's log, and what it is read by.

    stretches: zone, stretch, top_md_m, base_md_m, as `scoring.zones.stretches` gives them. parameters: by zone; a zone
    without has the defaults. reservoir_degc: formation temperature where the parameters give none [degC].
    """

    log: WellLog
    stretches: pl.DataFrame
    hole: Hole
    parameters: Mapping[str, ZoneParameters]
    reservoir_degc: float | None = None


def evaluate(wells: Sequence[LoggedWell], defaults: PetrophysicsDefaults) -> pl.DataFrame:
    """Return the samples of wells in their zones, by well, zone, stretch and depth; no columns where no stretch is.

    A well's samples are the same whichever wells it is judged with.

    Where they are: well_id, zone, part (number of the well and zone), stretch, block (touching stretches share one),
    in_zone, md_m, top_md_m and base_md_m of what the sample owns, tvd_m, tvdss_m, h_md_m, h_tv_m, v_top_m, v_base_m
    (vertical path, `scoring.intervals`), step_m, stretch_md_m, stretch_tv_m (of the whole stretch). What they read: see
    `scoring.models.log_models`. Judged: bad_hole, has_caliper, evaluated, passes (evaluated and within the cutoffs),
    pay (and not excluded). Samples near a zone, for its shale, have in_zone false and stretch null, and own nothing.

    Args:
        wells: At most one for each well.
        defaults: The profile's.
    """
    parts = list(_parts(wells, defaults))
    if not parts:
        return pl.DataFrame()
    samples = _read(wells, parts)
    rules = list(dict.fromkeys(part.rule for part in parts))
    if len(rules) == 1:
        return _judged(samples, rules[0], defaults)
    rule_of = np.repeat([rules.index(part.rule) for part in parts], [len(part.placed.sample) for part in parts])
    judged = [_judged(samples[np.flatnonzero(rule_of == at)], rule, defaults) for at, rule in enumerate(rules)]
    return pl.concat(judged).sort("part", maintain_order=True)


@dataclass(frozen=True, slots=True)
class _Rule:
    """What samples are judged by."""

    said: ZoneParameters
    temperature: Temperature | None


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One zone of one well. well: its place among the wells."""

    well: int
    zone: str
    rule: _Rule
    placed: Placed


def _parts(wells: Sequence[LoggedWell], defaults: PetrophysicsDefaults) -> Iterator[_Part]:
    for number, well in enumerate(wells):
        md_m = well.log.frame["md_m"].sort().to_numpy()
        for (zone,), of_zone in well.stretches.group_by("zone", maintain_order=True):
            said = settled(well.parameters.get(str(zone)), defaults)
            degc = well.reservoir_degc
            rule = _Rule(said, said.temperature or (None if degc is None else Temperature(degc)))
            yield _Part(number, str(zone), rule, placed(md_m, of_zone, well.hole, defaults.shale_within_m))


def _read(wells: Sequence[LoggedWell], parts: Sequence[_Part]) -> pl.DataFrame:
    """Return what the logs read at the samples of all parts, one after the other, with their places."""
    logs = [well.log.frame.sort("md_m") for well in wells]
    first = np.cumsum([0, *(log.height for log in logs)])
    curves = pl.concat(logs, how="diagonal")[np.concatenate([part.placed.sample + first[part.well] for part in parts])]
    columns = {name: np.concatenate([part.placed.columns[name] for part in parts]) for name in PLACES}
    places = pl.DataFrame(columns, schema=PLACES).with_columns(map(as_null, PLACES))
    counts = [len(part.placed.sample) for part in parts]
    names = pl.DataFrame(
        {
            "well_id": [wells[part.well].log.well_id for part in parts],
            "zone": [part.zone for part in parts],
            "part": range(len(parts)),
        },
        schema={"well_id": pl.String, "zone": pl.String, "part": pl.Int32},
    )[np.repeat(np.arange(len(parts)), counts)]
    return pl.concat([curves, places, names], how="horizontal")


def _judged(placed_samples: pl.DataFrame, rule: _Rule, defaults: PetrophysicsDefaults) -> pl.DataFrame:
    """Return the samples with their rock, and what bad hole, gaps and cutoffs make of them. Null is never pay."""
    samples = log_models(placed_samples, rule.said, rule.temperature)
    cutoffs = rule.said.cutoffs
    assert cutoffs is not None
    met = [
        pl.col(name) <= limit if at_most else pl.col(name) >= limit
        for name, limit, at_most in (
            ("vsh", cutoffs.vsh_max, True),
            ("phie", cutoffs.phie_min, False),
            ("sw", cutoffs.sw_max, True),
            ("rt", cutoffs.rt_min, False),
        )
        if limit is not None
    ]
    enlarged = pl.col("caliper") - pl.col("bit_size") > defaults.caliper_excess_max_in
    rugose = pl.col("drho").abs() > defaults.drho_max
    needed = ["vsh", "phie", "sw"] + (["rt"] if cutoffs.rt_min is not None else [])
    read = pl.all_horizontal(pl.col(name).is_not_null() for name in needed)
    return (
        samples.with_columns(
            bad_hole=enlarged.fill_null(value=False) | rugose.fill_null(value=False),
            has_caliper=pl.col("caliper").is_not_null() & pl.col("bit_size").is_not_null(),
        )
        .with_columns(evaluated=read & ~pl.col("bad_hole"))
        .with_columns(
            passes=pl.all_horizontal(pl.col("in_zone"), pl.col("evaluated"), *met).fill_null(value=False),
            cutoffs_applied=pl.struct(
                vsh_max=pl.lit(cutoffs.vsh_max, pl.Float64),
                phie_min=pl.lit(cutoffs.phie_min, pl.Float64),
                sw_max=pl.lit(cutoffs.sw_max, pl.Float64),
                rt_min=pl.lit(cutoffs.rt_min, pl.Float64),
                min_bed_m=pl.lit(defaults.min_bed_m, pl.Float64),
                merge_gap_m=pl.lit(defaults.merge_gap_m, pl.Float64),
                min_net_m=pl.lit(defaults.min_net_m, pl.Float64),
            ),
        )
        .with_columns(pay=pl.col("passes") & ~pl.col("excluded"))
    )
