"""Gaps filled by history read, against servers that answer it each in their own way."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from asyncua import ua
from asyncua.client.ua_client import UaClient
from asyncua.ua.status_codes import StatusCodes
from asyncua.ua.uaerrors import BadHistoryOperationUnsupported, BadTooManyOperations

from connectors.opcua import history as history_module
from connectors.opcua.config import OpcUa
from connectors.opcua.gaps import Gap, Gaps
from connectors.opcua.history import History
from connectors.opcua.intake import Intake
from connectors.opcua.mapped import Mapped
from connectors.opcua.outbox import Outbox
from schemas.times import to_datetime
from tests.connectors.opcua.listening import Seen
from tests.connectors.opcua.server import tag_map

T0 = 1_767_268_800_000_000
SECOND = 1_000_000
NAMES = ("W-1/a", "W-1/b", "W-2/a")


class Server:
    """History of each node, by its number: times [s after T0] and values.

    bookmarks: whether an answer that is not all comes with a continuation point; at_once: values of a node in one, 0
    for as many as are asked for. status: of nodes that are refused. raises: what is thrown, once each, before it
    answers. most_nodes: in one question.
    """

    def __init__(
        self,
        kept: Mapping[int, Sequence[tuple[float, float]]],
        bookmarks: bool = True,
        at_once: int = 0,
        status: Mapping[int, int] | None = None,
        raises: Sequence[Exception | type[Exception]] = (),
        most_nodes: int = 1_000,
    ) -> None:
        self.kept, self.bookmarks, self.at_once, self.status = kept, bookmarks, at_once, status or {}
        self.raises, self.most_nodes = list(raises), most_nodes
        self.open: set[bytes] = set()
        self.largest = 0

    async def history_read(self, parameters: Any) -> list[Any]:
        if self.raises:
            raise self.raises.pop(0)
        if len(parameters.NodesToRead) > self.most_nodes:
            raise BadTooManyOperations
        if parameters.ReleaseContinuationPoints:
            self.open -= {node.ContinuationPoint for node in parameters.NodesToRead}
            return [ua.HistoryReadResult() for _ in parameters.NodesToRead]
        return [self._answer(node, parameters.HistoryReadDetails) for node in parameters.NodesToRead]

    def _answer(self, node: Any, details: Any) -> Any:
        number = int(node.NodeId.Identifier)
        result: Any = ua.HistoryReadResult()
        if number in self.status:
            result.StatusCode = ua.StatusCode(ua.UInt32(self.status[number]))
            return result
        assert details.NumValuesPerNode > 0, "an answer must be bounded"
        rows = [
            (time, value)
            for time, value in self.kept.get(number, [])
            if details.StartTime <= to_datetime(T0 + int(time * SECOND)) <= details.EndTime
        ]
        begin = 0
        if node.ContinuationPoint is not None:
            assert node.ContinuationPoint in self.open, "a bookmark that was given, and only once"
            self.open.discard(node.ContinuationPoint)
            begin = int(node.ContinuationPoint.decode().partition(":")[2])
        end = begin + min(details.NumValuesPerNode, self.at_once or details.NumValuesPerNode)
        if end < len(rows) and self.bookmarks:
            result.ContinuationPoint = f"{number}:{end}".encode()
            self.open.add(result.ContinuationPoint)
        result.HistoryData = ua.HistoryData(DataValues=[_sample(*row) for row in rows[begin:end]])
        self.largest = max(self.largest, end - begin)
        return result


def _sample(time: float, value: float) -> Any:
    sample: Any = ua.DataValue(ua.Variant(value, ua.VariantType.Double))
    sample.SourceTimestamp = to_datetime(T0 + int(time * SECOND))
    return sample


@pytest.fixture(autouse=True)
def _without_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_SETTLE_S", "_LOOK_S", "_PAUSE_S"):
        monkeypatch.setattr(history_module, name, 0.0)


class Filled:
    """What came of gaps: of each tag, between so many seconds after T0.

    gaps: what another connection left; ends_with: what the connection is lost by.
    """

    def __init__(
        self,
        server: Any,
        *asked: tuple[int, float, float],
        history: bool = True,
        gaps: Gaps | None = None,
        ends_with: type[Exception] | None = None,
    ) -> None:
        self.seen = Seen()
        tags = tag_map(*NAMES)
        mapped, outbox, self.gaps = Mapped(tags), Outbox(600, 1e9), gaps or Gaps()
        settings = OpcUa("opc.tcp://a:1", tags, history=history)
        nodes = {number: ua.NodeId(ua.Int32(number)) for number in range(len(NAMES))}
        intake = Intake(settings.endpoint, mapped, outbox, self.gaps, self.seen)
        self.history = History(settings, mapped, intake, outbox, self.gaps, self.seen, nodes)
        for tag, after, before in asked:
            self.gaps.add(tag, T0 + int(after * SECOND), T0 + int(before * SECOND), 0.0)
        self.scans: list[dict[str, Any]] = []

        async def run() -> None:
            task = asyncio.create_task(self.history.keep_filling(server))
            until = time.monotonic() + 60
            while self.gaps.due(time.monotonic()) and not task.done():
                assert time.monotonic() < until, "the gaps must be done"
                self.scans += [json.loads(message.value) for message in outbox.take(100)]
                await asyncio.sleep(0)
            self.scans += [json.loads(message.value) for message in outbox.take(10**6)]
            task.cancel()
            [ended] = await asyncio.gather(task, return_exceptions=True)
            assert isinstance(ended, ends_with or asyncio.CancelledError)

        asyncio.run(run())
        assert all(scan["backfill"] for scan in self.scans)

    def values(self, well: str, tag: str) -> list[float]:
        return [scan["values"][tag] for scan in self.scans if scan["well_id"] == well and tag in scan["values"]]


def each_second(seconds: int) -> list[tuple[float, float]]:
    return [(float(second), second + 0.5) for second in range(seconds)]


@pytest.mark.parametrize(
    "bookmarks, at_once, most_nodes", [(True, 0, 1_000), (True, 7, 1_000), (False, 0, 1_000), (True, 0, 1)]
)
def test_that_a_gap_is_filled_in_order_and_no_more_than_the_gap(
    bookmarks: bool, at_once: int, most_nodes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_module, "_ANSWER", 60)
    monkeypatch.setattr(history_module, "_MOST_HELD", 100)
    kept = {number: each_second(1_000) for number in range(3)}
    server = Server(kept, bookmarks, at_once, most_nodes=most_nodes)
    filled = Filled(server, (0, 10, 900), (1, 20, 30), (1, 800, 950), (2, 5, 5.5))
    assert filled.values("W-1", "a") == [second + 0.5 for second in range(11, 900)]
    assert filled.values("W-1", "b") == [second + 0.5 for second in [*range(21, 30), *range(801, 950)]]
    assert filled.values("W-2", "a") == []
    assert server.open == set(), "every bookmark was used or given back"
    assert server.largest <= 60
    # Tags of a well and a time are one scan here too.
    assert sum(scan["values"].keys() == {"a", "b"} for scan in filled.scans) == 9 + 99
    assert filled.seen.filled_samples == 889 + 9 + 149
    assert (filled.seen.unfilled_tags, filled.gaps.due(1e12)) == (1, [])


def test_that_a_gap_of_weeks_is_asked_for_in_days() -> None:
    day = 86_400.0
    kept = {0: [(day * number, float(number)) for number in range(40)]}
    filled = Filled(Server(kept), (0, 0, 39 * day))
    assert filled.values("W-1", "a") == [float(number) for number in range(1, 39)]


def test_that_many_samples_of_one_time_do_not_hold_it_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_module, "_ANSWER", 10)
    kept = {0: [(5.0, float(number)) for number in range(50)]}
    filled = Filled(Server(kept, bookmarks=False), (0, 0, 10))
    assert filled.values("W-1", "a") == [float(number) for number in range(10)]
    filled = Filled(Server(kept), (0, 0, 10))
    assert filled.values("W-1", "a") == [float(number) for number in range(50)]


def test_that_a_node_that_is_refused_is_told_and_the_others_are_filled(caplog: pytest.LogCaptureFixture) -> None:
    kept = {number: each_second(10) for number in range(3)}
    server = Server(kept, status={0: StatusCodes.BadUserAccessDenied})
    filled = Filled(server, (0, 0, 9), (1, 0, 9), (2, 0, 9))
    assert filled.values("W-1", "a") == []
    assert len(filled.values("W-1", "b")) == len(filled.values("W-2", "a")) == 8
    assert filled.seen.unfilled_tags == 1
    assert any("gap_not_filled well=W-1 tags=1 reason='BadUserAccessDenied'" in said for said in caplog.messages)


def test_that_a_server_without_history_is_told_once_for_each_gap(caplog: pytest.LogCaptureFixture) -> None:
    server = Server({}, raises=[BadHistoryOperationUnsupported] * 2)
    filled = Filled(server, (0, 0, 9), (2, 0, 9))
    assert filled.seen.unfilled_tags == 2
    assert filled.scans == []
    assert sum("reason='BadHistoryOperationUnsupported'" in said for said in caplog.messages) == 2


def test_that_a_slow_server_is_asked_again_after_longer_and_longer(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_module, "_FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(history_module, "_LONGEST_WAIT_S", 0.004)
    kept = {0: each_second(10), 2: each_second(10)}
    filled = Filled(Server(kept, raises=[TimeoutError()] * 8), (0, 0, 9), (2, 0, 9))
    assert len(filled.values("W-1", "a")) == len(filled.values("W-2", "a")) == 8
    assert filled.seen.unfilled_tags == 0
    slow = [said for said in caplog.messages if said.startswith("history_slow")]
    assert len(slow) == 8
    assert {said.split()[1] for said in slow} == {"well=W-1", "well=W-2"}, "one does not wait for the other"


class Ticks:
    """A clock that goes on by being looked at, however slow this machine is."""

    now = 0.0

    def monotonic(self) -> float:
        self.now += 0.1
        return self.now


def test_that_a_server_that_never_answers_is_let_be_in_the_end(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_module, "time", Ticks())
    monkeypatch.setattr(history_module, "_PATIENCE_S", 30.0)
    filled = Filled(Server({}, raises=[TimeoutError()] * 100), (0, 0, 9))
    assert (filled.scans, filled.seen.unfilled_tags) == ([], 1)
    assert any("gap_not_filled well=W-1 tags=1 reason='it has not answered" in said for said in caplog.messages)
    assert sum(said.startswith("history_slow") for said in caplog.messages) >= 2


def test_that_a_wait_doubles_to_a_bound() -> None:
    waits: list[float] = []
    filling = Filled(Server({0: each_second(10)}), (0, 0, 9)).history
    gap = Gap(0, T0, T0 + SECOND, 0.0)
    for _ in range(9):
        filling._ask_later("W-1", [gap])
        slow = filling._slow["W-1"]
        waits.append(slow.wait_s)
    assert waits == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0, 60.0]


def test_that_what_one_connection_filled_counts_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first is lost when all but the last, empty piece of the gap is filled."""
    monkeypatch.setattr(history_module, "_SPAN_US", 5 * SECOND)

    class Lost(Server):
        async def history_read(self, parameters: Any) -> list[Any]:
            if parameters.HistoryReadDetails.StartTime > to_datetime(T0 + 4 * SECOND):
                raise ConnectionError("the network is gone")
            return await super().history_read(parameters)

    kept = {0: [(1.0, 1.5), (2.0, 2.5)]}
    before = Filled(Lost(kept), (0, 0, 9), ends_with=ConnectionError)
    assert before.values("W-1", "a") == [1.5, 2.5]
    assert len(before.gaps.due(1e12)) == 1
    after = Filled(Server({}), gaps=before.gaps)
    assert after.gaps.due(1e12) == []
    assert after.seen.unfilled_tags == 0


def test_that_nothing_is_asked_where_history_is_off() -> None:
    class Nobody(UaClient):
        def __init__(self) -> None:
            """Whoever asks it something fails."""

    filled = Filled(Nobody(), (0, 0, 9), history=False)
    assert (filled.scans, filled.seen.unfilled_tags, filled.seen.gaps) == ([], 1, [(1, 9.0)])
