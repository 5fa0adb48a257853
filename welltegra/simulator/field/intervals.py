"""The true pay intervals: beds that lie together within the cutoffs, and their means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from welltegra.simulator.field.chance import Flags, Floats
from welltegra.simulator.field.geology import INTERVALS, ZONE_OF_INTERVAL, Beds
from welltegra.simulator.field.plan import Plan
from welltegra.simulator.field.trajectories import Paths


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Intervals of all wells, shape (wells, places); a place without pay is not `present` and holds NaN.

    Thicknesses are true vertical. vsh and phie are weighted by net thickness, sw by pore volume.
    """

    present: Flags
    top_md_m: Floats
    base_md_m: Floats
    top_tvdss_m: Floats
    base_tvdss_m: Floats
    gross_m: Floats
    net_pay_m: Floats
    vsh: Floats
    phie: Floats
    sw: Floats

    @property
    def hcpt_m(self) -> Floats:
        """Hydrocarbon pore thickness [m]."""
        return self.net_pay_m * self.phie * (1.0 - self.sw)

    @property
    def mid_md_m(self) -> Floats:
        """Middle along the hole [m]; NaN where there is no pay."""
        return 0.5 * (self.top_md_m + self.base_md_m)


def true_intervals(plan: Plan, beds: Beds, edge_md_m: Floats) -> Intervals:
    """Return the pay intervals of all wells; edge_md_m: MD [m] of the beds' edges, shape (wells, beds + 1)."""
    shape = (len(plan.well_ids), len(INTERVALS))
    values = {name: np.full(shape, np.nan) for name in _MEANS}
    present = np.zeros(shape, dtype=np.bool_)
    for place, (first, last) in enumerate(INTERVALS):
        among = slice(first, last + 1)
        net = np.where(beds.pay[:, among], beds.thickness_m[:, among], 0.0)
        pore = net * beds.phie[:, among]
        here = net.sum(axis=1) > 0.0
        present[:, place] = here
        total, pores = (np.where(here, part.sum(axis=1), np.nan) for part in (net, pore))
        values["net_pay_m"][:, place] = total
        values["vsh"][:, place] = (net * beds.vsh[:, among]).sum(axis=1) / total
        values["phie"][:, place] = pores / total
        values["sw"][:, place] = (pore * beds.sw[:, among]).sum(axis=1) / pores
        for kind, edges in (("md", edge_md_m), ("tvdss", beds.edge_tvdss_m)):
            values[f"top_{kind}_m"][:, place] = np.where(here, edges[:, first], np.nan)
            values[f"base_{kind}_m"][:, place] = np.where(here, edges[:, last + 1], np.nan)
        values["gross_m"][:, place] = values["base_tvdss_m"][:, place] - values["top_tvdss_m"][:, place]
    return Intervals(present=present, **values)


_MEANS = (
    *("top_md_m", "base_md_m", "top_tvdss_m", "base_tvdss_m", "gross_m", "net_pay_m"),
    *("vsh", "phie", "sw"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Completed:
    """Which interval each well is completed in, shape (wells,), -1 where in none, and its rock."""

    place: Floats
    net_pay_m: Floats
    phie: Floats
    sw: Floats
    x_m: Floats
    y_m: Floats


def completed(plan: Plan, intervals: Intervals, x_m: Floats, y_m: Floats) -> Completed:
    """Return what each producer is completed in. x_m, y_m: of the middles of the intervals, shape (wells, places)."""
    place = np.where(plan.lower, int(np.argmax(ZONE_OF_INTERVAL)), 0)
    rows = np.arange(len(place))
    return Completed(
        place=np.where(intervals.present[rows, place], place, -1),
        net_pay_m=intervals.net_pay_m[rows, place],
        phie=intervals.phie[rows, place],
        sw=intervals.sw[rows, place],
        x_m=x_m[rows, place],
        y_m=y_m[rows, place],
    )


def places(paths: Paths, intervals: Intervals, surface_x_m: Floats, surface_y_m: Floats) -> tuple[Floats, Floats]:
    """Return x and y [m], project CRS, of the middles of the intervals, shape (wells, places)."""
    middle = np.where(intervals.present, intervals.mid_md_m, 0.0)
    north, east, _ = paths.position_at(middle)
    return surface_x_m[:, None] + east, surface_y_m[:, None] + north
