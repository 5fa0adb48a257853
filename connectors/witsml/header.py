"""What a WITSML log says of its data before the data: its curves, its index, what stands for null."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from connectors.errors import Fault

# Curves of 1.x name their type in the schema's words (string, string16, string40, date time), channels of 2.0 in ETP's.
_NOT_NUMERIC = ("string", "date time", "boolean", "bytes", "vector", "null")


@dataclass(slots=True)
class CurveInfo:
    """A logCurveInfo or Channel as it is read, element by element."""

    mnemonic: str = ""
    unit: str | None = None
    null: str | None = None
    type: str = ""
    column: int | None = None
    point_metadata: list[str] = field(default_factory=list)


@dataclass(slots=True)
class LogInfo:
    """A log or ChannelSet as it is read, element by element; `mnemonics` and `units` are those of one logData."""

    uid: tuple[str, ...]
    well: str | None = None
    name: str = ""
    index_type: str = ""
    index_curve: str = ""
    index_column: int | None = None
    direction: str = ""
    null: str | None = None
    delimiter: str = ","
    curves: list[CurveInfo] = field(default_factory=list)
    mnemonics: list[str] | None = None
    units: list[str] | None = None
    json: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """A column of data: its mnemonic, its unit if it has one, what stands for null, why it cannot be read if so."""

    mnemonic: str
    column: int
    unit: str | None
    null: str | None
    numeric: bool
    unusable: str | None
    point_metadata: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """One body of data, a logData or the Data of a ChannelSet: what is needed to read its rows.

    number: which body of data of its file, from 0. line: of its start tag. curves: in the order of columns, without the
    index. width: cells of a row. fault: why none of it can be read, if so.
    """

    number: int
    line: int
    uid: tuple[str, ...]
    name: str
    well: str | None
    decreasing: bool
    delimiter: str
    json: bool
    index_column: int
    width: int
    curves: tuple[Curve, ...]
    fault: Fault | None


def block_of(info: LogInfo, where: str, number: int, line: int) -> Block:
    """Return the body of data that begins at `line`, as its log describes it."""
    columns, fault = _columns(info, where, line)
    index = 0
    if fault is None:
        index, fault = _index(info, [column.mnemonic for column in columns], where, line)
    return Block(
        number=number,
        line=line,
        uid=info.uid,
        name=info.name,
        well=info.well,
        decreasing=info.direction.lower() == "decreasing",
        delimiter=info.delimiter,
        json=info.json,
        index_column=index,
        width=len(columns),
        curves=tuple(curve for curve in columns if info.json or curve.column != index),
        fault=fault,
    )


def _columns(info: LogInfo, where: str, line: int) -> tuple[list[Curve], Fault | None]:
    """Return the columns in their order. The order of logCurveInfo is none: it often differs from that of the data."""
    by_name = {curve.mnemonic: curve for curve in info.curves}
    if info.json:
        infos: Sequence[CurveInfo] = info.curves
    elif info.mnemonics is not None:
        if info.units is not None and len(info.units) != len(info.mnemonics):
            must = f"unitList must have a unit for each of the {len(info.mnemonics)} mnemonics"
            return [], Fault(where, line, must, f"{len(info.units)} units", "Which unit is whose? Ask the source.")
        infos = [by_name.get(mnemonic) or CurveInfo(mnemonic) for mnemonic in info.mnemonics]
    elif info.curves and all(curve.column is not None for curve in info.curves):
        infos = sorted(info.curves, key=lambda curve: curve.column or 0)
        if [curve.column for curve in infos] != list(range(1, len(infos) + 1)):
            found = ", ".join(str(curve.column) for curve in infos)
            must = f"columnIndex must count the {len(infos)} curves from 1"
            return [], Fault(where, line, must, found, "Were curves taken out? Export the log anew.")
    else:
        must = "a log must say which column is which, by mnemonicList (1.4.1.1) or columnIndex (1.3.1.1)"
        return [], Fault(where, line, must, "neither", "Nothing of it is read; export the log anew.")
    mnemonics = [curve.mnemonic for curve in infos]
    return [_curve(info, curve, column, mnemonics.count(curve.mnemonic)) for column, curve in enumerate(infos)], None


def _curve(info: LogInfo, curve: CurveInfo, column: int, times: int) -> Curve:
    listed = info.units[column] if info.units else ""
    unusable = None
    if times > 1:
        unusable = f"{times} columns are called so"
    elif listed and curve.unit and listed != curve.unit:
        unusable = f"its unit is {listed!r} in unitList and {curve.unit!r} in logCurveInfo"
    return Curve(
        mnemonic=curve.mnemonic,
        column=column,
        unit=listed or curve.unit or None,
        null=curve.null if curve.null is not None else info.null,
        numeric=not curve.type.lower().startswith(_NOT_NUMERIC),
        unusable=unusable,
        point_metadata=tuple(curve.point_metadata),
    )


def _index(info: LogInfo, mnemonics: list[str], where: str, line: int) -> tuple[int, Fault | None]:
    """Return the column of the index (of 2.0: its place among the indexes, always the first)."""
    name = f"log {info.name!r}" if info.name else "a log"
    if info.index_type.lower() not in {"date time", "datetime"}:
        found = f"by {info.index_type}" if info.index_type else "without an index type"
        remedy = "Nothing of it is read; export the log by time."
        return 0, Fault(where, line, f"{name} must be indexed by date time", found, remedy)
    if info.json:
        return 0, None
    if info.index_curve in mnemonics:
        return mnemonics.index(info.index_curve), None
    if info.index_column is not None and 1 <= info.index_column <= len(mnemonics):
        return info.index_column - 1, None
    must = f"{name} must have its indexCurve among its columns"
    return 0, Fault(where, line, must, repr(info.index_curve), f"The columns are {', '.join(mnemonics)}.")
