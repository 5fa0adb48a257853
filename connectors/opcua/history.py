"""Filling gaps by history read, where the server has it: bounded portions, between which live data goes first."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from asyncua import ua
from asyncua.client.ua_client import UaClient
from asyncua.ua.uaerrors import UaStatusCodeError

from connectors.opcua.config import OpcUa
from connectors.opcua.gaps import Gap, Gaps
from connectors.opcua.intake import Intake
from connectors.opcua.mapped import Mapped
from connectors.opcua.observer import IngestObserver
from connectors.opcua.outbox import Outbox
from connectors.opcua.parse import Reading, time_of, to_reading
from connectors.opcua.requests import in_portions
from schemas.times import format_time, to_datetime

log = logging.getLogger(__name__)

# By then the tags of a well have come back, and one question is for all of them.
_SETTLE_S: Final = 1.0
_LOOK_S: Final = 0.25
_PAUSE_S: Final = 0.02
# One question is about a day at most; an answer has so many values, of all nodes together; so many are held at once.
_SPAN_US: Final = 86_400_000_000
_ANSWER: Final = 10_000
_MOST_HELD: Final = 20_000
# A server that does not answer in time is asked again after longer and longer, for as long as this connection lasts,
# and let be after so much of it: it may be slow today, and what it keeps is still there.
_FIRST_WAIT_S: Final = 1.0
_LONGEST_WAIT_S: Final = 60.0
_PATIENCE_S: Final = 3600.0

Nodes = dict[int, ua.NodeId]


@dataclass(slots=True)
class _Slow:
    """A well of which the server's history was too slow. since_s: when first; again_s: not before is it asked anew."""

    since_s: float
    again_s: float
    wait_s: float


class History:
    """Fills the gaps of one connection. nodes: of each tag that the server has, by its number."""

    def __init__(
        self,
        settings: OpcUa,
        mapped: Mapped,
        intake: Intake,
        outbox: Outbox,
        gaps: Gaps,
        observer: IngestObserver,
        nodes: Nodes,
    ) -> None:
        self._settings, self._mapped, self._intake = settings, mapped, intake
        self._outbox, self._gaps, self._observer, self._nodes = outbox, gaps, observer, nodes
        self._slow: dict[str, _Slow] = {}

    async def keep_filling(self, client: UaClient) -> None:
        """Fill gaps as they come, well after well; never ends."""
        while True:
            await asyncio.sleep(_LOOK_S)
            if not self._outbox.has_room():
                continue
            for well, gaps in self._by_well(self._gaps.due(time.monotonic() - _SETTLE_S)):
                self._tell(well, gaps)
                if not self._settings.history:
                    self._give_up(well, gaps, "opcua.history is false")
                elif well not in self._slow or self._slow[well].again_s <= time.monotonic():
                    await self._fill_patiently(client, well, gaps)

    def _by_well(self, gaps: Iterable[Gap]) -> list[tuple[str, list[Gap]]]:
        def well(gap: Gap) -> str:
            return self._mapped.states[gap.tag].mapped.well

        return [(name, list(own)) for name, own in groupby(sorted(gaps, key=well), key=well)]

    async def _fill_patiently(self, client: UaClient, well: str, gaps: Sequence[Gap]) -> None:
        try:
            await _Filling(self, client, well, gaps).run()
        except TimeoutError:
            # It may be slow about its history, and quick about what is new: then it is not given up for that.
            self._ask_later(well, gaps)
            return
        except UaStatusCodeError as error:
            self._give_up(well, gaps, ua.StatusCode(ua.UInt32(error.code)).name)
        self._slow.pop(well, None)

    def _ask_later(self, well: str, gaps: Sequence[Gap]) -> None:
        now = time.monotonic()
        slow = self._slow.setdefault(well, _Slow(now, now, _FIRST_WAIT_S))
        if now - slow.since_s >= _PATIENCE_S:
            self._give_up(well, gaps, f"it has not answered within the deadline for {_PATIENCE_S / 60:.0f} min")
            del self._slow[well]
            return
        log.warning("history_slow well=%s wait_s=%.1f", well, slow.wait_s)
        slow.again_s, slow.wait_s = now + slow.wait_s, min(2 * slow.wait_s, _LONGEST_WAIT_S)

    def _tell(self, well: str, gaps: Sequence[Gap]) -> None:
        new = [gap for gap in gaps if not gap.told]
        if not new:
            return
        after, before = min(gap.after for gap in new), max(gap.before for gap in new)
        seconds = (before - after) / 1e6
        log.warning(
            "gap well=%s tags=%d from=%s to=%s seconds=%.1f",
            well, len(new), format_time(after), format_time(before), seconds,
        )  # fmt: skip
        # Of those dropped for want of room it was said when they were.
        self._observer.gap(len({gap.tag for gap in new}), seconds)
        for gap in new:
            gap.told = True

    def _give_up(self, well: str, gaps: Sequence[Gap], why: str) -> None:
        log.warning("gap_not_filled well=%s tags=%d reason=%r", well, len({gap.tag for gap in gaps}), why)
        self._observer.unfilled(len({gap.tag for gap in gaps}))
        for gap in gaps:
            self._gaps.done(gap)


class _Filling:
    """Fills the gaps of one well. Each gap shrinks as it is filled, so that another connection can go on."""

    def __init__(self, history: History, client: UaClient, well: str, gaps: Sequence[Gap]) -> None:
        self._history, self._client, self._well, self._gaps = history, client, well, gaps
        self._refused: dict[int, str] = {}

    async def run(self) -> None:
        h = self._history
        cursor, end = min(gap.after for gap in self._gaps), max(gap.before for gap in self._gaps)
        first = cursor
        while cursor < end:
            upto = min(cursor + _SPAN_US, end)
            asked = [gap for gap in self._gaps if gap.after < upto and gap.before > cursor and self._is_asked(gap.tag)]
            found: list[tuple[Reading, Gap]] = []
            if asked:
                found, upto = await self._read(asked, cursor, upto)
            while not h._outbox.has_room():
                await asyncio.sleep(_PAUSE_S)
            h._outbox.put_backfill(h._intake.scans([reading for reading, _ in found], backfill=True))
            h._observer.filled(len(found))
            for _, gap in found:
                gap.found += 1
            for gap in self._gaps:
                gap.after = max(gap.after, upto)
            cursor = upto
            await asyncio.sleep(_PAUSE_S)
        self._close(first, end)

    def _is_asked(self, tag: int) -> bool:
        return tag in self._history._nodes and tag not in self._refused

    def _close(self, first: int, end: int) -> None:
        h = self._history
        # Of the connections before this one too.
        samples = sum(gap.found for gap in self._gaps)
        filled = {gap.tag for gap in self._gaps if gap.found}
        log.warning(
            "gap_filled well=%s from=%s to=%s samples=%d", self._well, format_time(first), format_time(end), samples
        )
        empty = [gap for gap in self._gaps if gap.tag not in filled]
        if empty:
            reasons = {self._refused.get(gap.tag, "history has nothing of it") for gap in empty}
            h._give_up(self._well, empty, ", ".join(sorted(reasons)))
        for gap in self._gaps:
            h._gaps.done(gap)

    async def _read(self, gaps: Sequence[Gap], after: int, upto: int) -> tuple[list[tuple[Reading, Gap]], int]:
        """Return what is missing and history has, in the order of time, with its gap; and how far it goes, at most."""
        of_tag: dict[int, list[Gap]] = {}
        for gap in gaps:
            of_tag.setdefault(gap.tag, []).append(gap)
        samples, upto = await self._raw(list(of_tag), after, upto)
        found: list[tuple[Reading, Gap]] = []
        for tag, own in samples.items():
            for sample in own:
                reading = to_reading(tag, sample, 0)
                if not isinstance(reading, Reading) or reading.time > upto:
                    continue
                missed_by = (gap for gap in of_tag[tag] if max(gap.after, after) < reading.time < gap.before)
                if (missed := next(missed_by, None)) is not None:
                    found.append((reading, missed))
        found.sort(key=lambda one: one[0].time)
        return found, upto

    async def _raw(self, tags: Sequence[int], after: int, upto: int) -> tuple[dict[int, list[ua.DataValue]], int]:
        """Return samples of each tag, and up to which time they are all; through continuation points, to a bound."""
        found: dict[int, list[ua.DataValue]] = {tag: [] for tag in tags}
        # Of each tag that has more, the server's bookmark; None where it cut its answer off, and gave none.
        rest: dict[int, bytes | None] = dict.fromkeys(tags)
        most = max(10, _ANSWER // len(tags))
        while True:
            results = await self._ask(rest, after, upto, most)
            before, rest = rest, {}
            for (tag, bookmark), result in zip(before.items(), results, strict=True):
                if not result.StatusCode.is_good():
                    self._refused[tag] = result.StatusCode.name
                    continue
                samples = getattr(result.HistoryData, "DataValues", None) or []
                found[tag] += samples
                if result.ContinuationPoint and result.ContinuationPoint != bookmark:
                    rest[tag] = result.ContinuationPoint
                elif not result.ContinuationPoint and len(samples) >= most:
                    rest[tag] = None
            reached = [time_of(found[tag][-1].SourceTimestamp) for tag in rest if found[tag]]
            # Of the last time there may be more; before it there is not.
            complete = min((time - 1 for time in reached if time is not None), default=upto)
            if not rest:
                return found, upto
            is_enough = None in rest.values() or sum(map(len, found.values())) > _MOST_HELD
            if is_enough and complete > after:
                await self._release({tag: mark for tag, mark in rest.items() if mark})
                return found, min(complete, upto)
            if None in rest.values():
                # More of one time than a server gives at once: what it gave is all that can be had.
                rest = {tag: mark for tag, mark in rest.items() if mark}
                if not rest:
                    return found, upto

    async def _release(self, bookmarks: dict[int, bytes]) -> None:
        """Have the server forget bookmarks: it keeps only so many."""
        if bookmarks:
            with suppress(UaStatusCodeError):
                await self._ask(dict(bookmarks), 0, 0, 1, release=True)

    async def _ask(
        self, bookmarks: dict[int, bytes | None], start: int, upto: int, most: int, release: bool = False
    ) -> list[ua.HistoryReadResult]:
        details: Any = ua.ReadRawModifiedDetails()
        details.IsReadModified = details.ReturnBounds = False
        # A server counts in tenths of our microseconds.
        details.StartTime, details.EndTime = to_datetime(start), to_datetime(upto + 1)
        details.NumValuesPerNode = most

        async def ask(values: list[Any]) -> list[ua.HistoryReadResult]:
            parameters: Any = ua.HistoryReadParameters()
            parameters.HistoryReadDetails = details
            parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
            parameters.ReleaseContinuationPoints = release
            parameters.NodesToRead = values
            return await self._client.history_read(parameters)

        values = []
        for tag, bookmark in bookmarks.items():
            value: Any = ua.HistoryReadValueId()
            value.NodeId, value.ContinuationPoint, value.IndexRange = self._history._nodes[tag], bookmark, ""
            values.append(value)
        return await in_portions(ask, values)
