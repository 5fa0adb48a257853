"""`welltegra flow ingest` as it is run: a server on one side, a broker on the other, and either of them gone."""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.kafka.config import Kafka
from connectors.kafka.partition import partition_of
from schemas.scan import Scan
from schemas.topics import SAMPLES
from tests.connectors.opcua.server import URI, OpcUaServer, at
from tests.parts.frozen_broker import FrozenBroker
from tests.parts.listeners import needs_proc
from tests.parts.tcp_proxy import TcpProxy
from tests.parts.topic import read_topic
from tests.system.site import Program, Site, resident_mb, wait_until
from tests.welltegra.live.asked import ask, free_pair

PARTITIONS = 4
STARTED, CONNECTED = "ingest_started", "opcua_connected"


def site_of(
    folder: Path,
    bootstrap: str,
    prefix: str,
    endpoint: str,
    names: list[str],
    opcua: str = "",
    more: str = "",
    deadline_s: float = 60.0,
) -> Site:
    """Return a site with a tag map of nodes named well/tag, its topics made.

    deadline_s: no connection is to be given up because this machine stands still.
    """
    tags = [{"node": f"s={name}", "well": name.partition("/")[0], "tag": name.partition("/")[2]} for name in names]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tags.yaml").write_text(yaml.safe_dump({"namespace": URI, "tags": tags}), encoding="utf-8")
    section = f'[opcua]\nendpoint = "{endpoint}"\ntags = "tags.yaml"\npublishing_interval_ms = 100\n'
    section += f"deadline_s = {deadline_s}\n"
    metrics = "" if "[metrics]" in more else "[metrics]\nport = 0\nrecord_port = 0\ningest_port = 0\n"
    site = Site(folder, bootstrap, prefix, PARTITIONS, section + opcua + metrics + more)
    site.welltegra("topics", "create")
    return site


def metrics_at(port: int) -> str:
    return f"[metrics]\nport = 0\nrecord_port = 0\ningest_port = {port}\n"


def scans_on(kafka: Kafka) -> list[dict[str, Any]]:
    """Return the scans on the topic, in the order of each well; each must be where its well lives."""
    found = []
    for partition, messages in read_topic(kafka, SAMPLES).items():
        for message in messages:
            scan = Scan.model_validate_json(message.value() or b"")
            assert message.key() == scan.well_id.encode()
            assert partition == partition_of(scan.well_id, PARTITIONS)
            found.append(json.loads(message.value() or b""))
    return found


def values_of(scans: list[dict[str, Any]], well: str, tag: str, backfill: bool = False) -> list[float | None]:
    return [
        scan["values"][tag]
        for scan in scans
        if scan["well_id"] == well and tag in scan["values"] and scan.get("backfill", False) is backfill
    ]


def _ascending(values: list[float | None]) -> list[float]:
    return sorted(value for value in values if value is not None)


def undelivered(port: int) -> float:
    """Return how many scans have come, and are not on Kafka: they wait for the flow, or for Kafka itself."""
    gauges = re.findall(
        rb"^welltegra_ingest_scans_(?:waiting|unacknowledged) (\S+)$", ask(port, "/metrics")[1], re.MULTILINE
    )
    return sum(map(float, gauges))


@contextmanager
def ingesting(site: Site, name: str = "ingest") -> Iterator[Program]:
    with site.running("flow", "ingest", name=name) as program:
        program.wait_for(CONNECTED)
        yield program


@pytest.mark.slow
def test_that_five_hundred_tags_at_one_hertz_arrive_all_of_them(kafka: Kafka, tmp_path: Path) -> None:
    wells = [f"W-{number}" for number in range(50)]
    names = [f"{well}/t{number}" for well in wells for number in range(10)]
    seconds = 8
    port = free_pair()
    with OpcUaServer(dict.fromkeys(names, 0.0)) as server:
        site = site_of(
            tmp_path / "site", str(kafka.properties["bootstrap.servers"]), kafka.prefix, server.endpoint, names,
            more=metrics_at(port),
        )  # fmt: skip
        with ingesting(site) as program:
            for second in range(1, seconds + 1):
                began = time.monotonic()
                server.write_all(dict.fromkeys(names, float(second)), at(second))
                time.sleep(max(0.0, 1 - (time.monotonic() - began)))
            wait_until(
                lambda: (
                    f'scans_delivered_total{{kind="live"}} {len(wells) * (seconds + 1)}.0'.encode()
                    in ask(port, "/metrics")[1]
                ),
                "every scan is delivered",
            )
            assert ask(port, "/health/ready")[0] == 200
            assert program.stop() == 0
            assert "Stopped. All that was read is on Kafka." in program.said
            assert "Traceback" not in program.said
    scans = scans_on(kafka)
    found: dict[tuple[str, str], list[tuple[str, float | None]]] = defaultdict(list)
    for scan in scans:
        for tag, value in scan["values"].items():
            found[scan["well_id"], tag].append((scan["time"], value))
    expected = [(f"2026-01-01T12:00:{second:02d}.000Z", float(second)) for second in range(seconds + 1)]
    assert len(found) == 500
    assert all(samples == expected for samples in found.values())
    # Ten tags of a time are one message.
    assert len(scans) == len(wells) * (seconds + 1)


@pytest.mark.slow
@needs_proc
def test_that_kafka_may_go_and_come_back_and_memory_stays_within_bounds(tmp_path: Path) -> None:
    names = [f"W-{number}/a" for number in range(20)]
    with FrozenBroker(tmp_path / "broker") as broker, OpcUaServer(dict.fromkeys(names, 0.0), history=True) as server:
        bootstrap = str(broker.kafka.properties["bootstrap.servers"])
        site = site_of(tmp_path / "site", bootstrap, "", server.endpoint, names, "keep_mb = 1\nqueue = 1000\n")
        sent = 0

        def send(samples: int) -> None:
            nonlocal sent
            for _ in range(samples):
                sent += 1
                server.write_all(dict.fromkeys(names, float(sent)), at(sent))
                time.sleep(0.01)

        with ingesting(site) as program:
            send(20)
            wait_until(lambda: len(scans_on(broker.kafka)) >= 20 * 20, "what came before")
            with broker.still():
                send(600)
                program.wait_for("scans_dropped")
                grown_mb = resident_mb(program.process.pid)
                send(300)
                assert resident_mb(program.process.pid) < grown_mb + 60
                # The server never saw that anything was wrong.
                assert program.said.count(CONNECTED) == 1
            program.wait_for("gap_filled", times=20)
            send(5)
            wait_until(lambda: float(sent) in values_of(scans_on(broker.kafka), "W-19", "a"), "what came after")
            assert program.stop() == 0
            assert program.said.count(CONNECTED) == 1
        scans = scans_on(broker.kafka)
    for name in names:
        well = name.partition("/")[0]
        live, filled = values_of(scans, well, "a"), values_of(scans, well, "a", backfill=True)
        assert live == _ascending(live)
        assert filled == _ascending(filled)
        assert _ascending([*live, *filled]) == [float(number) for number in range(sent + 1)]


@pytest.mark.slow
def test_that_a_network_that_swallows_packets_is_survived(kafka: Kafka, tmp_path: Path) -> None:
    with OpcUaServer({"W/a": 0.0}, history=True) as server, TcpProxy(server.port) as proxy:
        endpoint = f"opc.tcp://127.0.0.1:{proxy.port}/test"
        bootstrap = str(kafka.properties["bootstrap.servers"])
        site = site_of(tmp_path / "site", bootstrap, kafka.prefix, endpoint, ["W/a"], "queue = 1000\n", deadline_s=5)
        with ingesting(site) as program:
            for second in range(1, 11):
                server.write("W/a", float(second), at(second))
            wait_until(lambda: values_of(scans_on(kafka), "W", "a")[-1:] == [10.0], "what came before")
            silences = program.said.count("kind=silent")
            proxy.black_hole()
            for second in range(11, 51):
                server.write("W/a", float(second), at(second))
            program.wait_for("kind=silent", times=silences + 1)
            connections = program.said.count(CONNECTED)
            proxy.pass_on()
            program.wait_for(CONNECTED, times=connections + 1)
            for second in range(51, 61):
                server.write("W/a", float(second), at(second))
            wait_until(lambda: len(scans_on(kafka)) >= 61, "all of it")
            assert program.stop() == 0
    scans = scans_on(kafka)
    live, filled = values_of(scans, "W", "a"), values_of(scans, "W", "a", backfill=True)
    assert live == _ascending(live)
    assert filled == _ascending(filled)
    assert _ascending([*live, *filled]) == [float(second) for second in range(61)]
    # What was swallowed is history. So is what came while it was connected and had not heard of the node yet; and what
    # came before, should this machine have stood still for as long as the network is trusted.
    assert set(range(11, 50)) <= set(filled)
    assert live[-1] == 60.0


@pytest.mark.slow
def test_that_a_refused_login_a_faulty_map_and_a_missing_topic_end_in_a_sentence(kafka: Kafka, tmp_path: Path) -> None:
    bootstrap = str(kafka.properties["bootstrap.servers"])
    with OpcUaServer({"W/a": 0.0}, users={"ingest": "right"}) as server:
        user = 'username = "ingest"\npassword = "wrong"\n'
        site = site_of(tmp_path / "denied", bootstrap, kafka.prefix, server.endpoint, ["W/a"], user)
        done = site.welltegra("flow", "ingest", check=False)
        assert done.returncode == 2
        assert done.stderr.splitlines()[-1].startswith(f"OPC UA at {server.endpoint}: must accept user 'ingest'")
        assert "Traceback" not in done.stderr
        (site.folder / "tags.yaml").write_text("tags: [{node: s=a, well: W}]\n", encoding="utf-8")
        done = site.welltegra("flow", "ingest", check=False)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 2
    with OpcUaServer({"W/a": 0.0}) as server:
        site = site_of(tmp_path / "no-topic", bootstrap, kafka.prefix, server.endpoint, ["W/a"])
        (site.folder / "welltegra.toml").write_text(
            (site.folder / "welltegra.toml").read_text(encoding="utf-8").replace(kafka.prefix, "none."),
            encoding="utf-8",
        )
        done = site.welltegra("flow", "ingest", check=False)
        assert (done.returncode, "Run welltegra topics create" in done.stderr) == (2, True)
        assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_that_a_stop_while_kafka_is_gone_says_what_is_lost(tmp_path: Path) -> None:
    with FrozenBroker(tmp_path / "broker") as broker, OpcUaServer({"W/a": 0.0}) as server:
        bootstrap = str(broker.kafka.properties["bootstrap.servers"])
        port = free_pair()
        site = site_of(
            tmp_path / "site", bootstrap, "", server.endpoint, ["W/a"], "queue = 1000\n", more=metrics_at(port)
        )
        with ingesting(site) as program, broker.still():
            for second in range(1, 11):
                server.write("W/a", float(second), at(second))
            wait_until(lambda: undelivered(port) >= 10, "all ten have come")
            assert program.stop() == 1
            said = program.said
    assert "scans were not taken, and are lost here" in said
    assert "Traceback" not in said
