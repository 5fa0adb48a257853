"""The layers that each well goes through, bed by bed: where they are, and their true Vsh, porosity and Sw.

Every bed is either well within the default cutoffs or well outside; a shale within a sand is thin enough to belong to
it, or thick enough to part it. So which intervals are pay does not hang on a sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from welltegra.simulator.field.chance import Flags, Floats, stream
from welltegra.simulator.field.plan import Plan
from welltegra.simulator.field.styles import STYLES

# Above the upper zone; upper zone; lower zone; below. A pick stands at the top of beds 1, 8 and 13.
OVERBURDEN, UPPER, LOWER, UNDERBURDEN = -1, 0, 1, 2
ZONE_OF_BED: Final = np.array([OVERBURDEN, *[UPPER] * 7, *[LOWER] * 5, UNDERBURDEN])
PICKS: Final = (1, 8, 13)
# Beds of each interval that may be pay, first and last.
INTERVALS: Final = ((1, 3), (5, 5), (8, 10))
ZONE_OF_INTERVAL: Final = np.array([UPPER, UPPER, LOWER])

_SANDS: Final = (1, 3, 5, 8, 10)
_PARTINGS: Final = (2, 9)
_SHALES: Final = (0, 4, 7, 11, 13)
_TIGHT, _WET, _THIRD_SAND, _FILLER = 6, 12, 5, 11
_RELIEF_M = 12.0
_FLANK_M = 70.0  # so much lower an injector meets the sands
_PARTING_M = 0.45
_DAMAGED_SAND_M = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Beds:
    """Beds of all wells, shape (wells, beds); top of bed i is edge i, its base edge i + 1.

    edge_tvdss_m, shape (wells, beds + 1). vsh, phie, sw [v/v]. pay: it lies within the default cutoffs.
    """

    edge_tvdss_m: Floats
    vsh: Floats
    phie: Floats
    sw: Floats
    pay: Flags

    @property
    def thickness_m(self) -> Floats:
        """True vertical [m]; all beds lie flat."""
        return np.diff(self.edge_tvdss_m, axis=1)


def lay(plan: Plan) -> Beds:
    """Return the beds of all wells of a plan."""
    wells, chance = len(plan.well_ids), stream(plan.options.seed, "geology")
    crest = plan.of_style(tuple(style.crest_tvdss_m for style in STYLES))
    contact = plan.of_style(tuple(style.contact_tvdss_m for style in STYLES))
    top = crest + _RELIEF_M * chance.random(wells) + np.where(plan.injector, _FLANK_M, 0.0)
    thick = _thicknesses(plan, chance)
    edge = np.empty((wells, len(ZONE_OF_BED) + 1))
    edge[:, 1] = top
    edge[:, 0] = top - thick[:, 0]
    for bed in range(1, len(ZONE_OF_BED)):
        if bed == _FILLER:  # down to the contact, so that the sand below it is wet
            thick[:, bed] = np.maximum(contact + 1.0 - edge[:, bed], 3.0)
        edge[:, bed + 1] = edge[:, bed] + thick[:, bed]
    return _filled(plan, edge, chance)


def _thicknesses(plan: Plan, chance: np.random.Generator) -> Floats:
    wells = len(plan.well_ids)
    ranges = {
        **dict.fromkeys(_SANDS, (1.5, 2.8)),
        **dict.fromkeys(_PARTINGS, (_PARTING_M, _PARTING_M)),
        **dict.fromkeys((0, 13), (40.0, 40.0)),
        4: (3.5, 6.0),
        7: (12.0, 18.0),
        _TIGHT: (2.5, 3.5),
        _FILLER: (3.0, 3.0),
        _WET: (8.0, 8.0),
    }
    thick = np.column_stack([chance.uniform(*ranges[bed], wells) for bed in range(len(ZONE_OF_BED))])
    # Good rock is also thick.
    thick[:, list(_SANDS)] *= 1.0 + 1.2 * plan.quality[:, None]
    damaged = plan.has_gap("resistivity_drops_out", "washed_out")
    thick[np.ix_(damaged, np.array(_SANDS))] = _DAMAGED_SAND_M
    return thick


def _filled(plan: Plan, edge: Floats, chance: np.random.Generator) -> Beds:
    wells = len(plan.well_ids)
    shape = (wells, len(ZONE_OF_BED))
    vsh, phie, sw = np.empty(shape), np.empty(shape), np.ones(shape)
    pay = np.zeros(shape, dtype=np.bool_)
    poor = 1.0 - plan.quality
    for bed in range(shape[1]):
        if bed in _SHALES:
            vsh[:, bed], phie[:, bed] = chance.uniform(0.86, 0.95, wells), 0.03
        elif bed in _PARTINGS:
            vsh[:, bed], phie[:, bed] = chance.uniform(0.65, 0.75, wells), 0.05
        elif bed == _TIGHT:
            vsh[:, bed], phie[:, bed] = 0.15, 0.045
        else:
            vsh[:, bed] = 0.05 + 0.22 * poor + chance.uniform(0.0, 0.05, wells)
            phie[:, bed] = 0.13 + 0.11 * plan.quality + chance.uniform(-0.01, 0.01, wells)
    for bed in _SANDS:
        sw[:, bed] = 0.22 + 0.24 * poor + chance.uniform(0.0, 0.05, wells)
        pay[:, bed] = ~plan.injector
    # Injectors stand on the flank: their upper sands are shaled out, their lower ones wet.
    flank = np.ix_(plan.injector, np.array([1, 3]))
    vsh[flank], phie[flank] = 0.70, 0.05
    sw[plan.injector] = 1.0
    without = plan.injector | (chance.random(wells) < 0.6) | plan.has_gap("resistivity_drops_out", "washed_out")
    vsh[without, _THIRD_SAND], phie[without, _THIRD_SAND] = 0.90, 0.03
    sw[without, _THIRD_SAND], pay[without, _THIRD_SAND] = 1.0, False
    return Beds(edge, np.round(vsh, 4), np.round(phie, 4), np.round(sw, 4), pay)
