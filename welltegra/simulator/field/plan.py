"""The plan of a field: its reservoirs and wells, what each is for, and which of them lack something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from welltegra.simulator.field.chance import Flags, Floats, Integers, stream
from welltegra.simulator.field.gaps import GapKind, kinds_for
from welltegra.simulator.field.styles import STYLES, Style

AS_OF: Final = date(2026, 1, 1)
MOST_WELLS: Final = 200_000
PROJECT_CRS: Final = "EPSG:32631"

_MOST_WELLS_OF_A_RESERVOIR = 40
_SHARE_WITH_GAPS, _MOST_SHARE_WITH_GAPS = 0.35, 0.65
_ORIGIN_X_M, _ORIGIN_Y_M = 360_000.0, 6_200_000.0
_NEIGHBOURS_M = 700.0
_MARGIN_M = 1_100.0  # a deviated well starts that far from its target, at most


@dataclass(frozen=True, slots=True)
class FieldOptions:
    """How a field is to be made. noise: times a good tool's scatter, 0 for none.

    logs: as LAS files, else candidates in their place. gaps: some wells lack something, else none does.
    """

    wells: int
    seed: int
    noise: float = 1.0
    logs: bool = True
    gaps: bool = True

    @property
    def project_id(self) -> str:
        """What the field is called as a project."""
        return f"synthetic-{self.seed}-{self.wells}"


@dataclass(frozen=True, slots=True)
class Reservoir:
    """One reservoir: wells first to last, without last, and the corners of its outline in the project's CRS."""

    name: str
    style: Style
    first: int
    last: int
    west_m: float
    south_m: float
    east_m: float
    north_m: float

    @property
    def outline(self) -> str:
        """WKT of its outline."""
        west, south, east, north = (f"{edge:.1f}" for edge in (self.west_m, self.south_m, self.east_m, self.north_m))
        return f"POLYGON (({west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}))"


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A field before anything is drilled. Arrays have one item a well, in the order of `well_ids`.

    x_m, y_m: where the well meets its target, project CRS. quality: of rock and position, operable: of the well, [-].
    lower: completed in the lower zone, else in the upper. gaps: by well, what is missing, None where nothing is.
    """

    options: FieldOptions
    reservoirs: tuple[Reservoir, ...]
    well_ids: tuple[str, ...]
    reservoir_of: Integers
    x_m: Floats
    y_m: Floats
    kb_elevation_m: Floats
    inclination_deg: Floats
    azimuth_deg: Floats
    quality: Floats
    operable: Floats
    injector: Flags
    watered_out: Flags
    lower: Flags
    gaps: tuple[GapKind | None, ...]

    def has_gap(self, *kinds: str) -> Flags:
        """Return which wells lack something of one of these kinds."""
        return np.array([gap is not None and gap.name in kinds for gap in self.gaps], dtype=np.bool_)

    def of_style(self, values: tuple[float, ...]) -> Floats:
        """Return for each well the value of its reservoir's style, given in the order of STYLES."""
        return np.array(values)[self.reservoir_of % len(STYLES)]


def make_plan(options: FieldOptions) -> Plan:
    """Return the plan of a field."""
    wells, chance = options.wells, stream(options.seed, "plan")
    # Each reservoir is a neighbourhood; there is at least one of each style where there are wells for it.
    count = min(-(-wells // 6), max(len(STYLES), -(-wells // _MOST_WELLS_OF_A_RESERVOIR)))
    of = np.arange(wells) * count // wells
    places = _places(of, count, chance)
    reservoirs = places.reservoirs
    place = np.arange(wells) - np.array([reservoir.first for reservoir in reservoirs])[of]
    size = np.array([reservoir.last - reservoir.first for reservoir in reservoirs])[of]
    flooded = np.array([style.injectors for style in STYLES])[of % len(STYLES)]
    injector = flooded & (place % 8 == 4) & (size >= 5)
    watered_out = ~injector & (place % 7 == 2)
    inclination = np.where(chance.random(wells) < 0.4, np.round(chance.uniform(15.0, 35.0, wells), 1), 0.0)
    quality, operable = chance.random(wells), chance.random(wells)
    gaps = _gaps(options, places, ~(injector | watered_out), chance)
    # Of the wells that lack nothing, every other is as good as wells get.
    best = np.cumsum([gap is None for gap in gaps]) % 2 == 1
    best &= np.array([gap is None for gap in gaps]) & ~watered_out
    quality[best], operable[best] = 0.6 + 0.4 * quality[best], 0.6 + 0.4 * operable[best]
    damaged = np.array([gap is not None and gap.vertical for gap in gaps])
    slanted = np.array([gap is not None and gap.deviated for gap in gaps])
    inclination[damaged | injector] = 0.0
    inclination[slanted] = np.maximum(inclination[slanted], 18.0)
    width = max(3, len(str(wells)))
    return Plan(
        options=options,
        reservoirs=reservoirs,
        well_ids=tuple(f"W-{number:0{width}d}" for number in range(1, wells + 1)),
        reservoir_of=of,
        x_m=places.x_m,
        y_m=places.y_m,
        kb_elevation_m=np.round(chance.uniform(18.0, 36.0, wells), 2),
        inclination_deg=inclination,
        azimuth_deg=np.where(inclination > 0.0, np.round(chance.uniform(0.0, 360.0, wells), 1), 0.0),
        quality=quality,
        operable=operable,
        injector=injector,
        watered_out=watered_out,
        lower=watered_out | injector | (chance.random(wells) < 0.7),
        gaps=gaps,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """The reservoirs, and which each well is of and where it meets it."""

    reservoirs: tuple[Reservoir, ...]
    reservoir_of: Integers
    x_m: Floats
    y_m: Floats


def _places(of: Integers, count: int, chance: np.random.Generator) -> _Places:
    """Return the reservoirs and where wells meet them: on a grid, each a little off its node."""
    first = np.searchsorted(of, np.arange(count))
    last = np.append(first[1:], len(of))
    side = int(np.ceil(np.sqrt((last - first).max())))
    columns = int(np.ceil(np.sqrt(count)))
    spacing = max(style.spacing_m for style in STYLES)
    pitch = (side - 1) * spacing + 2.0 * _MARGIN_M + 400.0
    place = np.arange(len(of)) - first[of]
    west, south = _ORIGIN_X_M + of % columns * pitch, _ORIGIN_Y_M + of // columns * pitch
    jitter = chance.uniform(-40.0, 40.0, (2, len(of)))
    x_m = np.round(west + _MARGIN_M + place % side * spacing + jitter[0], 2)
    y_m = np.round(south + _MARGIN_M + place // side * spacing + jitter[1], 2)
    digits = max(2, len(str(count)))
    reservoirs = tuple(
        Reservoir(
            name=f"Synthetic {number + 1:0{digits}d}",
            style=STYLES[number % len(STYLES)],
            first=int(first[number]),
            last=int(last[number]),
            west_m=_ORIGIN_X_M + number % columns * pitch,
            south_m=_ORIGIN_Y_M + number // columns * pitch,
            east_m=_ORIGIN_X_M + number % columns * pitch + pitch - 400.0,
            north_m=_ORIGIN_Y_M + number // columns * pitch + pitch - 400.0,
        )
        for number in range(count)
    )
    return _Places(reservoirs, of, x_m, y_m)


def _gaps(
    options: FieldOptions, places: _Places, free: Flags, chance: np.random.Generator
) -> tuple[GapKind | None, ...]:
    """Return what each well lacks: every kind once while there are wells for it, one kind a well."""
    gaps: list[GapKind | None] = [None] * options.wells
    if not options.gaps:
        return tuple(gaps)
    kinds = kinds_for(logs=options.logs)
    share = max(int(_SHARE_WITH_GAPS * options.wells), min(len(kinds), int(_MOST_SHARE_WITH_GAPS * options.wells)))
    wells = chance.permutation(np.flatnonzero(free)).tolist()
    silent: dict[int, list[int]] = {}
    for number in range(share):
        kind = kinds[number % len(kinds)]
        well = next((well for well in wells if _suits(kind, well, places, silent)), None)
        if well is not None:
            wells.remove(well)
            gaps[well] = kind
            if kind.silent:
                silent.setdefault(int(places.reservoir_of[well]), []).append(well)
    return tuple(gaps)


def _suits(kind: GapKind, well: int, places: _Places, silent: dict[int, list[int]]) -> bool:
    """Return whether a well may lack something of a kind, given the silent wells of each reservoir."""
    reservoir = int(places.reservoir_of[well])
    if STYLES[reservoir % len(STYLES)].name not in kind.styles:
        return False
    x_m, y_m = places.x_m, places.y_m
    near = (np.hypot(x_m[well] - x_m[other], y_m[well] - y_m[other]) for other in silent.get(reservoir, []))
    return not kind.silent or min(near, default=np.inf) > _NEIGHBOURS_M
