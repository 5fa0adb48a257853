"""The long form: which columns a table of samples has, and from its cells to the batch we hand on."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from connectors.cells import QUALITIES, Mask, OnFault, as_dictionary, as_mask, time_fault, times, value_fault, values
from connectors.errors import Fault
from schemas.columns import SAMPLE_COLUMNS

REQUIRED: Final = ("well_id", "tag", "time", "value")
OPTIONAL: Final = ("unit", "quality", "received_at", "backfill")
KNOWN: Final = REQUIRED + OPTIONAL
NAMES: Final = ("well_id", "tag", "unit", "quality")

_LEFT_OUT: Final = "The row is left out"
_TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}


def header_faults(where: str, line: int | None, names: Sequence[str]) -> list[Fault]:
    """Return what is wrong with the column names. Others may be there too, unless nearly named like ours."""
    faults = []
    strangers = [name for name in names if name not in KNOWN]
    for name in REQUIRED:
        if name not in names:
            near = difflib.get_close_matches(name, strangers, n=1)
            remedy = f"Is it {near[0]!r}? Rename it." if near else "Add it; a table of samples is in long form."
            faults.append(Fault(where, line, f"columns must have {name!r}", ", ".join(map(repr, names)), remedy))
    for name in strangers:
        near = difflib.get_close_matches(name.strip().lower(), OPTIONAL, n=1, cutoff=0.8)
        if near and near[0] not in names:
            must = f"a column must be spelt {near[0]!r} if that is what it is"
            faults.append(Fault(where, line, must, repr(name), "Rename it, to be read, or call it something else."))
    for name in dict.fromkeys(names):
        if name in KNOWN and names.count(name) > 1:
            must = f"column {name!r} must be there once"
            faults.append(Fault(where, line, must, f"{names.count(name)} times", "Keep the one that is meant."))
    return faults


def to_samples(
    where: str, columns: Mapping[str, pa.Array], lines: npt.NDArray[np.int64], on_fault: OnFault
) -> pa.RecordBatch:
    """Return the readable rows as SAMPLE_COLUMNS; report the others, in the order of their lines.

    Needs: `columns` with REQUIRED and any of OPTIONAL, of one length. Names are dictionary columns; the others may be
    text, or typed already. lines: of each row, shape (n,), int64.

    A row without well, tag or time is left out. A row whose value or quality cannot be read stays, as a bad reading:
    the engine must know that it did not see. A row whose received_at or backfill cannot be read stays without it.
    """
    faults: list[Fault] = []
    names = {name: _trimmed(columns[name]) for name in ("well_id", "tag")}
    time, no_time = _times(columns["time"])
    dropped = no_time.copy()
    for column in names.values():
        dropped |= column.indices.is_null().to_numpy(zero_copy_only=False)
    if dropped.any():
        faults += _key_faults(where, columns, names, no_time, dropped, lines)

    value, no_value = _values(columns["value"])
    no_value &= ~dropped
    faults += [
        value_fault(where, int(lines[row]), "value", str(columns["value"][row])) for row in np.flatnonzero(no_value)
    ]
    quality = _quality(where, columns.get("quality"), no_value, dropped, lines, faults)
    received_at = _received_at(where, columns.get("received_at"), dropped, lines, faults)
    backfill = _backfill(where, columns.get("backfill"), dropped, lines, faults)
    unit = _trimmed(columns["unit"]) if "unit" in columns else pa.nulls(len(lines), SAMPLE_COLUMNS.field("unit").type)

    arrays = [names["well_id"], names["tag"], time, value, unit, quality, received_at, backfill, pa.array(lines)]
    batch = pa.RecordBatch.from_arrays(arrays, schema=SAMPLE_COLUMNS) if not dropped.any() else _kept(arrays, ~dropped)
    for fault in sorted(faults, key=lambda fault: fault.line or 0):
        on_fault(fault)
    return batch


def _kept(arrays: list[pa.Array], kept: Mask) -> pa.RecordBatch:
    mask = pa.array(kept)
    return pa.RecordBatch.from_arrays([array.filter(mask) for array in arrays], schema=SAMPLE_COLUMNS)


def _key_faults(
    where: str,
    columns: Mapping[str, pa.Array],
    names: Mapping[str, pa.DictionaryArray],
    no_time: Mask,
    dropped: Mask,
    lines: npt.NDArray[np.int64],
) -> list[Fault]:
    faults = []
    for row in np.flatnonzero(dropped):
        line = int(lines[row])
        for name, column in names.items():
            if not column.indices[row].is_valid:
                faults.append(Fault(where, line, f"{name} must be given", "empty", f"{_LEFT_OUT}; name it."))
        if no_time[row]:
            cell = columns["time"][row]
            text = str(cell.cast(pa.string())) if cell.is_valid else None
            faults.append(time_fault(where, line, "time", text, _LEFT_OUT))
    return faults


def _trimmed(column: pa.DictionaryArray) -> pa.DictionaryArray:
    """Return the names without blanks around them; null where nothing is left."""
    words = column.dictionary.to_pylist()
    trimmed = ["" if word is None else word.strip() for word in words]
    if trimmed == words and "" not in words:
        return column.cast(SAMPLE_COLUMNS.field("tag").type)
    unique = {word: i for i, word in enumerate(dict.fromkeys(word for word in trimmed if word))}
    new = np.array([unique.get(word, -1) for word in trimmed] or [-1], np.int32)
    # A null has no index: it gets the one of nothing left.
    old = pc.fill_null(column.indices, 0).to_numpy()
    indices = np.where(column.indices.is_null().to_numpy(zero_copy_only=False), np.int32(-1), new[old])
    return as_dictionary(list(unique), indices.astype(np.int32), indices < 0)


def _times(column: pa.Array) -> tuple[pa.TimestampArray, Mask]:
    """Return the times, and where there is none or it is not after 1970 began; those are null."""
    read = times(column) if pa.types.is_string(column.type) else column.cast(SAMPLE_COLUMNS.field("time").type, False)
    after = pc.fill_null(pc.greater(read.cast(pa.int64()), 0), False)
    return pc.if_else(after, read, None), ~as_mask(after)


def _values(column: pa.Array) -> tuple[pa.DoubleArray, Mask]:
    if pa.types.is_string(column.type):
        return values(column)
    read = column.cast(pa.float64())
    infinite = as_mask(pc.fill_null(pc.is_inf(read), False))
    return pc.if_else(pc.is_finite(read), read, None), infinite


def _quality(
    where: str,
    column: pa.DictionaryArray | None,
    no_value: Mask,
    dropped: Mask,
    lines: npt.NDArray[np.int64],
    faults: list[Fault],
) -> pa.DictionaryArray:
    bad = QUALITIES.index("bad")
    if column is None:
        indices, missing = np.zeros(len(lines), np.int32), np.ones(len(lines), np.bool_)
    else:
        column = _trimmed(column)
        words = column.dictionary.to_pylist()
        codes = [QUALITIES.index(word.lower()) if word.lower() in QUALITIES else -1 for word in words]
        known = np.array(codes or [-1], np.int32)
        missing = column.indices.is_null().to_numpy(zero_copy_only=False)
        old = pc.fill_null(column.indices, 0).to_numpy()
        indices = np.where(missing, np.int32(0), known[old])
        for row in np.flatnonzero((indices < 0) & ~dropped):
            must = f"quality must be one of {', '.join(QUALITIES)}, or empty for good"
            remedy = "It counts as a bad reading; translate the word of the source."
            faults.append(Fault(where, int(lines[row]), must, repr(words[old[row]]), remedy))
        indices[indices < 0] = bad
    indices[no_value] = bad
    return as_dictionary(list(QUALITIES), indices, missing & ~no_value)


def _received_at(
    where: str, column: pa.Array | None, dropped: Mask, lines: npt.NDArray[np.int64], faults: list[Fault]
) -> pa.TimestampArray:
    if column is None:
        return pa.nulls(len(lines), SAMPLE_COLUMNS.field("received_at").type)
    read, none = _times(column)
    text = column.cast(pa.string())
    given = as_mask(pc.greater(pc.utf8_length(pc.ascii_trim_whitespace(pc.fill_null(text, ""))), 0))
    faults += [
        time_fault(where, int(lines[row]), "received_at", text[row].as_py(), "The row is read without it")
        for row in np.flatnonzero(none & given & ~dropped)
    ]
    return read


def _backfill(
    where: str, column: pa.Array | None, dropped: Mask, lines: npt.NDArray[np.int64], faults: list[Fault]
) -> pa.BooleanArray:
    if column is None:
        return pa.nulls(len(lines), pa.bool_())
    if pa.types.is_boolean(column.type):
        return column
    cells = [(cell or "").strip() for cell in column.to_pylist()]
    read = [_TRUTHS.get(cell.lower()) for cell in cells]
    for row, (cell, truth) in enumerate(zip(cells, read, strict=True)):
        if cell and truth is None and not dropped[row]:
            remedy = "The row is read as not marked; correct the export."
            faults.append(Fault(where, int(lines[row]), "backfill must be true, false or empty", repr(cell), remedy))
    return pa.array(read, pa.bool_())
