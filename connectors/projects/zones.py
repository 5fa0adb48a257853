"""Zones and their parameters: which well's replace which zone's, and every fault of a parameter with its line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.errors import Fault, did_you_mean, nearest
from connectors.projects.config import Config
from connectors.projects.well_ids import WellNames
from scoring.parameters import ZoneParameters, parse_parameters
from scoring.project import Zone
from scoring.zones import WHOLE_LOG

OfZones = dict[str, ZoneParameters]
OfWells = dict[tuple[str, str], ZoneParameters]


def zones_and_parameters(
    config: Config, names: WellNames, faults: list[Fault]
) -> tuple[tuple[Zone, ...], OfZones, OfWells]:
    """Return the zones in the order they are written in, the parameters of each, and those of single wells.

    A well's parameters are its zone's with the keys it states replaced, whole tables at a time. A project without zones
    has one, WHOLE_LOG.
    """
    zones = tuple(
        Zone(entry) if isinstance(entry, str) else Zone(entry.name, entry.top, entry.base)
        for entry in config.file.zones
    )
    _check_names(zones, config, faults)
    of_zones: OfZones = {}
    of_wells: OfWells = {}
    known = [zone.name for zone in zones] or [WHOLE_LOG]
    for zone, raw in config.file.parameters.items():
        if zone not in known:
            must = f"parameters must be of zones, {', '.join(known)}"
            remedy = did_you_mean(nearest(zone, known, most=1)) or "Remove them, or add the zone."
            faults.append(Fault(config.where, config.line(("parameters", zone)), must, repr(zone), remedy))
            continue
        wells = {key: names.resolve(key) for key, value in raw.items() if isinstance(value, Mapping)}
        own = {key: value for key, value in raw.items() if wells.get(key) is None}
        parsed = _parsed(own, {}, ("parameters", zone), config, faults)
        if parsed is not None:
            of_zones[zone] = parsed
        for spelling, well_id in wells.items():
            if well_id is None:
                continue
            parsed = _parsed(own, raw[spelling], ("parameters", zone), config, faults, spelling)
            if parsed is not None:
                of_wells[zone, well_id] = parsed
    return zones, of_zones, of_wells


def _parsed(
    zone: Mapping[str, Any],
    well: Mapping[str, Any],
    path: tuple[str, ...],
    config: Config,
    faults: list[Fault],
    spelling: str | None = None,
) -> ZoneParameters | None:
    parameters, found = parse_parameters({**zone, **well})
    for fault in found:
        if spelling is not None and (not fault.path or fault.path[0] not in well):
            continue  # the zone's own, told there
        place = (*path, *([spelling] if spelling else []), *fault.path)
        where = config.where if fault.position is None else f"{config.where}, character {fault.position} of the text,"
        faults.append(Fault(where, config.line(place), f"{'.'.join(place)}: {fault.must}", fault.found, fault.remedy))
    return parameters


def _check_names(zones: tuple[Zone, ...], config: Config, faults: list[Fault]) -> None:
    for place, zone in enumerate(zones):
        line = config.line(("zones", place))
        if zone.name in {other.name for other in zones[:place]}:
            must, remedy = "each zone must have a name of its own", "Give it another name."
            faults.append(Fault(config.where, line, must, f"{zone.name!r} twice", remedy))
        if zone.base is not None and zone.top is None:
            must = f"zone {zone.name!r} must have a top where it has a base"
            faults.append(Fault(config.where, line, must, "a base alone", "Write top = ... beside it."))
