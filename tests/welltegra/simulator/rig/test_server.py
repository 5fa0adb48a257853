"""The rig as a client finds it: nodes, values, history, writes."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.uaerrors import UaStatusCodeError

from tests.welltegra.simulator.rig.running import Running, Site, lasted, look, rig, until
from welltegra.simulator.rig.asks import Ask
from welltegra.simulator.rig.client import ask
from welltegra.simulator.rig.records import text_of
from welltegra.simulator.rig.tags import NAMES, STATE_TAG, TAG
from welltegra.simulator.rig.values import node_id

pytestmark = pytest.mark.slow


# How long a fault lasts [s of the rig]: longer than what a busy rig may skip in one go.
LASTS = 20


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with rig(tmp_path_factory.mktemp("rig"), "--wells", "2", "--speed", "10", "--seed", "4") as running:
        yield running


def microseconds(value: ua.DataValue) -> int:
    assert value.SourceTimestamp is not None
    return round(value.SourceTimestamp.timestamp() * 1e6)


def number_of(time: str) -> int:
    """Return the number of the second of the rig that had this time."""
    return round(datetime.fromisoformat(time).timestamp() * 10)


def plain(value: Any) -> Any:
    return "NaN" if isinstance(value, float) and math.isnan(value) else value


def as_truth(name: str, value: ua.DataValue) -> dict[str, Any]:
    """Return a value as the truth has it."""
    assert value.Value is not None
    assert value.StatusCode is not None
    return {
        "node": name,
        "time": text_of(microseconds(value)),
        "value": plain(value.Value.Value),
        "status": value.StatusCode.name,
    }


def truth(running: Running, name: str) -> list[dict[str, Any]]:
    lines = [line for line in running.lines("truth") if line["node"] == name]
    return [{key: line[key] for key in ("node", "time", "value", "status")} for line in lines]


def wait_for_truth(running: Running, name: str) -> None:
    until(lambda: len(truth(running, name)) > 30, "30 values")


async def asked(site: Site, *arguments: Any) -> None:
    done, said = await site.node("rig/faults").call_method(site.node("rig/faults/ask").nodeid, *arguments)
    assert done, said


# Nodes


def test_that_each_tag_is_there_with_its_unit_type_and_both_times(served: Running) -> None:
    async def do(site: Site) -> None:
        for well in ("W-1", "W-2"):
            for tag in NAMES:
                node = site.node(f"{well}/{tag}")
                value = await node.read_data_value()
                assert value.Value is not None
                assert value.Value.VariantType == (ua.VariantType.String if tag == STATE_TAG else ua.VariantType.Double)
                assert value.SourceTimestamp is not None
                assert value.ServerTimestamp is not None
                assert abs(value.ServerTimestamp - value.SourceTimestamp) < timedelta(seconds=30)
                if tag != STATE_TAG:
                    (unit,) = [each for each in await node.get_properties() if await shown(each) == "EngineeringUnits"]
                    assert (await unit.read_value()).DisplayName.Text == TAG[tag].unit

    async def shown(node: Any) -> str:
        return str((await node.read_browse_name()).Name)

    look(served, do)


def test_that_the_wells_can_be_found_by_browsing(served: Running) -> None:
    async def do(site: Site) -> list[str]:
        children = await site.client.nodes.objects.get_children()
        return [str((await child.read_browse_name()).Name) for child in children]

    assert {"W-1", "W-2", "rig"} <= set(look(served, do))


def test_that_the_server_s_own_time_goes_on(served: Running) -> None:
    async def do(site: Site) -> None:
        node = site.client.get_node(ua.NodeId(ua.Int32(ObjectIds.Server_ServerStatus_CurrentTime)))
        first = await node.read_value()
        async with site.watching("W-1/depth") as seen:
            await seen.until(lambda: len(seen.values) > 5)
        assert await node.read_value() > first

    look(served, do)


# Values


def test_that_a_subscription_brings_every_value_that_was_served_also_steady_bad_and_nan(served: Running) -> None:
    name = "W-1/wellhead_pressure"

    async def do(site: Site) -> list[ua.DataValue]:
        async with site.watching(name) as seen:
            for what in ("freeze", "nan", "bad-status", "dropout"):
                await asked(site, what, "W-1", "wellhead_pressure", float(LASTS), "")
                await seen.until_more(LASTS + 3)
        return seen.of(name)

    values = look(served, do)
    found = [as_truth(name, value) for value in values]
    first, last = found[0]["time"], found[-1]["time"]
    until(lambda: truth(served, name)[-1]["time"] >= last, "the last one is written down")
    assert found == [line for line in truth(served, name) if first <= line["time"] <= last]
    # Which seconds were served, a well without faults shows.
    every = {
        number_of(line["time"]) for line in truth(served, "W-2/wellhead_pressure") if first <= line["time"] <= last
    }
    bad = {number_of(line["time"]) for line in found if line["status"] == "BadSensorFailure"}
    nan = {number_of(line["time"]) for line in found if line["value"] == "NaN"}
    # A dropout is a gap of its length in the times that came.
    missing = every - {number_of(line["time"]) for line in found}
    for numbers in (bad, nan, missing):
        least, most = lasted(numbers, every)
        assert least <= LASTS <= most


def test_that_a_unit_change_is_in_the_unit_and_in_the_value(served: Running) -> None:
    node = "W-2/standpipe_pressure"

    async def do(site: Site) -> ua.DataValue:
        unit = site.node(f"{node}/unit")
        async with site.watching(node) as seen:
            await seen.until(lambda: seen.values)
            await asked(site, "unit-change", "W-2", "standpipe_pressure", 3_000.0, "bar")
            await seen.until_more(3)
            assert (await unit.read_value()).DisplayName.Text == "bar"
            changed = seen.of(node)[-1]
            await asked(site, "clear", "W-2", "", 0.0, "")
            await seen.until_more(3)
            assert (await unit.read_value()).DisplayName.Text == "psi"
        return changed

    changed = as_truth(node, look(served, do))
    lines = [line for line in served.lines("truth") if line["node"] == node]
    # One second and the next: in the time that a client takes, the pressure may be another.
    first = [line["unit"] for line in lines].index("bar")
    assert lines[first]["value"] == pytest.approx(lines[first - 1]["value"] * 0.0689475729, rel=0.05)
    assert {**changed, "unit": "bar"} in lines


# History


def test_that_history_holds_every_value_that_was_served_with_its_status_both_ways_and_in_pieces(
    served: Running,
) -> None:
    for name in ("W-2/temperature", f"W-2/{STATE_TAG}"):
        wait_for_truth(served, name)

        async def do(site: Site, name: str = name) -> tuple[list[ua.DataValue], list[ua.DataValue], list[ua.DataValue]]:
            node = site.node(name)
            whole = await node.read_raw_history(ua.get_win_epoch() + timedelta(days=1))
            first, last = whole[0].SourceTimestamp, whole[-1].SourceTimestamp
            assert first is not None
            assert last is not None
            back = await node.read_raw_history(last, first)
            few = await node.read_raw_history(first, last, numvalues=3)
            return whole, back, few

        whole, back, few = look(served, do)
        found = [as_truth(name, value) for value in whole]
        assert len(found) > 20
        assert found == truth(served, name)[: len(found)]
        assert back == list(reversed(whole))
        assert few == whole[:3]


def test_that_history_goes_on_behind_a_continuation_point(served: Running) -> None:
    wait_for_truth(served, "W-1/depth")

    async def do(site: Site) -> tuple[list[ua.DataValue], list[ua.DataValue]]:
        node = site.node("W-1/depth")
        details = ua.ReadRawModifiedDetails(
            IsReadModified=False, StartTime=ua.get_win_epoch() + timedelta(days=1), EndTime=ua.get_win_epoch()
        )
        whole = (await node.history_read(details)).HistoryData.DataValues
        details.EndTime = whole[-1].SourceTimestamp
        details.NumValuesPerNode = 4
        pieces: list[ua.DataValue] = []
        point = None
        while len(pieces) == 0 or point is not None:
            result = await node.history_read(details, point)
            point = result.ContinuationPoint
            pieces += result.HistoryData.DataValues
        return whole, pieces

    whole, pieces = look(served, do)
    assert len(whole) > 8
    assert pieces == whole


@pytest.mark.parametrize(
    ("name", "answer"),
    [("W-1/request/pump_rate", "BadHistoryOperationUnsupported"), ("W-1/nothing", "BadNodeIdUnknown")],
)
def test_that_there_is_no_history_of_what_is_no_tag(served: Running, name: str, answer: str) -> None:
    async def do(site: Site) -> None:
        await site.node(name).read_raw_history(ua.get_win_epoch() + timedelta(days=1))

    with pytest.raises(UaStatusCodeError, match=answer):
        look(served, do)


# Writes


def write(running: Running, name: str, value: Any, kind: ua.VariantType = ua.VariantType.Double) -> str:
    """Return how a write is answered."""

    async def do(site: Site) -> str:
        node = site.node(name).nodeid
        data = ua.DataValue(ua.Variant(value, kind))
        (status,) = await site.client.uaclient.write_attributes([node], [data])
        return str(status.name)

    return look(running, do)


@pytest.mark.parametrize(
    ("name", "value", "kind", "answer"),
    [
        ("W-1/request/pump_rate", 95.5, ua.VariantType.Double, "Good"),
        ("W-1/request/pump_rate", 500.0, ua.VariantType.Double, "GoodClamped"),
        ("W-1/request/pump_rate", math.nan, ua.VariantType.Double, "BadOutOfRange"),
        ("W-1/request/pump_rate", 95.5, ua.VariantType.Float, "BadTypeMismatch"),
        ("W-1/request/pump_rate", [95.5], ua.VariantType.Double, "BadTypeMismatch"),
        ("W-1/request/pump_rate", "95.5", ua.VariantType.String, "BadTypeMismatch"),
        ("W-1/request/local", True, ua.VariantType.Boolean, "BadNotWritable"),
        ("W-1/pump_rate", 0.0, ua.VariantType.Double, "BadNotWritable"),
        ("rig/faults/on", ["x"], ua.VariantType.String, "BadNotWritable"),
        ("W-9/request/pump_rate", 95.5, ua.VariantType.Double, "BadNodeIdUnknown"),
    ],
)
def test_that_a_write_is_answered_as_a_plc_would_and_written_down_whatever_the_answer(
    served: Running, name: str, value: Any, kind: ua.VariantType, answer: str
) -> None:
    before = len(served.lines("writes"))
    assert write(served, name, value, kind) == answer
    (line,) = served.lines("writes")[before:]
    shown = repr(value) if isinstance(value, list) else plain(value)
    assert (line["node"], line["value"], line["result"]) == (name, shown, answer)
    assert (line["attribute"], line["user"]) == ("Value", None)
    assert line["client"].startswith("127.0.0.1:")
    assert line["session"]
    assert line["time"].endswith("Z")


def test_that_an_attribute_cannot_be_written_and_the_try_is_written_down(served: Running) -> None:
    async def do(site: Site) -> None:
        await site.node("W-1/pump_rate").write_attribute(
            AttributeIds.DisplayName, ua.DataValue(ua.Variant(ua.LocalizedText("mine")))
        )

    with pytest.raises(UaStatusCodeError, match="BadNotWritable"):
        look(served, do)
    assert served.lines("writes")[-1]["attribute"] == "DisplayName"


def test_that_the_request_shows_what_the_plc_has_made_of_it(served: Running) -> None:
    async def do(site: Site) -> None:
        node, status = site.node("W-2/request/pump_rate"), site.node("W-2/request/status")
        assert await status.read_value() == "none"
        async with site.watching("W-2/request/status") as seen:
            await node.write_value(500.0)
            assert await node.read_value() == 120.0
            # It may have come to its end before it is asked.
            await seen.until(lambda: "ramping" in seen.plain("W-2/request/status"))
        async with site.watching("W-2/pump_rate", "W-2/request/status") as seen:
            await node.write_value(90.0)
            await seen.until(lambda: any(value < 92.0 for value in seen.plain("W-2/pump_rate")))
            await seen.until(lambda: "released" in seen.plain("W-2/request/status"))
        assert await node.read_value() == 90.0
        names = [(await each.read_browse_name()).Name for each in await node.get_properties()]
        assert set(names) == {"EngineeringUnits", "min", "max", "ramp_spm_per_s", "watchdog_s"}

    look(served, do)


def test_that_local_holds_at_once_and_refuses_a_request(served: Running) -> None:
    ask(served.endpoint, None, Ask("local", "W-1", "", 0.0, ""))

    async def do(site: Site) -> tuple[bool, str]:
        return (
            await site.node("W-1/request/local").read_value(),
            await site.node("W-1/request/status").read_value(),
        )

    try:
        assert look(served, do) == (True, "local")
        assert write(served, "W-1/request/pump_rate", 90.0) == "BadUserAccessDenied"
        assert served.lines("writes")[-1]["result"] == "BadUserAccessDenied"
    finally:
        ask(served.endpoint, None, Ask("clear", "W-1", "", 0.0, ""))


@pytest.mark.parametrize(
    "arguments", [[], ["nan", "W-1"], ["nan", "W-1", "", "long", ""], ["nan", "W-1", "", math.nan, ""]]
)
def test_that_a_call_with_other_arguments_is_refused(served: Running, arguments: list[Any]) -> None:
    async def do(site: Site) -> None:
        await asked(site, *arguments)

    with pytest.raises(UaStatusCodeError, match="BadInvalidArgument"):
        look(served, do)
    assert "Traceback" not in served.said()


# Who comes in


def test_that_nobody_can_change_the_address_space_nor_come_in_as_admin(served: Running) -> None:
    async def add(site: Site) -> None:
        await site.client.nodes.objects.add_variable(node_id("mine", site.index), "mine", 1.0)

    with pytest.raises(UaStatusCodeError, match="BadUserAccessDenied"):
        look(served, add)
    with pytest.raises(UaStatusCodeError, match="BadIdentityTokenRejected"):
        look(served, add, user="admin", password="x")


def test_that_a_rig_with_a_user_lets_in_him_alone_and_names_him_in_the_writes(tmp_path: Path) -> None:
    options = ["--well", "A", "--user", "ann", "--password-env", "RIG_PASSWORD"]
    with rig(tmp_path, *options, RIG_PASSWORD="s3cret") as running:

        async def do(site: Site) -> None:
            await site.node("A/request/pump_rate").write_value(90.0)

        for user, password in (("", ""), ("ann", "wrong"), ("bob", "s3cret"), ("admin", "s3cret")):
            with pytest.raises(UaStatusCodeError, match=r"BadUserAccessDenied|BadIdentityTokenRejected"):
                look(running, do, user, password)
        assert running.lines("writes") == []
        look(running, do, "ann", "s3cret")
        assert [line["user"] for line in running.lines("writes")] == ["ann"]
    assert "s3cret" not in running.said() + json.dumps(running.lines("writes"))


def test_that_only_an_open_endpoint_is_offered(served: Running) -> None:
    async def endpoints() -> list[str]:
        return [each.SecurityPolicyUri for each in await Client(served.endpoint).connect_and_get_server_endpoints()]

    assert asyncio.run(endpoints()) == ["http://opcfoundation.org/UA/SecurityPolicy#None"]
