"""Which files make which series, and all of them as one stream of samples in the order of arrival."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from connectors.cells import OnFault
from connectors.errors import Fault, FileFaults
from connectors.replay.files import form_of, open_file
from connectors.replay.merge import Piece, merge
from connectors.tables.config import USUAL, TableSettings
from connectors.tables.parse import check_csv, check_ndjson, check_parquet, read_csv, read_ndjson, read_parquet
from connectors.witsml.config import TagMap
from connectors.witsml.header import Block
from connectors.witsml.parse import Chunk, Contents, curve_faults, read_chunk, readable, survey, unknown_mnemonics

_CHECKS: Final = {".csv": check_csv, ".ndjson": check_ndjson, ".parquet": check_parquet}
_READS: Final = {".csv": read_csv, ".ndjson": read_ndjson, ".parquet": read_parquet}
_NO_START: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a series: a table, or one body of data of a WITSML document with the well it is of."""

    file: int
    where: str
    form: str
    chunk: Chunk | None = None
    well_id: str = ""


def open_samples(
    paths: Sequence[str | os.PathLike[str]],
    tag_map: TagMap | None,
    on_fault: OnFault,
    settings: TableSettings = USUAL,
    on_bytes: Callable[[int], None] | None = None,
) -> Iterator[tuple[Path, pa.RecordBatch]]:
    """Return the samples of all files in the order of arrival: batches of SAMPLE_COLUMNS, each with its file.

    A table is a series in the order of its rows. Bodies of data of one WITSML log with the same curves are one series,
    in the order of their earliest times, in however many files and whatever order they are given. Several series are
    merged by when each sample arrived: received_at, or else its time, the latest so far in its series. Samples that
    arrived at the same time come in the order of the series, which is that of their first files; each series keeps its
    own order. So the samples do not depend on the sizes in `settings`.

    Args:
        paths: Files, of any forms.
        tag_map: Which curves are which tags; without it, every curve of numbers is the tag of its mnemonic.
        on_fault: Is told of every row, curve or log that cannot be read.
        settings: Sizes of the pieces read.
        on_bytes: Is told the size of each piece read from the files, once they are read for their samples.

    Raises:
        FileFaults: Before anything is read, with every fault of every file that cannot be read at all.
    """
    names = [os.fspath(path) for path in paths]
    parts, faults, contents = _survey_all(names, settings)
    told: list[Fault] = []
    parts += _witsml_parts(contents, names, tag_map, faults, told)
    if not names:
        faults.append(Fault("samples", None, "must be one file or more", "none", "Name the files to read."))
    if faults:
        raise FileFaults(faults)
    for fault in told:
        on_fault(fault)
    series = [_read(each, tag_map, on_fault, settings, on_bytes) for each in _series(parts)]
    files = [Path(name) for name in names]
    return ((files[file], batch) for file, batch in merge(series))


def _survey_all(names: list[str], settings: TableSettings) -> tuple[list[_Part], list[Fault], dict[int, Contents]]:
    """Return the tables, what is wrong with any file, and what the WITSML documents hold."""
    parts: list[_Part] = []
    faults: list[Fault] = []
    contents: dict[int, Contents] = {}
    for file, where in enumerate(names):
        try:
            form = form_of(where)
            if os.path.realpath(where) in map(os.path.realpath, names[:file]):
                remedy = "Name it once; its samples would all be doubled."
                raise FileFaults([Fault(where, None, "a file must be given once", "given again", remedy)])
            with open_file(where) as stream:
                if form in _CHECKS:
                    _CHECKS[form](stream, where)
                    parts.append(_Part(file, where, form))
                else:
                    contents[file] = survey(stream, where)
        except FileFaults as error:
            faults += error.faults
    return parts, faults, contents


def _witsml_parts(
    contents: dict[int, Contents], names: list[str], tag_map: TagMap | None, faults: list[Fault], told: list[Fault]
) -> list[_Part]:
    """Return the bodies of data to read. Add to `faults` what stops everything, to `told` what is to be reported."""
    parts: list[_Part] = []
    for file, content in contents.items():
        where = names[file]
        timed = [chunk for chunk in content.chunks if chunk.block.fault is None]
        unread = [chunk.block.fault for chunk in content.chunks if chunk.block.fault is not None]
        read = [chunk for chunk in timed if readable(chunk.block, tag_map)]
        if content.broken is not None and not any(chunk.rows for chunk in timed):
            faults.append(content.broken)
        elif not content.chunks:
            remedy = "Wells, trajectories and other objects hold no samples; leave it out."
            faults.append(Fault(where, None, "a WITSML file must hold a log", "none in it", remedy))
        elif not timed:
            faults += unread
        else:
            told += unread
            # Who reads the last body of data comes upon the break, after the rows before it.
            if content.broken is not None and content.chunks[-1] not in read:
                told.append(content.broken)
        for chunk in timed:
            if not chunk.rows:
                told.append(_about(where, chunk, "must have data rows", "none", "It is passed over."))
            told += curve_faults(chunk.block, where, tag_map)
        parts += [_Part(file, where, ".xml", chunk, _well_id(chunk.block, tag_map)) for chunk in read]
    if tag_map is not None:
        blocks = [chunk.block for content in contents.values() for chunk in content.chunks if chunk.block.fault is None]
        faults += unknown_mnemonics(tag_map, blocks) if blocks else []
    faults += _well_faults(parts, tag_map)
    return parts


def _about(where: str, chunk: Chunk, must: str, found: str, remedy: str) -> Fault:
    return Fault(where, chunk.block.line, f"log {chunk.block.name!r} {must}", found, remedy)


def _well_id(block: Block, tag_map: TagMap | None) -> str:
    return (tag_map.well_id if tag_map is not None else None) or block.well or ""


def _well_faults(parts: list[_Part], tag_map: TagMap | None) -> list[Fault]:
    remedy = "Write well_id in the tag map."
    faults = [
        _about(part.where, part.chunk, "must name its well", "no nameWell", remedy)
        for part in parts
        if part.chunk is not None and not part.well_id
    ]
    wells = sorted({part.chunk.block.well for part in parts if part.chunk is not None and part.chunk.block.well})
    if tag_map is not None and tag_map.well_id is not None and len(wells) > 1:
        must = "well_id must be left out where the logs are of several wells"
        remedy = f"Leave it out, or read one well at a time; the logs are of {', '.join(wells)}."
        faults.append(Fault(tag_map.where, None, must, repr(tag_map.well_id), remedy))
    return faults


def _series(parts: list[_Part]) -> list[list[_Part]]:
    """Return the parts that belong together, each series in the order in which it is to be read."""
    series: dict[object, list[_Part]] = {}
    for part in sorted(parts, key=lambda part: (part.file, part.chunk.block.number if part.chunk else 0)):
        series.setdefault(_key(part), []).append(part)
    return [sorted(each, key=_start) for each in series.values()]


def _key(part: _Part) -> object:
    if part.chunk is None:
        return part.file
    block = part.chunk.block
    if not block.uid[-1]:
        return part.file, block.number
    # Blocks of other curves cover the same times again; they are series of their own.
    return block.uid, block.name, frozenset(curve.mnemonic for curve in block.curves)


def _start(part: _Part) -> int:
    return _NO_START if part.chunk is None or part.chunk.start_us is None else part.chunk.start_us


def _read(
    parts: list[_Part],
    tag_map: TagMap | None,
    on_fault: OnFault,
    settings: TableSettings,
    on_bytes: Callable[[int], None] | None,
) -> Iterator[Piece]:
    for part in parts:
        with open_file(part.where, on_bytes=on_bytes) as stream:
            if part.chunk is None:
                batches = _READS[part.form](stream, part.where, on_fault, settings)
            else:
                rows = settings.batch_rows
                batches = read_chunk(stream, part.where, part.chunk, part.well_id, tag_map, on_fault, rows)
            for batch in batches:
                yield part.file, batch
