"""Against an OPC UA server that is not of our library: nothing is missed, and views and alerts are as they should be.

From the server's log to well.alerts.v1: node-opcua, `welltegra flow ingest`, a broker, `welltegra flow constraints`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from schemas.times import time_us
from schemas.topics import ALERTS, VIOLATIONS
from tests.parts.node_opcua import NodeOpcua, NoNode, bring
from tests.parts.tcp_proxy import TcpProxy
from tests.system.node_opcua import load, metric, site_of
from tests.system.records import data_of, messages
from tests.system.server_log import Comparison, compare, scans_on
from tests.system.site import Program, wait_until
from tests.welltegra.live.asked import ask, free_pair
from welltegra.embedded.broker import EmbeddedBroker

pytestmark = [pytest.mark.node, pytest.mark.slow]

WELL = "W-1"
LIMIT, BREACH = 100.0, 120.0
LIVE, STALE, BAD = 0, 1, 2
# A tag of 1 Hz is stale after 5 s without a judged sample.
STALE_AFTER_MS = 5000
# Settings of the ingest: how soon a server is given up.
PATIENT, HASTY = ("publishing_interval_ms = 100\ndeadline_s = 30\n", "publishing_interval_ms = 100\ndeadline_s = 2.5\n")


@pytest.fixture(scope="module", autouse=True)
def node() -> None:
    """Have Node and its packages."""
    try:
        bring()
    except NoNode as error:
        pytest.skip(f"NOT PROVEN: {error}" if error.out_of_reach else str(error))


class Chain:
    """A server of one well with three tags, each with a limit, and all that stands between it and its alerts.

    way: the proxy that the ingest reaches the server through. opcua: settings of the ingest.
    """

    def __init__(self, folder: Path, bootstrap: str, server: NodeOpcua, way: TcpProxy, opcua: str) -> None:
        self.server, self.way = server, way
        self._port = free_pair()
        endpoint = f"opc.tcp://127.0.0.1:{way.port}"
        self.site = site_of(folder, bootstrap, endpoint, server, self._port, opcua)
        self.tags = [tag for _, tag in server.names()]
        tags = {tag: {"unit": "l/min", "period": 1} for tag in self.tags}
        constraints = [
            {"id": tag, "tag": tag, "limit": {"high": LIMIT, "unit": "l/min"}, "off_delay": 1} for tag in self.tags
        ]
        self.site.prepare({WELL: {"version": 1, "tags": tags, "constraints": constraints}})
        self.ingest: Program
        self.connected_ms = 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Have the programs running until all that the server says is on the topic; then they must stop as asked."""
        with (
            self.site.running("flow", "constraints", name="flow") as flow,
            self.site.running("flow", "ingest", name="ingest") as self.ingest,
        ):
            flow.wait_for("judging with")
            self.ingest.wait_for("opcua_connected")
            self.connected_ms = int(time.time() * 1000)
            self.wait_for_views(LIVE)
            yield
            # First, for it would tell of the silence that follows.
            assert flow.stop() == 0
            self.server.tell(ticking=False)
            self.wait_for_all_sent()
            assert self.ingest.stop() == 0
            assert "Traceback" not in self.ingest.said + flow.said

    def wait_for_all_sent(self) -> None:
        """Return once all that the server has said until now is on the topic."""
        last_ms = self.server.sent()[-1].time
        wait_until(lambda: self._newest_ms() >= last_ms, "the last that the server sent to be on the topic")

    def wait_for_views(self, view: int, *tags: str) -> None:
        """Return once the conditions of these tags, or of all, have a view."""
        wait_until(lambda: all(self.view(tag) == view for tag in tags or self.tags), f"view {view} of {tags or 'all'}")

    def view(self, tag: str) -> float:
        return metric(self._port, f'welltegra_condition_view{{constraint_id="{tag}",tag="{tag}",well_id="{WELL}"}}')

    def is_ready(self) -> bool:
        """Return whether the ingest says of itself that it is."""
        return ask(self._port + 1, "/health/ready")[0] == 200

    def told(self, tag: str) -> list[dict[str, Any]]:
        """Return the alerts of a tag, but for those of before it was heard of for the first time."""
        return [alert for alert in self._records(ALERTS, tag) if alert["value"] is not None]

    def late_violations(self, tag: str) -> list[dict[str, Any]]:
        """Return what was recorded of a tag only after it was over."""
        return [violation for violation in self._records(VIOLATIONS, tag) if violation["late"]]

    def transitions(self, tag: str) -> list[str]:
        return [alert["transition"] for alert in self.told(tag)]

    def wait_for_alert(self, tag: str, transition: str) -> None:
        wait_until(lambda: transition in self.transitions(tag), f"{transition} of {tag}")

    def breach(self, tag: str) -> None:
        """Have a tag go beyond its limit and back, and wait until both is told."""
        self.server.tell(set={f"{WELL}/{tag}": BREACH})
        self.wait_for_alert(tag, "raised")
        self.server.tell(set={f"{WELL}/{tag}": "free"})
        self.wait_for_alert(tag, "cleared")

    def compared(self) -> Comparison:
        """Return what is on the samples topic beside the server's log."""
        return compare(self.server.sent(), scans_on(self.site.kafka), self.server.names(), self.connected_ms)

    def _records(self, topic: str, tag: str) -> list[dict[str, Any]]:
        where = range(self.site.partitions)
        records = [data_of(message) for at in where for message in messages(self.site.kafka, topic, at)]
        return [record for record in records if record["tag"] == tag]

    def _newest_ms(self) -> int:
        """Return the newest time of which all tags are on the topic."""
        sent = self.server.sent()
        missing = {at for _, at in compare(sent, scans_on(self.site.kafka), self.server.names(), 0).missing}
        return max((tick.time for tick in sent if tick.time not in missing), default=0)


@contextmanager
def chain_of(folder: Path, opcua: str) -> Iterator[Chain]:
    with (
        EmbeddedBroker(folder / "broker") as broker,
        NodeOpcua(folder / "server", wells=1, tags=3, history=600) as server,
        TcpProxy(server.port) as way,
    ):
        yield Chain(folder / "site", broker.bootstrap, server, way, opcua)


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    with chain_of(tmp_path, PATIENT) as found:
        yield found


@pytest.fixture
def hasty(tmp_path: Path) -> Iterator[Chain]:
    """Yield a chain that soon gives a silent server up; on a busy machine, also one that is not."""
    with chain_of(tmp_path, HASTY) as found:
        yield found


def test_that_of_five_thousand_tags_at_one_hertz_no_sample_is_missing_after_a_minute(tmp_path: Path) -> None:
    result = load(tmp_path, 60)
    print(result)
    assert result.comparison.is_exact, result
    # All by the one subscription, which never was too slow.
    assert result.is_whole(5000), result


def test_that_a_steady_value_is_live_and_a_bad_status_is_bad_then_lost_then_restored(chain: Chain) -> None:
    free, steady, bad = chain.tags
    with chain.at_work():
        chain.server.tell(set={f"{WELL}/{steady}": 55.5, f"{WELL}/{bad}": "bad"})
        chain.wait_for_views(BAD, bad)
        chain.wait_for_alert(bad, "monitoring_lost")
        # By then it has been steady for as long as it takes to be stale, and for 3 s more.
        began, seen = len(chain.server.sent()), []
        while len(chain.server.sent()) < began + 3:
            seen.append((chain.view(free), chain.view(steady)))
            time.sleep(0.1)
        assert set(seen) == {(LIVE, LIVE)}
        chain.server.tell(set={f"{WELL}/{bad}": "free"})
        chain.wait_for_alert(bad, "monitoring_restored")
        chain.wait_for_views(LIVE)
        chain.breach(bad)
    lost, restored, *rest = chain.told(bad)
    sent = [(tick.time, tick.values[2]) for tick in chain.server.sent()]
    last_good_ms = max(at for at, value in sent if value is not None and at < min(at for at, v in sent if v is None))
    assert (lost["transition"], lost["view"], ms(lost["time"])) == (
        "monitoring_lost", "stale", last_good_ms + STALE_AFTER_MS,
    )  # fmt: skip
    first_good_ms = min(at for at, value in sent if value is not None and at > last_good_ms)
    assert (restored["transition"], restored["view"], ms(restored["time"])) == (
        "monitoring_restored", "live", first_good_ms,
    )  # fmt: skip
    assert [alert["transition"] for alert in rest] == ["raised", "cleared"]
    assert chain.transitions(free) == chain.transitions(steady) == []
    found = chain.compared()
    assert found.is_exact, found
    assert found.backfilled == 0
    times = [tick.time for tick in chain.server.sent() if tick.values[1] == 55.5]
    assert times[-1] - times[0] >= STALE_AFTER_MS + 2000, "steady for longer than it takes to be stale"


def test_that_a_black_hole_is_told_and_what_it_swallowed_comes_from_history(hasty: Chain) -> None:
    chain = hasty
    with chain.at_work():
        chain.way.black_hole()
        before = len(chain.server.sent())
        chain.ingest.wait_for("opcua_waited_for")
        assert "kind=silent" in chain.ingest.said
        wait_until(lambda: not chain.is_ready(), "the ingest to say that it is not ready")
        for tag in chain.tags:
            chain.wait_for_alert(tag, "monitoring_lost")
        chain.wait_for_views(STALE)
        # This one is over before anybody can see it.
        breached = chain.tags[2]
        chain.server.tell(set={f"{WELL}/{breached}": BREACH})
        passed = len(chain.server.sent())
        wait_until(lambda: len(chain.server.sent()) >= passed + 2, "two breaching samples")
        chain.server.tell(set={f"{WELL}/{breached}": "free"})
        passed = len(chain.server.sent())
        wait_until(lambda: len(chain.server.sent()) >= passed + 1, "one that is not")
        swallowed = len(chain.server.sent()) - before
        chain.way.pass_on()
        for tag in chain.tags:
            chain.wait_for_alert(tag, "monitoring_restored")
        chain.wait_for_views(LIVE)
        wait_until(chain.is_ready, "the ingest to be ready again")
        chain.ingest.wait_for("gap_filled")
        chain.breach(chain.tags[0])
        wait_until(lambda: bool(chain.late_violations(breached)), "what history says of a breach to be recorded")
    assert chain.transitions(chain.tags[0]) == ["monitoring_lost", "monitoring_restored", "raised", "cleared"]
    # What history says of a breach is recorded, and nobody is called for it.
    assert chain.transitions(breached) == ["monitoring_lost", "monitoring_restored"]
    assert {violation["peak_value"] for violation in chain.late_violations(breached)} == {BREACH}
    found = chain.compared()
    assert found.is_exact, found
    # Of three tags; the last of it stands there when the next connection begins.
    assert found.backfilled >= 3 * (swallowed - 1), found


def test_that_a_server_that_dies_is_told_and_heard_again_when_it_is_back(hasty: Chain) -> None:
    chain = hasty
    with chain.at_work():
        chain.wait_for_all_sent()
        chain.server.kill9()
        last_ms = chain.server.sent()[-1].time
        chain.ingest.wait_for("opcua_waited_for")
        wait_until(lambda: not chain.is_ready(), "the ingest to say that it is not ready")
        for tag in chain.tags:
            chain.wait_for_alert(tag, "monitoring_lost")
        chain.wait_for_views(STALE)
        chain.server.start()
        for tag in chain.tags:
            chain.wait_for_alert(tag, "monitoring_restored")
        chain.wait_for_views(LIVE)
        wait_until(chain.is_ready, "the ingest to be ready again")
        chain.ingest.wait_for("gap_")
        chain.breach(chain.tags[0])
    assert chain.transitions(chain.tags[0]) == ["monitoring_lost", "monitoring_restored", "raised", "cleared"]
    for tag in chain.tags[1:]:
        assert chain.transitions(tag) == ["monitoring_lost", "monitoring_restored"]
    found = chain.compared()
    # What it had not published when it died, it took with it: of the last tick at most.
    assert {at for _, at in found.missing} <= {last_ms}, found
    assert (found.twice, found.different, found.strange) == ([], [], []), found


def ms(text: str) -> int:
    return time_us(text) // 1000
