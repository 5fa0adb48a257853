"""Samples as Arrow columns: how files, gateways and backfill carry many samples at once.

A message on `well.samples.v1` whose content type is Arrow is one IPC stream of any number of batches, in the order of
arrival, with the columns of WIRE_COLUMNS by name; unit and quality may be left out. Names come dictionary-encoded or
plain, times in any timestamp of UTC (what is finer than a microsecond is cut), values as any number; each is read as
the type that stands here. Null is no reading, the tag's declared unit, and good quality.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_NAME = pa.dictionary(pa.int32(), pa.string())
_TIME = pa.timestamp("us", tz="UTC")
_NANOSECONDS = pa.timestamp("ns", tz="UTC")

# The wire contract has the first six; files add what they know of arrival and origin.
SAMPLE_COLUMNS: pa.Schema = pa.schema(
    [
        pa.field("well_id", _NAME, nullable=False),
        pa.field("tag", _NAME, nullable=False),
        pa.field("time", _TIME, nullable=False),
        pa.field("value", pa.float64()),
        pa.field("unit", _NAME),
        pa.field("quality", _NAME),
        pa.field("received_at", _TIME),
        pa.field("backfill", pa.bool_()),
        pa.field("line", pa.int64()),
    ]
)
WIRE_COLUMNS: pa.Schema = pa.schema([SAMPLE_COLUMNS.field(at) for at in range(6)])
_ALWAYS = ("well_id", "tag", "time", "value")


class ColumnsFault(ValueError):
    """A message is no Arrow stream of samples."""


def read_stream(message: bytes) -> list[pa.RecordBatch]:
    """Return the batches of an Arrow IPC stream as SAMPLE_COLUMNS, absent columns null.

    Raises:
        ColumnsFault: It is not one whole stream, or its columns are not those of the contract.
    """
    source = pa.BufferReader(message)
    try:
        with pa.ipc.open_stream(source) as reader:
            batches = [as_sample_columns(batch) for batch in reader]
            rest = len(message) - source.tell()
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise ColumnsFault(f"a message must be an Arrow IPC stream; {error}") from None
    if rest:
        raise ColumnsFault(f"a message must be one Arrow IPC stream; was {rest} bytes longer than that")
    return batches


def as_sample_columns(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return `batch` as SAMPLE_COLUMNS, absent columns null.

    Raises:
        ColumnsFault: A column is missing, double, unknown or of another kind, or a sample has no well or no tag.
        pa.ArrowException: A column's bytes are not what its type says.
    """
    names = batch.schema.names
    if len(set(names)) < len(names) or not set(_ALWAYS) <= set(names) <= set(SAMPLE_COLUMNS.names):
        raise ColumnsFault(
            f"columns must be of {', '.join(SAMPLE_COLUMNS.names)}, each once, the first four always; "
            f"was {', '.join(names) or 'none'}"
        )
    columns = []
    for field in SAMPLE_COLUMNS:
        if field.name in names:
            columns.append(_as(field, batch.column(field.name)))
        else:
            columns.append(pa.nulls(batch.num_rows, field.type))
    return pa.RecordBatch.from_arrays(columns, schema=SAMPLE_COLUMNS)


def _as(field: pa.Field, column: Any) -> Any:
    if not _can_be(field, column.type):
        raise ColumnsFault(f"{field.name} must be {field.type}; was {column.type}")
    _check(column)
    if column.type != field.type:
        # What is finer than ours is cut; what is coarser might overflow.
        column = column.cast(field.type, safe=field.type == _TIME and column.type != _NANOSECONDS)
    if field.type == _NAME and not field.nullable:
        nameless = column.null_count
        if column.dictionary.null_count or pc.index(column.dictionary, "").as_py() >= 0:
            nameless = pc.sum(pc.equal(pc.fill_null(column.dictionary_decode(), ""), "")).as_py()
        if nameless:
            raise ColumnsFault(f"{field.name} must be given in every row; was null or empty in {nameless}")
    return column


def _can_be(field: pa.Field, kind: pa.DataType) -> bool:
    """Return whether a column of this type may stand for `field`: what would have to be guessed may not."""
    if pa.types.is_null(kind):
        return bool(field.nullable)
    if field.type == _NAME:
        words = kind.value_type if pa.types.is_dictionary(kind) else kind
        return bool(pa.types.is_string(words) or pa.types.is_large_string(words))
    if field.type == _TIME:
        return bool(pa.types.is_timestamp(kind) and kind.tz == "UTC")
    if field.type == pa.float64():
        return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))
    return bool(kind == field.type)


def _check(column: Any) -> None:
    """Raise ArrowInvalid unless the column can be used: Arrow itself looks at no byte before it is too late."""
    if column.type != _NAME or column.buffers()[0] is not None:
        column.validate(full=True)
        return
    # The same for most, several times as quick.
    column.dictionary.validate(full=True)
    ends = pc.min_max(column.indices)
    low, high = ends["min"].as_py(), ends["max"].as_py()
    if low is not None and not 0 <= low <= high < len(column.dictionary):
        raise pa.ArrowInvalid(f"a dictionary of {len(column.dictionary)} must have every index; was {low} to {high}")
