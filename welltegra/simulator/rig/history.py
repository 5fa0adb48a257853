"""HistoryRead of raw values: the last 24 hours of each tag, or as much of them as the memory given to all holds."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from typing import Final

from asyncua import ua
from asyncua.server.history import HistoryManager
from asyncua.server.internal_server import InternalServer
from asyncua.ua.status_codes import StatusCodes

from welltegra.simulator.rig.ring import BYTES_A_ROW, Place, Ring, Row
from welltegra.simulator.rig.tags import STATES
from welltegra.simulator.rig.values import data_value, status_of

DAY_S: Final = 86_400
# 24 h of some 85 tags at 1 Hz; of more tags, less.
MOST_BYTES: Final = 200 * 1024 * 1024
# Of all nodes together: making a longer one would hold up the seconds.
MOST_IN_AN_ANSWER: Final = 5_000
_PLACE: Final = struct.Struct("<qq")


class RigHistory(HistoryManager):
    """The history of the nodes in `nodes`; a reading of a word is kept as its place in STATES."""

    def __init__(self, iserver: InternalServer, nodes: dict[ua.NodeId, bool]) -> None:
        """nodes: each node that has a history, and whether it has words."""
        super().__init__(iserver)
        room = max(1, min(DAY_S, MOST_BYTES // (BYTES_A_ROW * max(1, len(nodes)))))
        self._words = nodes
        self._rings = {node: Ring(room) for node in nodes}

    def keep(self, node: ua.NodeId, time_us: int, served_us: int, value: float | str, status: int) -> None:
        number = float(STATES.index(value)) if isinstance(value, str) else value
        self._rings[node].keep(time_us, served_us, number, status)

    async def read_history(self, params: ua.HistoryReadParameters) -> list[ua.HistoryReadResult]:
        most = max(1, MOST_IN_AN_ANSWER // max(1, len(params.NodesToRead)))
        return [self._read(params.HistoryReadDetails, node, most) for node in params.NodesToRead]

    def _read(self, details: object, wanted: ua.HistoryReadValueId, most: int) -> ua.HistoryReadResult:
        if not isinstance(details, ua.ReadRawModifiedDetails) or details.IsReadModified:
            return _refused(StatusCodes.BadHistoryOperationUnsupported)
        ring = self._rings.get(wanted.NodeId)
        if ring is None:
            known = wanted.NodeId in self.iserver.aspace
            code = StatusCodes.BadHistoryOperationUnsupported if known else StatusCodes.BadNodeIdUnknown
            return _refused(code)
        start, end = _time_us(details.StartTime), _time_us(details.EndTime)
        # Without a start, or with one after the end, it is read from the newest on.
        backwards = start is None or (end is not None and start > end)
        first, last = (end, start) if backwards and start is not None else (start, end)
        try:
            after: Place | None = _PLACE.unpack(wanted.ContinuationPoint) if wanted.ContinuationPoint else None
        except struct.error:
            return _refused(StatusCodes.BadContinuationPointInvalid)
        most = min(details.NumValuesPerNode or most, most)
        rows, more = ring.between(first, last, backwards, after, most)
        result = ua.HistoryReadResult()
        result.HistoryData = ua.HistoryData(DataValues=[self._value(wanted.NodeId, row) for row in rows])
        result.ContinuationPoint = _PLACE.pack(*rows[-1].place) if more else None
        if not rows:
            result.StatusCode = status_of(StatusCodes.GoodNoData)
        return result

    def _value(self, node: ua.NodeId, row: Row) -> ua.DataValue:
        value = STATES[int(row.value)] if self._words[node] else row.value
        return data_value(value, row.status, row.time_us, row.served_us)


def _refused(code: int) -> ua.HistoryReadResult:
    return ua.HistoryReadResult(StatusCode=status_of(code))


def _time_us(time: datetime | None) -> int | None:
    """Return microseconds since epoch; None where the client left it open, which OPC UA writes as 1601."""
    if time is None:
        return None
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return None if aware <= ua.get_win_epoch() else round(aware.timestamp() * 1e6)
