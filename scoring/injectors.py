"""How many movable pore volumes of injected water have come a target's way."""

from __future__ import annotations

import math
from datetime import date
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.connectivity import CRM_INJECTORS, crm_gains
from scoring.injected_water import doubt, injects, named, producing, wells_of, without_report
from scoring.own_injection import took_none
from scoring.places import NOWHERE
from scoring.sums import summed

Floats = NDArray[np.float64]

NEAREST_M: Final = 1.0  # two wells of one place have no distance to divide by

INJECTORS: Final = {
    "row": pl.UInt32,
    "injector_mpvi": pl.Float64,
    "injector_mpvi_status": pl.String,
    "injector_mpvi_why": pl.String,
    "injectors_method": pl.String,
    "injectors": pl.String,
}


def monthly_injection(injection: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return well_id, zone, month and water_sm3, gas_sm3 [Sm3] injected in it, up to a date.

    unsaid: how many of its rows leave out how much water, or into which zone, where the well says so elsewhere. A well
    that reports gas and never water injects gas alone. A row without any volume is none, as for the reader.

    Needs: well_id, zone, date, water_sm3, gas_sm3.
    """
    rows = injection.filter(pl.col("date").is_not_null() & (pl.col("date") <= as_of))
    water, gas, zone = pl.col("water_sm3"), pl.col("gas_sm3"), pl.col("zone")
    gas_alone = (gas > 0.0).fill_null(value=False) & water.is_null().all().over("well_id")
    somewhere = zone.is_null() & zone.is_not_null().any().over("well_id")
    rows = rows.with_columns(
        month=pl.col("date").dt.month_start(),
        unsaid=(water.is_null() & gas.is_not_null() & ~gas_alone) | (somewhere & (water != 0.0)),
    )
    return summed(rows, ["well_id", "zone", "month"], ["water_sm3", "gas_sm3", "unsaid"])


def movable_pores() -> pl.Expr:
    """Return the pore thickness that water can sweep, h phi (1 - Sw - Sor) [m].

    Needs: hcpt_m = h phi (1 - Sw) [m], net_pay_m [m], phie [-], sor [-].
    """
    return pl.col("hcpt_m") - pl.col("net_pay_m") * pl.col("phie") * pl.col("sor")


def injector_influence(
    rows: pl.DataFrame, injection: pl.DataFrame | None, months: pl.DataFrame | None, wells: pl.DataFrame
) -> pl.DataFrame:
    """Return INJECTORS of each row: the sum over injectors of connectivity x injected water, in movable pore volumes.

    Connectivity is the share of an injector's water that goes to the target's well. Where that well has 24 months in
    common with injection, the gain of a capacitance-resistance model, if injection explains its rate. What these gains
    leave of an injector's water goes to the other producers and the well itself by inverse distance. Of its own water
    an injector has all, in the intervals that are not known to be closed to it. What comes to the well is spread over
    its intervals (of the zone, where injection is reported by zone) by pore thickness.

    More water may score more or less: where some of it, or the place of an injector or a producer, is not known, all
    of the reservoir is missing. Months between an injector's first and last of which it has no row count as none, and
    `injectors_method` says how many.

    Needs of rows: row, reservoir, well_id, zone, hcpt_m, net_pay_m, phie, sor, spacing_m, x_at_m, y_at_m,
        spatial_problem, bo, completion_status. Of injection and months: as `monthly_injection` and
        `production.monthly` return them. Of wells: well_id, reservoir, x_m, y_m, spatial_problem.
    """
    rows = rows.sort("row")
    if injection is None:
        return _unknown(rows, pl.lit("no injection table"))
    strays = wells.filter(pl.col("reservoir").is_null())
    stray_injectors = wells_of(injection.filter(injects()), strays)
    if stray_injectors:
        said = f"{named(stray_injectors)} injected, and of which reservoir is not stated"
        return _unknown(rows, pl.lit(said))
    parts = [
        _of_reservoir(part, injection, months, wells.filter(pl.col("reservoir") == reservoir), strays)
        if reservoir is not None
        else _unknown(part, pl.lit("the well's reservoir is not stated"))
        for (reservoir,), part in rows.group_by("reservoir", maintain_order=True)
    ]
    return pl.concat(parts).sort("row") if parts else _unknown(rows, pl.lit(""))


def _unknown(rows: pl.DataFrame, why: pl.Expr) -> pl.DataFrame:
    blank = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in INJECTORS.items() if name != "row"]
    frame = rows.select("row", *blank, why=why)
    return frame.with_columns(injector_mpvi_status=pl.lit("missing"), injector_mpvi_why="why").select(*INJECTORS)


def _of_reservoir(
    rows: pl.DataFrame,
    injection: pl.DataFrame,
    months: pl.DataFrame | None,
    wells: pl.DataFrame,
    strays: pl.DataFrame,
) -> pl.DataFrame:
    its = injection.join(wells.select("well_id"), on="well_id", how="semi")
    its = its.filter(injects())
    if its.is_empty():
        none = _unknown(rows, pl.lit(None, dtype=pl.String))
        return none.with_columns(
            injector_mpvi=pl.lit(0.0),
            injector_mpvi_status=pl.lit("not_applicable"),
            injectors_method=pl.lit("no injection in the reservoir"),
        )
    located = wells.filter(pl.col("spatial_problem").is_null()).drop_nulls(["x_m", "y_m"])
    placed = its.filter(pl.col("water_sm3") > 0.0)
    doubted = doubt(its, months, wells, located, strays)
    if doubted is None and placed.is_empty():
        doubted = "the reservoir has no water injector, and what its gas displaced is not reckoned with"
    if doubted is not None:
        return _unknown(rows, pl.lit(doubted))
    flows = _Flows(rows, placed, months, located)
    pore_volume = math.pi * (pl.col("spacing_m") / 2.0) ** 2 * movable_pores()
    frame = rows.with_columns(
        pore_volume=pore_volume,
        arrived=pl.Series(flows.arrived_sm3(), dtype=pl.Float64),
        method=pl.Series(flows.methods, dtype=pl.String),
        named=pl.Series(flows.named, dtype=pl.String),
    )
    why = (
        pl.when(pl.col("spatial_problem").is_not_null())
        .then(pl.lit("not computed while the location is in doubt: ") + pl.col("spatial_problem"))
        .when(pl.col("zone").is_null())
        .then(pl.lit("the row has no interval"))
        .when(pl.col("x_at_m").is_null())
        .then(pl.lit(NOWHERE))
        .when(pl.col("pore_volume").is_null())
        .then(pl.lit("the movable pore volume needs sor and spacing_m of the reservoir, and net pay, phie and sw"))
        .when(pl.col("pore_volume") <= 0.0)
        .then(pl.lit("the interval holds no movable oil: Sw + Sor reach 1"))
    )
    frame = frame.with_columns(injector_mpvi_why=why)
    known = pl.col("injector_mpvi_why").is_null()
    return frame.with_columns(
        injector_mpvi=pl.when(known).then(pl.col("arrived") / pl.col("pore_volume")),
        injector_mpvi_status=pl.when(known).then(pl.lit("derived")).otherwise(pl.lit("missing")),
        injectors_method=pl.when(known).then("method"),
        injectors=pl.when(known).then("named"),
    ).select(*INJECTORS)


class _Flows:
    """The water that came to each row of one reservoir, injector by injector."""

    def __init__(
        self, rows: pl.DataFrame, injection: pl.DataFrame, months: pl.DataFrame | None, located: pl.DataFrame
    ) -> None:
        self.rows = rows
        self.injection = injection
        self.injectors = (
            injection.select("well_id")
            .unique()
            .sort("well_id")
            .join(located.select("well_id", "x_m", "y_m"), on="well_id", maintain_order="left")
        )
        self.names: list[str] = self.injectors["well_id"].to_list()
        self.x = rows["x_at_m"].fill_null(np.nan).to_numpy()
        self.y = rows["y_at_m"].fill_null(np.nan).to_numpy()
        self.producers = pl.DataFrame(schema={"well_id": pl.String, "x_m": pl.Float64, "y_m": pl.Float64})
        if months is not None:
            drawing = producing(months)
            self.producers = located.select("well_id", "x_m", "y_m").join(drawing, on="well_id", how="semi")
            self.producers = self.producers.sort("well_id")
        gains = {} if months is None else crm_gains(self.producers, self.injectors, months, injection, self._bo())
        self.gain = np.full((len(rows), len(self.names)), np.nan) if gains else None
        # What the models give to their wells, nobody else can have.
        self.left = np.ones(len(self.names))
        for well_id in sorted(gains):
            self.left = np.maximum(self.left - gains[well_id], 0.0)
        self.others = self.producers.filter(~pl.col("well_id").is_in(list(gains)))
        fitted = np.array([well_id in gains for well_id in rows["well_id"]], dtype=bool)
        if self.gain is not None:
            for i in np.flatnonzero(fitted):
                self.gain[i] = gains[rows["well_id"][int(i)]]
        near = f"inverse distance over {_counted(len(self.names))}"
        crm = f"crm over {_counted(min(len(self.names), CRM_INJECTORS))}"
        rest = f"{near}, of what crm leaves" if gains else near
        silent = without_report(injection)
        told = f"; {silent}" if silent else ""
        self.methods = [(crm if well_is_fitted else rest) + told for well_is_fitted in fitted]
        self.named = [self._nearest(i) for i in range(len(rows))]

    def _bo(self) -> float:
        stated = self.rows["bo"].drop_nulls()
        return float(stated[0]) if len(stated) else 1.0  # rates of water and oil at the surface: the usual proxy

    def _nearest(self, i: int) -> str:
        away = np.hypot(self.injectors["x_m"].to_numpy() - self.x[i], self.injectors["y_m"].to_numpy() - self.y[i])
        order = np.lexsort((np.arange(len(away)), away))[:3]
        return "; ".join(f"{self.names[j]} at {away[j]:.0f} m" for j in order if math.isfinite(away[j]))

    def arrived_sm3(self) -> Floats:
        """Return the injected water [Sm3] that came to each row, shape (rows,)."""
        arrived = np.zeros(len(self.rows))
        by_zone = summed(self.injection, ["well_id", "zone"], ["water_sm3"])
        part_of_well = self._part(["well_id"])
        part_of_zone = self._part(["well_id", "zone"])
        zones = self.rows["zone"].to_numpy()
        known_as = self.rows["well_id"].to_numpy()
        own_of_well = self._part(["well_id"], ~took_none())
        own_of_zone = self._part(["well_id", "zone"], ~took_none())
        for j, (name, x, y) in enumerate(self.injectors.select("well_id", "x_m", "y_m").iter_rows()):
            itself = known_as == name
            # All that a well injects passes through the rock around it, wherever it goes then.
            share = np.where(itself, 1.0, self._share(j, x, y))
            of_well = np.where(itself, own_of_well, part_of_well)
            of_zone = np.where(itself, own_of_zone, part_of_zone)
            for zone, water in by_zone.filter(pl.col("well_id") == name).select("zone", "water_sm3").iter_rows():
                part = of_well if zone is None else np.where(zones == zone, of_zone, 0.0)
                arrived += share * part * (water or 0.0)
        return arrived

    def _part(self, scope: list[str], takes: pl.Expr | None = None) -> Floats:
        """Return the share of each row in what comes to its well or zone; takes: which rows alone have one."""
        pores = (pl.col("net_pay_m") * pl.col("phie")).fill_null(0.0)
        pores = pores if takes is None else pl.when(takes).then(pores).otherwise(0.0)
        total = summed(self.rows.with_columns(pores=pores), scope, ["pores"]).rename({"pores": "total"})
        frame = self.rows.with_columns(pores=pores).join(
            total, on=scope, how="left", nulls_equal=True, maintain_order="left"
        )
        part = pl.when(pl.col("total") > 0.0).then(pl.col("pores") / pl.col("total")).otherwise(0.0)
        return frame.select(part=part)["part"].to_numpy().copy()

    def _share(self, j: int, x: float, y: float) -> Floats:
        """Return the share of injector j's water that goes to each row's well."""
        away = 1.0 / np.maximum(np.hypot(self.x - x, self.y - y), NEAREST_M)
        px, py = self.others["x_m"].to_numpy(), self.others["y_m"].to_numpy()
        others = 1.0 / np.maximum(np.hypot(px - x, py - y), NEAREST_M)
        drawn = float(others.sum())
        at = {well_id: float(others[k]) for k, well_id in enumerate(self.others["well_id"])}
        own = np.array([at.get(well_id, 0.0) for well_id in self.rows["well_id"]])
        share = np.asarray(self.left[j] * away / (drawn - own + away))
        if self.gain is not None:
            share = np.where(np.isnan(self.gain[:, j]), share, self.gain[:, j])
        return share


def _counted(injectors: int) -> str:
    return f"{injectors} injector{'' if injectors == 1 else 's'}"
