"""Several series of samples to one, in the order of arrival."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

# A batch and what it came from: an index into the list of files.
Piece = tuple[int, pa.RecordBatch]


@dataclass(slots=True)
class _Front:
    """The batch of one series that is next, and what of it is still to go. arrivals: shape (n,), ascending."""

    file: int
    batch: pa.RecordBatch
    arrivals: npt.NDArray[np.int64]
    gone: int = 0


class _Series:
    def __init__(self, pieces: Iterator[Piece]) -> None:
        self._pieces = pieces
        self._latest = np.iinfo(np.int64).min
        self.front: _Front | None = None
        self.advance()

    def advance(self) -> None:
        self.front = None
        for file, batch in self._pieces:
            if batch.num_rows:
                # Arrival never goes back: within a series its own order stands, whatever its times are.
                arrivals = np.maximum.accumulate(np.maximum(arrival(batch), self._latest))
                self._latest = int(arrivals[-1])
                self.front = _Front(file, batch, arrivals)
                return


def arrival(batch: pa.RecordBatch) -> npt.NDArray[np.int64]:
    """Return when each sample arrived [us since epoch], shape (n,): received_at, or else the time."""
    moments = pc.coalesce(batch.column("received_at"), batch.column("time"))
    return np.asarray(moments.cast(pa.int64()).to_numpy(), dtype=np.int64)


def merge(series: Sequence[Iterator[Piece]]) -> Iterator[Piece]:
    """Yield the samples of all series by arrival, the latest so far in each; ties in the order of the series.

    Each series keeps its own order. Only one batch of each is held. What comes out does not depend on how the series
    were cut into batches, but for where batches end. A batch is of one file. Batches that lie close share dictionaries.
    """
    if len(series) == 1:
        yield from (piece for piece in series[0] if piece[1].num_rows)
        return
    running = [_Series(pieces) for pieces in series]
    _share_dictionaries(running)
    while True:
        fronts = [(at, each.front) for at, each in enumerate(running) if each.front is not None]
        if not fronts:
            return
        # Whatever a series has not shown yet arrives no earlier than the last it has shown. So all up to the earliest
        # of these lasts can go; at the same arrival, those of earlier series only.
        bound, last = min((int(front.arrivals[-1]), at) for at, front in fronts)
        yield from _emit([(front, _safe(front, at <= last, bound)) for at, front in fronts])
        spent = [at for at, front in fronts if front.gone == len(front.arrivals)]
        for at in spent:
            running[at].advance()
        if spent:
            _share_dictionaries(running)


def _share_dictionaries(running: list[_Series]) -> None:
    """Give all batches at hand the same dictionaries: who reads them in turns then looks each word up once."""
    fronts = [series.front for series in running if series.front is not None]
    if fronts:
        table = pa.Table.from_batches([front.batch for front in fronts]).unify_dictionaries()
        for front, batch in zip(fronts, table.to_batches(), strict=True):
            front.batch = batch


def _safe(front: _Front, at_bound_too: bool, bound: int) -> int:
    return int(np.searchsorted(front.arrivals, bound, side="right" if at_bound_too else "left"))


def _emit(parts: list[tuple[_Front, int]]) -> Iterator[Piece]:
    """Yield rows `gone` to `end` of each part, merged, as runs of one part each."""
    arrivals = np.concatenate([front.arrivals[front.gone : end] for front, end in parts])
    owner = np.repeat(np.arange(len(parts)), [end - front.gone for front, end in parts])
    owner = owner[np.argsort(arrivals, kind="stable")]
    cuts = np.flatnonzero(np.diff(owner)) + 1
    for start, stop in zip([0, *cuts.tolist()], [*cuts.tolist(), len(owner)], strict=True):
        if stop > start:
            front, _ = parts[owner[start]]
            yield front.file, front.batch.slice(front.gone, stop - start)
            front.gone += stop - start
