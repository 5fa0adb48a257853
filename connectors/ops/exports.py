"""Targets taken out: as CSV, Parquet, the contract's JSON or a workbook; a batch at a time, and noted who took what."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any, Final, Literal, get_args
from urllib.parse import urlencode
from uuid import UUID

import polars as pl
import pyarrow.parquet as pq

import sql
from connectors.ops.copying import ahead
from connectors.ops.errors import TargetMissing
from connectors.ops.export_sheets import xlsx
from connectors.ops.filters import Filters, Sort
from connectors.ops.formulas import defused
from connectors.ops.reading import Connection, all_of, one_of, scalar
from connectors.ops.said import LONGEST_NAME, fault, refuse, text_faults
from connectors.ops.shapes_of_lists import Header
from connectors.ops.shapes_of_work import ExportRow
from connectors.ops.workbook import Stream
from connectors.ops.worklist import ids
from schemas.contract_rules import SW_TOLERANCE
from schemas.reopening_target import EVENT_TYPE
from schemas.times import format_time, time_us
from scoring.vocabulary import COMPONENTS

Format = Literal["csv", "parquet", "json", "xlsx"]
Making = Callable[[Connection, Header, Sequence[UUID], ExportRow], Generator[bytes]]

FORMATS: Final[tuple[Format, ...]] = get_args(Format)
MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_SELECTED: Final = 10_000
# Rows of some 5 kB each, of 9 kB as JSON; two parts are held at a time: one is read while the one before it is sent.
# A part is a statement of its own: however slow the reader of the file is, none of them comes near its time limit.
_ROWS_AT_ONCE: Final = 1_000
_NUMBERS: Final = (
    *(f"{name}_{of}" for of in ("score", "potential") for name in ("total", *COMPONENTS)),
    *("unswept_volume_m3", "evidence_completeness", "net_pay_m", "gross_m"),
    *("top_md_m", "base_md_m", "top_tvdss_m", "base_tvdss_m"),
)
# As copy_export_rows.sql has them.
COLUMNS: Final = (
    *("target_rank", "well_id", "well_name", "field", "reservoir", "zone", "event_no", "classification", "class_rule"),
    *("total_score", "total_potential", *(f"{name}_score" for name in COMPONENTS)),
    *(f"{name}_potential" for name in COMPONENTS),
    *("historic_payload_class", "remaining_payload_class", "unswept_volume_m3", "depletion_risk"),
    *("operability_status", "data_confidence", "recommended_action", "blocking_reason", "what_would_change"),
    *("evidence_completeness", "gap_codes", "has_spatial_gap"),
    *("top_md_m", "base_md_m", "top_tvdss_m", "base_tvdss_m", "net_pay_m", "gross_m"),
    *("review_state", "reviewed_by", "reviewed_at", "reopening_target_id", "target_key", "contributions"),
)
_READ_AS: Final = {
    name: pl.Float64 if name in _NUMBERS else pl.Int64 if name in ("target_rank", "event_no") else pl.String
    for name in COLUMNS
}
_TIME: Final = pl.Datetime("us", "UTC")


@dataclass(frozen=True, slots=True)
class Export:
    """An export that was noted. chunks: the file, made as it is read; the connection must stay in its transaction."""

    row: ExportRow
    filename: str
    media_type: str
    chunks: Generator[bytes]


def export(
    connection: Connection,
    of: Header,
    format: str,  # noqa: A002  # what the route and the table call it
    actor: str,
    filters: Filters = Filters(),  # noqa: B008  # frozen
    sort: Sort = Sort(),  # noqa: B008  # frozen
    selected: Sequence[UUID] | None = None,
) -> Export:
    """Note an export, and return it: of the targets that the filters leave, or of those that were selected.

    Ranks are those of the run, also where a filter leaves holes. JSON goes by rank, whatever the order asked for, and
    says what it is a selection by.

    Raises:
        InputFaults: There is no such format, or too many are selected.
        TargetMissing: One that was selected is not of this ranking.
    """
    faults = text_faults("actor", actor, LONGEST_NAME)
    if format not in FORMATS:
        faults.append(fault("format", f"must be one of {', '.join(FORMATS)}", format[:LONGEST_NAME], "Choose one."))
    if selected is not None and not 1 <= len(selected) <= MOST_SELECTED:
        must = f"1 to {MOST_SELECTED} targets must be selected"
        faults.append(fault("selected", must, len(selected), "Select fewer, or filter."))
    refuse(faults)
    order = Sort() if format == "json" else sort
    filtered = urlencode(filters.to_query()) if selected is None else ""
    if selected is None:
        wanted = ids(connection, of, filters, order)
        query = urlencode([*filters.to_query(), ("sort", str(sort))])
    else:
        wanted = selected_ids(connection, of, selected, order)
        query = f"selected={len(wanted)}"
    noted = {
        "project_id": of.project_id,
        "run_id": of.run_id,
        "actor": actor,
        "format": format,
        "query": query,
        "targets": len(wanted),
    }
    row = one_of(connection, ExportRow, "insert_export", noted)
    assert row is not None
    by = "ids" if selected is not None else "filters" if filtered else None
    selection = None if by is None else {"of": of.total, "by": by, "filters": filtered}
    making: Mapping[str, Making] = {
        "csv": _csv,
        "parquet": _parquet,
        "json": partial(_json, selection=selection),
        "xlsx": _xlsx,
    }
    name = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in of.project_id)[:60]
    filename = f"{name}_reopening_{of.generated_at:%Y%m%d}.{format}"
    return Export(row, filename, MEDIA_TYPES[format], making[format](connection, of, wanted, row))


def selected_ids(connection: Connection, of: Header, selected: Sequence[UUID], sort: Sort) -> list[UUID]:
    """Return those that were selected of a ranking, each once, in order.

    Raises:
        TargetMissing: One of them is not of this ranking.
    """
    chosen = set(selected)
    found = [one for one in ids(connection, of, Filters(), sort) if one in chosen]
    if missing := chosen.difference(found):
        raise TargetMissing(of.project_id, sorted(missing))
    return found


def list_exports(connection: Connection, project_id: str, most: int = 100) -> list[ExportRow]:
    """Return who took which targets of a project out, the newest first."""
    return all_of(connection, ExportRow, "select_exports", {"project_id": project_id, "most": most})


def _frames(connection: Connection, wanted: Sequence[UUID]) -> Iterator[pl.DataFrame]:
    """Yield the targets in order, a part at a time; an empty frame where there are none."""
    return ahead(_frame(connection, part) for part in _parts(wanted) or [[]])


def _frame(connection: Connection, part: list[UUID]) -> pl.DataFrame:
    buffer = BytesIO()
    with connection.cursor().copy(sql.query("copy_export_rows"), {"ids": part}) as copy:
        for row in copy:
            buffer.write(row)
    if not buffer.tell():
        return pl.DataFrame(schema=_READ_AS | {"has_spatial_gap": pl.Boolean, "reviewed_at": _TIME})
    frame = pl.read_csv(buffer.getvalue(), has_header=False, schema=_READ_AS)
    at = pl.col("reviewed_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us").dt.replace_time_zone("UTC")
    return frame.with_columns(has_spatial_gap=pl.col("has_spatial_gap") == "t", reviewed_at=at)


def _objects(connection: Connection, part: list[UUID]) -> bytes:
    """Return targets as the contract has them, with a comma between two."""
    with connection.cursor().copy(sql.query("copy_export_json"), {"ids": part, "sw_tolerance": SW_TOLERANCE}) as copy:
        # The binary form of a text is its bytes: there is nothing to escape, and nothing to undo.
        copy.set_types(["bytea"])
        return b",\n".join(row[0] for row in copy.rows())


def _parts(wanted: Sequence[UUID]) -> list[list[UUID]]:
    return [list(wanted[start : start + _ROWS_AT_ONCE]) for start in range(0, len(wanted), _ROWS_AT_ONCE)]


def _csv(connection: Connection, _of: Header, wanted: Sequence[UUID], _row: ExportRow) -> Generator[bytes]:
    first = True
    for frame in _frames(connection, wanted):
        texts = [name for name, kind in frame.schema.items() if kind == pl.String]
        shown = frame.with_columns(defused(pl.col(name)).alias(name) for name in texts).drop("contributions")
        # A mark of the encoding, without which Excel takes it for another.
        yield ("\ufeff" if first else "").encode() + shown.write_csv(
            include_header=first, quote_style="necessary", datetime_format="%Y-%m-%dT%H:%M:%SZ"
        ).encode()
        first = False


def _parquet(connection: Connection, of: Header, wanted: Sequence[UUID], _row: ExportRow) -> Generator[bytes]:
    stream = Stream()
    writer = None
    for frame in _frames(connection, wanted):
        table = frame.to_arrow()
        if writer is None:
            about = {"project_id": of.project_id, "run_id": str(of.run_id), "profile_sha256": of.profile_sha256}
            writer = pq.ParquetWriter(_sink(stream), table.schema.with_metadata(about), compression="zstd")
        writer.write_table(table.replace_schema_metadata(writer.schema.metadata))
        yield stream.taken()
    assert writer is not None
    writer.close()
    yield stream.taken()


def _json(
    connection: Connection, of: Header, wanted: Sequence[UUID], _row: ExportRow, selection: Mapping[str, Any] | None
) -> Generator[bytes]:
    head = _head(connection, of, wanted) | ({} if selection is None else {"selection": selection})
    opening = json.dumps(head, ensure_ascii=False)
    yield f'{opening[:-1]}, "candidates": ['.encode()
    between = b"\n"
    for objects in ahead(_objects(connection, part) for part in _parts(wanted)):
        yield between
        yield objects
        between = b",\n"
    yield b"\n]}\n"


def _xlsx(connection: Connection, of: Header, wanted: Sequence[UUID], row: ExportRow) -> Generator[bytes]:
    content = scalar(connection, "select_profile_content", {"scoring_profile_id": of.profile_id})
    return xlsx(_frames(connection, wanted), of, row, content)


def _head(connection: Connection, of: Header, wanted: Sequence[UUID]) -> dict[str, Any]:
    """Return all of the contract's document but its candidates; counts are of what it holds."""
    found = connection.execute(sql.query("select_export_counts"), {"run_id": of.run_id, "ids": list(wanted)})
    counts = dict(found.fetchall())
    run = connection.execute(sql.query("select_ranking_run"), {"run_id": of.run_id})
    names = [column.name for column in run.description or ()]
    said = dict(zip(names, run.fetchone() or (), strict=True))
    return {
        "event_type": EVENT_TYPE,
        "project_id": of.project_id,
        "scoring_profile_key": of.profile_key,
        "generated_at": format_time(time_us(of.generated_at.isoformat())),
        "candidate_count": len(wanted),
        "profile_sha256": of.profile_sha256,
        "input_sha256": said["input_sha256"],
        "code_version": said["code_version"],
        "as_of": of.as_of.isoformat(),
        "scoring_version": of.scoring_version,
        "run_id": str(of.run_id),
        "weights": {name: of.weights[name] for name in COMPONENTS},
        "summary": {
            "class_counts": counts,
            "blocked_count": counts.get("C", 0) + counts.get("Q", 0),
            "review_ready_count": counts.get("A", 0) + counts.get("B", 0),
        },
    }


def _sink(stream: Stream) -> Any:
    """Return a file of pyarrow's that writes to a stream."""
    import pyarrow as pa

    return pa.PythonFile(stream, mode="w")
