"""A link to a server: what is subscribed to, what comes of it, and what happens when either goes away."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from asyncua.server.internal_subscription import InternalSubscription
from asyncua.ua.status_codes import StatusCodes

from connectors.opcua import link as link_module
from connectors.opcua import session as session_module
from connectors.opcua.config import OpcUa
from connectors.opcua.errors import Refused
from tests.connectors.opcua.listening import Listening
from tests.connectors.opcua.server import OpcUaServer, at, tag_map
from tests.parts.apache_kafka import free_ports
from tests.parts.tcp_proxy import TcpProxy

# The server has its samples quicker here than any of a well. Nothing is lost because this machine stands still; a test
# of what is lost says how soon.
QUICK = {"publishing_interval_ms": 50.0, "deadline_s": 60.0, "queue": 1_000}


def settings(server: OpcUaServer, *names: str, port: int | None = None, **more: object) -> OpcUa:
    endpoint = server.endpoint if port is None else f"opc.tcp://127.0.0.1:{port}/test"
    return OpcUa(endpoint, tag_map(*names), **{**QUICK, **more})  # type: ignore[arg-type]  # by their names


def give_up_after(settings: OpcUa, seconds: float) -> None:
    """Have a link that goes by these settings give the server up so soon, from now on."""
    object.__setattr__(settings, "deadline_s", seconds)


@pytest.fixture
def pump(server: OpcUaServer, well: str) -> str:
    """Return the name of a node of the well's own."""
    server.add(f"{well}/pump_rate", 0.0)
    return f"{well}/pump_rate"


@pytest.fixture
def own() -> Iterator[OpcUaServer]:
    """Yield a server that the test may stop."""
    with OpcUaServer({"W/a": 0.0, "W/b": 0.0}, history=True) as found:
        yield found


def test_that_a_steady_value_comes_with_every_sample(server: OpcUaServer, pump: str, well: str) -> None:
    with Listening(settings(server, pump)) as heard:
        heard.until_served(1)
        for second in range(30):
            server.write(pump, 57.5, at(second))
        heard.until(lambda: (at(29).strftime("%FT%T.000Z"), 57.5) in heard.samples(well, "pump_rate"), "the last")
    assert heard.samples(well, "pump_rate")[-30:] == [
        (f"2026-01-01T12:00:{second:02d}.000Z", 57.5) for second in range(30)
    ]
    assert {scan["source"] for scan in heard.scans} == {server.endpoint}


def test_that_status_nan_and_zero_become_what_they_mean(server: OpcUaServer, pump: str, well: str) -> None:
    with Listening(settings(server, pump)) as heard:
        heard.until_served(1)
        heard.until(lambda: heard.scans, "the first")
        heard.scans.clear()
        server.write(pump, 0.0, at(1))
        server.write(pump, 57.5, at(2), StatusCodes.UncertainLastUsableValue)
        server.write(pump, None, at(3), StatusCodes.BadSensorFailure)
        server.write(pump, math.nan, at(4))
        server.write(pump, 58.0, at(5))
        heard.until(lambda: 58.0 in heard.values(well, "pump_rate"), "the last")
    assert heard.values(well, "pump_rate") == [0.0, 57.5, None, None, 58.0]
    assert [scan.get("quality") for scan in heard.scans] == [
        None, {"pump_rate": "uncertain"}, {"pump_rate": "bad"}, {"pump_rate": "bad"}, None
    ]  # fmt: skip
    assert heard.seen.qualities[1:] == [1, 2]


def test_that_tags_of_one_time_are_one_scan(server: OpcUaServer, well: str) -> None:
    names = [f"{well}/{tag}" for tag in "abc"]
    for name in names:
        server.add(name, 0.0)
    with Listening(settings(server, *names)) as heard:
        heard.until_served(3)
        heard.until(lambda: all(heard.values(well, tag) for tag in "abc"), "the first of each")
        heard.scans.clear()
        for second in range(1, 6):
            server.write_all(dict.fromkeys(names, second + 0.5), at(second))
        heard.until(lambda: len(heard.scans) >= 5, "five scans")
    assert [scan["values"] for scan in heard.scans] == [dict.fromkeys("abc", second + 0.5) for second in range(1, 6)]


def test_that_the_source_time_holds_and_the_servers_is_told_beside(
    server: OpcUaServer, pump: str, well: str, caplog: pytest.LogCaptureFixture
) -> None:
    with Listening(settings(server, pump)) as heard:
        heard.until_served(1)
        server.write(pump, 1.5, at(1), server_time=at(3))
        server.write(pump, 2.5, None, server_time=at(4))
        heard.until(lambda: 2.5 in heard.values(well, "pump_rate"), "the last")
    assert heard.samples(well, "pump_rate")[-2:] == [
        ("2026-01-01T12:00:01.000Z", 1.5),
        ("2026-01-01T12:00:04.000Z", 2.5),
    ]
    assert 2.0 in heard.seen.differences
    assert heard.seen.untimed_samples == 1
    assert any("must have a source time; was none; the time is the server's" in said for said in caplog.messages)


@pytest.mark.slow
def test_that_units_are_the_nodes_own_and_a_change_is_known_at_once(
    well: str, caplog: pytest.LogCaptureFixture
) -> None:
    names = (f"{well}/a", f"{well}/b", f"{well}/c", f"{well}/d")
    units = {names[0]: "psi", names[1]: "bar", names[2]: "strokes of the pump"}
    with OpcUaServer(dict.fromkeys(names, 1.0), units) as server:
        wanted = replace(settings(server, *names), tags=tag_map(*names, units={names[1]: "kPa"}))
        with Listening(wanted) as heard:
            heard.until_served(4)
            server.write_all(dict.fromkeys(names, 2.0), at(1))
            heard.until(lambda: 2.0 in heard.values(well, "d"), "the second value")
            assert heard.scans[-1]["units"] == {"a": "psi", "b": "kPa"}
            # In a unit that nobody knows a value is not to be judged.
            assert heard.scans[-1]["values"]["c"] is None
            assert heard.scans[-1]["quality"] == {"c": "bad"}
            server.set_unit(names[0], "bar")
            server.set_unit(names[2], "spm")
            server.write_all(dict.fromkeys(names, 3.0), at(2))
            heard.until(lambda: 3.0 in heard.values(well, "d"), "the third value")
            assert heard.scans[-1]["units"] == {"a": "bar", "b": "kPa", "c": "spm"}
            assert "quality" not in heard.scans[-1]
    assert any("'strokes of the pump'" in said and "state `unit:` in the tag map" in said for said in caplog.messages)
    assert any(said.startswith("unit_changed") and "'psi'" in said for said in caplog.messages)


def test_that_tags_that_cannot_be_had_are_told_with_their_place_and_the_others_go_on(
    server: OpcUaServer, pump: str, well: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "_RETRY_REFUSED_S", 0.2)
    server.add(f"{well}/operating_state", "pumping")
    names = (pump, f"{well}/nowhere", f"{well}/operating_state")
    foreign = replace(tag_map(f"{well}/foreign").tags[0], line=6)
    object.__setattr__(foreign.node, "namespace", "urn:welltegra:tset")
    tags = tag_map(*names)
    wanted = replace(settings(server, *names), tags=replace(tags, tags=(*tags.tags, foreign)))
    with Listening(wanted) as heard:
        heard.until_served(1)
        server.write(pump, 57.5, at(1))
        heard.until(lambda: 57.5 in heard.values(well, "pump_rate"), "the good one")
        assert heard.seen.tags == (4, 1)
        server.add(f"{well}/nowhere", 3.5)
        heard.until(lambda: 3.5 in heard.values(well, "nowhere"), "the one that was added")
        heard.until_served(2)
    told = [said for said in caplog.messages if said.startswith("tag_faulty")]
    assert len(told) == 3
    for words in (
        f"tags.yaml line 4: {well} nowhere (nsu=urn:welltegra:test;s={well}/nowhere): must be a variable",
        "was BadNodeIdUnknown",
        f"tags.yaml line 5: {well} operating_state",
        "must be a node of numbers; was String",
        "its namespace must be one of the server's; was 'urn:welltegra:tset'. Did you mean 'urn:welltegra:test'?",
    ):
        assert any(words in said for said in told), words


def test_that_an_overflow_is_counted_and_filled_from_history(server: OpcUaServer, pump: str, well: str) -> None:
    with Listening(settings(server, pump, queue=2)) as heard:
        heard.until_served(1)
        server.write(pump, 1.0, at(1))
        heard.until(lambda: 1.0 in heard.values(well, "pump_rate"), "the first")

        async def burst() -> None:
            # All between two publishes; two of them are kept, and the first of these says so.
            for second in range(2, 8):
                status = 0x0480 if second == 6 else StatusCodes.Good
                await server._write([(pump, float(second))], at(second), status, None)

        server.do(burst())
        heard.until(lambda: len(heard.samples(well, "pump_rate", backfill=True)) >= 4, "history")
    assert heard.seen.overflows == 1
    assert heard.values(well, "pump_rate")[-3:] == [1.0, 6.0, 7.0]
    assert heard.values(well, "pump_rate", backfill=True) == [2.0, 3.0, 4.0, 5.0]


@pytest.mark.slow
def test_that_a_network_that_swallows_packets_is_noticed_and_what_was_missed_is_filled(
    server: OpcUaServer, pump: str, well: str, caplog: pytest.LogCaptureFixture
) -> None:
    with TcpProxy(server.port) as proxy, Listening(wanted := settings(server, pump, port=proxy.port)) as heard:
        heard.until_served(1)
        for second in range(3):
            server.write(pump, float(second), at(second))
        heard.until(lambda: 2.0 in heard.values(well, "pump_rate"), "what came before")
        proxy.black_hole()
        give_up_after(wanted, 3.0)
        for second in range(3, 103):
            server.write(pump, float(second), at(second))
        heard.until(lambda: len(heard.seen.losses) >= 2, "two connections given up")
        assert {kind for kind, _ in heard.seen.losses} == {"silent"}
        assert "must answer within 3 s; did not" in heard.seen.losses[0][1]
        give_up_after(wanted, 60.0)
        proxy.pass_on()
        heard.until(lambda: heard.seen.connections == 2, "a connection again")
        for second in range(103, 110):
            server.write(pump, float(second), at(second))
        heard.until(lambda: len(heard.samples(well, "pump_rate", backfill=True)) >= 99, "history")
        heard.until(lambda: 109.0 in heard.values(well, "pump_rate"), "what came after")
    # The new subscription begins with the latest value, which is news.
    assert heard.values(well, "pump_rate")[-11:] == [0.0, 1.0, 2.0, *(float(second) for second in range(102, 110))]
    assert heard.values(well, "pump_rate", backfill=True) == [float(second) for second in range(3, 102)]
    assert heard.seen.gaps == [(1, 100.0)]
    assert (heard.seen.filled_samples, heard.seen.unfilled_tags) == (99, 0)
    assert any(said.startswith("gap well=") and "seconds=100.0" in said for said in caplog.messages)


def test_that_a_server_that_answers_and_publishes_nothing_is_subscribed_to_anew(
    server: OpcUaServer, pump: str, well: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def publish_nothing(*_: object) -> bool:
        return False

    with Listening(settings(server, pump, deadline_s=1.0)) as heard:
        heard.until_served(1)
        with monkeypatch.context() as patched:
            patched.setattr(InternalSubscription, "publish_results", publish_nothing)
            # On a busy machine the server may first be too slow to answer at all.
            heard.until(lambda: "subscription_lost" in [loss[0] for loss in heard.seen.losses], "the loss")
        heard.until(lambda: heard.seen.connections >= 2, "a connection again")
        server.write(pump, 1.0, at(1))
        heard.until(lambda: 1.0 in heard.values(well, "pump_rate"), "it listens")
    reason = dict(heard.seen.losses)["subscription_lost"]
    assert "must publish or say that there is nothing every 1 s; answers, and publishes nothing" in reason


def test_that_a_black_hole_is_silence_also_where_the_last_word_was_no_publish(
    server: OpcUaServer, pump: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions: list[session_module.Session] = []
    run = session_module.Session.run

    async def noted(self: session_module.Session) -> None:
        sessions.append(self)
        await run(self)

    monkeypatch.setattr(session_module.Session, "run", noted)
    with TcpProxy(server.port) as proxy, Listening(settings(server, pump, port=proxy.port, deadline_s=3.0)) as heard:
        heard.until_served(1)
        heard.until(lambda: sessions[-1].heard_at - sessions[-1].published_at > 0.05, "an answer after a publish")
        before = len(heard.seen.losses)
        proxy.black_hole()
        heard.until(lambda: len(heard.seen.losses) > before, "the loss")
    assert heard.seen.losses[before][0] == "silent"


def test_that_a_value_that_had_come_before_a_new_connection_does_not_come_again(
    server: OpcUaServer, pump: str, well: str
) -> None:
    with TcpProxy(server.port) as proxy, Listening(settings(server, pump, port=proxy.port)) as heard:
        heard.until_served(1)
        server.write(pump, 1.0, at(1))
        heard.until(lambda: 1.0 in heard.values(well, "pump_rate"), "the first")
        proxy.cut()
        heard.until(lambda: heard.seen.connections == 2 and heard.seen.tags == (1, 1), "a connection again")
        server.write(pump, 2.0, at(2))
        heard.until(lambda: 2.0 in heard.values(well, "pump_rate"), "the second")
    assert heard.values(well, "pump_rate")[-2:] == [1.0, 2.0]
    assert heard.seen.losses[0][0] == "closed"
    assert heard.seen.gaps == []


@pytest.mark.slow
def test_that_a_server_that_was_restarted_is_gone_on_with(own: OpcUaServer, caplog: pytest.LogCaptureFixture) -> None:
    with Listening(settings(own, "W/a", "W/b")) as heard:
        heard.until_served(2)
        for second in range(3):
            own.write_all({"W/a": 1.0 + second, "W/b": 2.0 + second}, at(second))
        heard.until(lambda: 4.0 in heard.values("W", "b"), "what came before")
        own.stop()
        heard.until(lambda: heard.seen.losses, "the loss")
        # It may number its namespaces anew.
        own.more_namespaces, own.first_time = 2, at(50)
        own.start()
        heard.until(lambda: heard.seen.connections == 2 and heard.seen.tags == (2, 2), "a connection again")
        own.write_all({"W/a": 9.0, "W/b": 9.5}, at(60))
        heard.until(lambda: 9.5 in heard.values("W", "b"), "what came after")
        heard.until(lambda: heard.seen.unfilled_tags == 2, "what history has not is told")
    assert any("gap_not_filled well=W tags=2 reason='history has nothing of it'" in said for said in caplog.messages)
    assert any(said.startswith("opcua_waited_for attempt=1") for said in caplog.messages)


def test_that_nothing_is_asked_of_history_where_that_is_off(
    server: OpcUaServer, pump: str, well: str, caplog: pytest.LogCaptureFixture
) -> None:
    with TcpProxy(server.port) as proxy, Listening(settings(server, pump, port=proxy.port, history=False)) as heard:
        heard.until_served(1)
        server.write(pump, 1.0, at(1))
        heard.until(lambda: 1.0 in heard.values(well, "pump_rate"), "the first")
        proxy.refuse()
        heard.until(lambda: heard.seen.losses, "the loss")
        for second in range(2, 9):
            server.write(pump, float(second), at(second))
        proxy.pass_on()
        heard.until(lambda: heard.seen.unfilled_tags, "the gap is told")
    assert heard.values(well, "pump_rate", backfill=True) == []
    assert any("opcua.history is false" in said for said in caplog.messages)


def test_that_what_was_dropped_for_want_of_room_is_filled_from_history(
    server: OpcUaServer, pump: str, well: str
) -> None:
    with Listening(settings(server, pump, keep_mb=0.02)) as heard:
        heard.until_served(1)
        server.write(pump, 0.0, at(0))
        heard.until(lambda: heard.scans, "the first")
        heard.takes = False
        for second in range(1, 101):
            server.write(pump, float(second), at(second))
        heard.until(
            lambda: heard.seen.dropped_scans >= 10 and heard.seen.qualities[0] >= 101, "all came, and some were dropped"
        )
        heard.takes = True
        dropped = heard.seen.dropped_scans
        heard.until(lambda: len(heard.samples(well, "pump_rate", backfill=True)) >= dropped, "history")
        live, filled = heard.values(well, "pump_rate"), heard.values(well, "pump_rate", backfill=True)
    assert filled == [float(second) for second in range(1, dropped + 1)]
    assert live[-100 + dropped :] == [float(second) for second in range(dropped + 1, 101)]
    assert heard.seen.connections == 1


@pytest.mark.slow
@pytest.mark.parametrize("user, password", [("ingest", "wrong"), ("", "")])
def test_that_a_refused_login_ends_the_first_start_in_a_sentence(user: str, password: str) -> None:
    with OpcUaServer({"W/a": 0.0}, users={"ingest": "right"}) as server:
        with Listening(settings(server, "W/a", username="ingest", password="right")) as heard:
            heard.until_served(1)
        with (
            pytest.raises(Refused, match=r"Check opcua\.username|Set opcua\.username") as caught,
            Listening(settings(server, "W/a", username=user, password=password)) as heard,
        ):
            heard.until(lambda: False, "it is refused")
    assert "\n" not in str(caught.value)
    assert "wrong" not in str(caught.value)


@pytest.mark.slow
def test_that_a_server_out_of_reach_is_waited_for_and_told() -> None:
    with OpcUaServer({"W/a": 0.0}) as server:
        server.stop()
        with Listening(settings(server, "W/a")) as heard:
            heard.until(lambda: len(heard.seen.losses) >= 2, "it is told")
            assert {kind for kind, _ in heard.seen.losses} == {"unreachable"}
            assert "Is the server running there, is opcua.endpoint its host and port" in heard.seen.losses[0][1]
            server.start()
            heard.until_served(1)


@pytest.mark.slow
def test_that_a_port_where_nobody_speaks_opc_ua_is_told(server: OpcUaServer) -> None:
    (nowhere,) = free_ports(1)
    with TcpProxy(nowhere) as nobody, TcpProxy(server.port) as deaf:
        deaf.black_hole()
        for proxy, kind in ((nobody, "closed"), (deaf, "silent")):
            with Listening(settings(server, "W/a", port=proxy.port, deadline_s=1.0)) as heard:
                losses = heard.seen.losses
                # On a busy machine the first try may be over before anybody is heard to hang up.
                heard.until(lambda: kind in [loss[0] for loss in losses], f"{kind} is told")  # noqa: B023  # in time
            assert "must speak OPC UA" in dict(losses)[kind]


def test_that_a_session_that_hangs_is_left_behind(
    server: OpcUaServer, pump: str, well: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hangs, goes_on = threading.Event(), threading.Event()
    watch = session_module.Session._watch

    async def blocking(self: session_module.Session, silence_s: float) -> None:
        if not hangs.is_set():
            hangs.set()
            goes_on.wait(60)  # it holds up its event loop, as no code should
        await watch(self, silence_s)

    monkeypatch.setattr(session_module.Session, "_watch", blocking)
    monkeypatch.setattr(link_module, "_STUCK_S", 0.5)
    monkeypatch.setattr(link_module, "_STUCK_DEADLINES", 1)
    with Listening(settings(server, pump, deadline_s=1.0)) as heard:
        heard.until(lambda: heard.seen.connections >= 2, "another connection")
        server.write(pump, 57.5, at(1))
        heard.until(lambda: 57.5 in heard.values(well, "pump_rate"), "it listens")
        goes_on.set()
        server.write(pump, 58.5, at(2))
        heard.until(lambda: 58.5 in heard.values(well, "pump_rate"), "it listens on")
    assert heard.values(well, "pump_rate")[-2:] == [57.5, 58.5]
    assert any(said.startswith("opcua_left_behind") for said in caplog.messages)
