"""How much of each interval's surroundings its neighbours drained, and how much water was put there: known by counting.

scoring unites the circles exactly; here a square of points is counted, which cannot be wrong in the same way.
"""

from __future__ import annotations

import numpy as np

from welltegra.simulator.field.chance import Floats
from welltegra.simulator.field.geology import ZONE_OF_INTERVAL
from welltegra.simulator.field.intervals import Completed, Intervals
from welltegra.simulator.field.plan import Plan
from welltegra.simulator.field.production import Life

_POINTS_ACROSS = 201


def drained_fractions(
    plan: Plan, intervals: Intervals, completion: Completed, life: Life, x_m: Floats, y_m: Floats
) -> Floats:
    """Return the share [-] of each interval's circle that other wells drained in its zone, shape (wells, places).

    x_m, y_m: of the middles of the intervals. NaN where there is no interval.
    """
    fractions = np.full(x_m.shape, np.nan)
    unit_x, unit_y = _disc()
    zone_of_completion = np.where(life.producer, ZONE_OF_INTERVAL[completion.place], -1)
    for reservoir in plan.reservoirs:
        wells = np.arange(reservoir.first, reservoir.last)
        radius = reservoir.style.spacing_m / 2.0
        for well in wells:
            for place in np.flatnonzero(intervals.present[well]):
                x, y = x_m[well, place], y_m[well, place]
                near = wells[(wells != well) & (zone_of_completion[wells] == ZONE_OF_INTERVAL[place])]
                reach = life.drained_radius_m[near] + radius
                near = near[np.hypot(completion.x_m[near] - x, completion.y_m[near] - y) < reach]
                drained = np.zeros(len(unit_x), dtype=np.bool_)
                for other in near:
                    away = (x + radius * unit_x - completion.x_m[other]) ** 2
                    away += (y + radius * unit_y - completion.y_m[other]) ** 2
                    drained |= away <= life.drained_radius_m[other] ** 2
                fractions[well, place] = drained.mean()
    return fractions


def injected_pore_volumes(
    plan: Plan, intervals: Intervals, life: Life, completion: Completed, x_m: Floats, y_m: Floats, injected_sm3: Floats
) -> Floats:
    """Return movable pore volumes [-] of water that came to each interval if water parts by inverse distance.

    Each injector's water goes to the producers of its reservoir, by one over their distance from it in the zone; only
    what went into an interval's zone counts, and the injectors here inject into the lower one, where a well has but one
    interval. Shape (wells, places), NaN where there is no interval.

    x_m, y_m: of the middles of the intervals, shape (wells, places). injected_sm3: by well.
    """
    found = np.where(intervals.present, 0.0, np.nan)
    lower = int(np.argmax(ZONE_OF_INTERVAL))
    for reservoir in plan.reservoirs:
        wells = np.arange(reservoir.first, reservoir.last)
        injectors, producers = wells[plan.injector[wells]], wells[life.producer[wells]]
        movable_m = intervals.hcpt_m - intervals.net_pay_m * intervals.phie * reservoir.style.sor
        pores_sm3 = np.pi * (reservoir.style.spacing_m / 2.0) ** 2 * movable_m
        for injector in injectors:
            x, y = plan.x_m[injector], plan.y_m[injector]
            near = 1.0 / np.hypot(completion.x_m[producers] - x, completion.y_m[producers] - y)
            own = 1.0 / np.hypot(x_m[producers, lower] - x, y_m[producers, lower] - y)
            share = own / (near.sum() - near + own)
            found[producers, lower] += share * injected_sm3[injector] / pores_sm3[producers, lower]
    return found


def _disc() -> tuple[Floats, Floats]:
    across = (np.arange(_POINTS_ACROSS) + 0.5) / _POINTS_ACROSS * 2.0 - 1.0
    x, y = np.meshgrid(across, across)
    inside = x**2 + y**2 <= 1.0
    return x[inside], y[inside]
