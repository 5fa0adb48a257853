"""Targets taken out: as CSV, Parquet, the contract's JSON or a workbook; a batch at a time, and noted who took what."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, Literal, get_args
from urllib.parse import urlencode
from uuid import UUID

import polars as pl
import pyarrow.parquet as pq

import sql
from connectors.ops.errors import TargetMissing
from connectors.ops.export_sheets import xlsx
from connectors.ops.filters import Filters, Sort
from connectors.ops.reading import Connection, all_of, one_of, scalar
from connectors.ops.said import LONGEST_NAME, fault, refuse, text_faults
from connectors.ops.shapes_of_lists import Header
from connectors.ops.shapes_of_work import ExportRow
from connectors.ops.workbook import FORMULA_STARTS, Stream
from connectors.ops.worklist import ids
from schemas.contract_rules import SW_TOLERANCE
from schemas.reopening_target import EVENT_TYPE
from schemas.times import format_time, time_us
from scoring.vocabulary import COMPONENTS

Format = Literal["csv", "parquet", "json", "xlsx"]

FORMATS: Final[tuple[Format, ...]] = get_args(Format)
MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_SELECTED: Final = 10_000
# Rows of some 5 kB each.
_ROWS_AT_ONCE: Final = 2_000
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
_TYPES: Final = {
    name: pl.Float64 if name in _NUMBERS else pl.Int64 if name in ("target_rank", "event_no") else pl.String
    for name in COLUMNS
}


@dataclass(frozen=True, slots=True)
class Export:
    """An export that was noted. chunks: the file, made as it is read; the connection must stay in its transaction."""

    row: ExportRow
    filename: str
    media_type: str
    chunks: Iterator[bytes]


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

    Ranks are those of the run, also where a filter leaves holes. JSON goes by rank, whatever the order asked for.

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
    wanted = ids(connection, of, filters if selected is None else Filters(), order)
    query = urlencode([*filters.to_query(), ("sort", str(sort))])
    if selected is not None:
        chosen = set(selected)
        wanted = [one for one in wanted if one in chosen]
        if missing := chosen.difference(wanted):
            raise TargetMissing(of.project_id, sorted(missing))
        query = f"selected={len(chosen)}"
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
    making = {"csv": _csv, "parquet": _parquet, "json": _json, "xlsx": _xlsx}[format]
    name = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in of.project_id)[:60]
    filename = f"{name}_reopening_{of.generated_at:%Y%m%d}.{format}"
    return Export(row, filename, MEDIA_TYPES[format], making(connection, of, wanted, row))


def list_exports(connection: Connection, project_id: str, most: int = 100) -> list[ExportRow]:
    """Return who took which targets of a project out, the newest first."""
    return all_of(connection, ExportRow, "select_exports", {"project_id": project_id, "most": most})


def defused(text: pl.Expr) -> pl.Expr:
    """Return texts that no spreadsheet takes for a formula: an apostrophe goes before those that it might."""
    risky = pl.any_horizontal(text.str.starts_with(start) for start in FORMULA_STARTS)
    return pl.when(risky).then(pl.concat_str(pl.lit("'"), text)).otherwise(text)


def _frames(connection: Connection, wanted: Sequence[UUID]) -> Iterator[pl.DataFrame]:
    """Yield the targets in order, a batch at a time; an empty frame where there are none."""
    for start in range(0, max(1, len(wanted)), _ROWS_AT_ONCE):
        data = _copied(connection, "copy_export_rows", {"ids": list(wanted[start : start + _ROWS_AT_ONCE])})
        if not data:
            yield pl.DataFrame(schema=_TYPES | {"has_spatial_gap": pl.Boolean})
        else:
            frame = pl.read_csv(data, has_header=False, schema=_TYPES)
            yield frame.with_columns(has_spatial_gap=pl.col("has_spatial_gap") == "t")


def _copied(connection: Connection, statement: str, asked: dict[str, Any]) -> bytes:
    buffer = BytesIO()
    with connection.cursor().copy(sql.query(statement), asked) as copy:
        for part in copy:
            buffer.write(part)
    return buffer.getvalue()


def _csv(connection: Connection, _of: Header, wanted: Sequence[UUID], _row: ExportRow) -> Iterator[bytes]:
    first = True
    for frame in _frames(connection, wanted):
        texts = [name for name, kind in frame.schema.items() if kind == pl.String]
        shown = frame.with_columns(defused(pl.col(name)).alias(name) for name in texts).drop("contributions")
        # A mark of the encoding, without which Excel takes it for another.
        yield ("\ufeff" if first else "").encode() + shown.write_csv(
            include_header=first, quote_style="necessary"
        ).encode()
        first = False


def _parquet(connection: Connection, of: Header, wanted: Sequence[UUID], _row: ExportRow) -> Iterator[bytes]:
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


def _json(connection: Connection, of: Header, wanted: Sequence[UUID], _row: ExportRow) -> Iterator[bytes]:
    opening = json.dumps(_head(connection, of, wanted), ensure_ascii=False)
    yield f'{opening[:-1]}, "candidates": ['.encode()
    between = b"\n"
    for start in range(0, len(wanted), _ROWS_AT_ONCE):
        asked = {"ids": list(wanted[start : start + _ROWS_AT_ONCE]), "sw_tolerance": SW_TOLERANCE}
        lines = _copied(connection, "copy_export_json", asked)
        # COPY doubles each backslash and ends each line; JSON itself has no bare line feed.
        yield between + lines.removesuffix(b"\n").replace(b"\\\\", b"\\").replace(b"\n", b",\n")
        between = b",\n"
    yield b"\n]}\n"


def _xlsx(connection: Connection, of: Header, wanted: Sequence[UUID], row: ExportRow) -> Iterator[bytes]:
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
