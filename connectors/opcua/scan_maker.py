"""Pure: readings that came together, to scans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from connectors.kafka.scan_sink import ScanMessage
from connectors.kafka.scans import encode_scan
from connectors.opcua.parse import Reading
from schemas.scan import ScanStruct
from schemas.times import format_time


class TagName(NamedTuple):
    """What a scan says of a tag. unit: None where nobody states one."""

    well: str
    tag: str
    unit: str | None


def to_scans(
    readings: Iterable[Reading], names: Sequence[TagName], source: str, backfill: bool = False
) -> list[ScanMessage]:
    """Return the scans of readings, well after well: those of one time are one, and each tag's keep their order.

    Where the times of every tag of a well ascend, as they should, its scans are in the order of time. Else a tag's next
    reading stands in a later scan than its last, also where its time goes back or stays.
    """
    of_well: dict[str, list[Reading]] = {}
    for reading in readings:
        of_well.setdefault(names[reading.tag].well, []).append(reading)
    scans: list[ScanStruct] = []
    for well, own in of_well.items():
        for together in _in_time(own) if _all_ascend(own) else _in_order(own):
            scan = ScanStruct(well, format_time(together[0].time), {}, source=source, backfill=backfill)
            for reading in together:
                _put(scan, reading, names[reading.tag])
            scans.append(scan)
    return [ScanMessage(scan.well_id, encode_scan(scan), len(scan.values), backfill) for scan in scans]


def _all_ascend(readings: Iterable[Reading]) -> bool:
    last: dict[int, int] = {}
    for reading in readings:
        if reading.time <= last.get(reading.tag, -1):
            return False
        last[reading.tag] = reading.time
    return True


def _in_time(readings: Iterable[Reading]) -> list[list[Reading]]:
    at: dict[int, list[Reading]] = {}
    for reading in readings:
        at.setdefault(reading.time, []).append(reading)
    return [at[time] for time in sorted(at)]


def _in_order(readings: Iterable[Reading]) -> list[list[Reading]]:
    groups: list[list[Reading]] = []
    # The groups of each time, and the one that each tag's last reading is in.
    at: dict[int, list[int]] = {}
    last: dict[int, int] = {}
    for reading in readings:
        candidates = at.setdefault(reading.time, [])
        number = next((number for number in candidates if number > last.get(reading.tag, -1)), None)
        if number is None:
            number = len(groups)
            candidates.append(number)
            groups.append([])
        groups[number].append(reading)
        last[reading.tag] = number
    return groups


def _put(scan: ScanStruct, reading: Reading, name: TagName) -> None:
    scan.values[name.tag] = reading.value
    if name.unit is not None:
        scan.units = scan.units or {}
        scan.units[name.tag] = name.unit
    if reading.quality is not None:
        scan.quality = scan.quality or {}
        scan.quality[name.tag] = reading.quality
