"""From a breach in the simulated rig to its alert on Kafka, through ingest and constraints.

`python -m tests.system.breaches [BREACHES] [FOLDER]` prints how long that took, and which breach had no alert; on the
embedded broker, or on Apache Kafka where WELLTEGRA_TEST_KAFKA=apache.

A breach begins with the source timestamp of the first value at or beyond the limit, as the rig's own log of what it
served has it; it ends when a consumer of the alerts has the red one. The rig asks its wells a little less often than
once a second: so its seconds meet every moment of the publishing interval, which a server keeps to the millisecond.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
import yaml
from asyncua import ua
from asyncua.client.client import Client
from confluent_kafka import Consumer, TopicPartition

from connectors.kafka.config import Kafka
from schemas.topics import ALERTS
from tests.parts.apache_kafka import ApacheKafka
from tests.parts.broker import on_apache
from tests.system.breach_times import Found, Told, matched
from tests.system.site import PATIENCE_S, Site
from tests.welltegra.simulator.rig.running import Running, rig
from welltegra.embedded.broker import EmbeddedBroker
from welltegra.simulator.rig.names import ASK, FAULTS, NAMESPACE, tag_name
from welltegra.simulator.rig.tags import TAGS
from welltegra.simulator.rig.values import node_id

PARTITIONS: Final = 4
WELLS: Final = 50
TAG, LIMIT = "pump_rate", 120.0
PROMISED_S: Final = 2.0
_SPEED: Final = 0.97
_LASTS_S: Final = 2.0
# Between the end of a breach and the next one of the well, so that they come at any time.
_RESTS_S: Final = (0.5, 2.5)
_CLEARS_WITHIN_S: Final = 60.0
_RULES: Final[dict[str, object]] = {
    "version": 1,
    "tags": {TAG: {"unit": "spm", "period": 1}},
    "constraints": [{"id": "pump-rate", "tag": TAG, "limit": {"high": LIMIT, "unit": "spm"}, "off_delay": 0.5}],
}


class Ears(threading.Thread):
    """Hears alerts as they come: `red` are those that say so, `calm` counts by well those that end it."""

    def __init__(self, kafka: Kafka) -> None:
        super().__init__(daemon=True)
        self.red: list[Told] = []
        self.calm: Counter[str] = Counter()
        self._ending = threading.Event()
        self._consumer = Consumer(kafka.client(group_id="breaches", enable_auto_commit=False, fetch_wait_max_ms=100))
        self._consumer.assign([TopicPartition(kafka.topic(ALERTS), at, 0) for at in range(PARTITIONS)])

    def stop(self) -> None:
        self._ending.set()
        self.join()

    def run(self) -> None:
        while not self._ending.is_set():
            message = self._consumer.poll(0.1)
            at = time.time()
            if message is None or message.error() is not None:
                continue
            alert = json.loads(message.value() or b"")["data"]
            if alert["transition"] in ("raised", "escalated") and alert["level"] == "red":
                self.red.append(Told(alert["well_id"], _seconds(alert["time"]), at))
            elif alert["transition"] in ("cleared", "deescalated"):
                self.calm[alert["well_id"]] += 1
        self._consumer.close()


def run(folder: Path, bootstrap: str, prefix: str, breaches: int, wells: int = WELLS) -> Found:
    """Have so many breaches, one after another at each well; return what came of them."""
    names = [f"W-{number}" for number in range(1, wells + 1)]
    folder.mkdir(parents=True, exist_ok=True)
    with rig(folder, "--wells", str(wells), "--speed", str(_SPEED)) as running:
        site = _site(folder / "site", bootstrap, prefix, running.endpoint, names)
        ears = Ears(site.kafka)
        with (
            site.running("flow", "constraints", name="constraints") as constraints,
            site.running("flow", "ingest", name="ingest") as ingest,
        ):
            constraints.wait_for("judging with")
            ingest.wait_for("opcua_connected")
            ears.start()
            try:
                asked = asyncio.run(_breach(running.endpoint, ears, names, breaches))
            finally:
                ears.stop()
            assert (ingest.stop(), constraints.stop()) == (0, 0), ingest.said + constraints.said
        assert running.end(signal.SIGTERM) == 0, running.said()
        print(f"rig: {running.said().splitlines()[-1]}")
        return matched(asked, _measured(running), ears.red)


def _site(folder: Path, bootstrap: str, prefix: str, endpoint: str, wells: Sequence[str]) -> Site:
    """Return a site of the rig: all tags of all wells are brought, the pump rate of each is judged."""
    folder.mkdir(parents=True, exist_ok=True)
    tags = [
        {"node": f"s={tag_name(well, tag.name)}", "well": well, "tag": tag.name, "unit": tag.unit}
        for well in wells
        for tag in TAGS
    ]
    (folder / "tags.yaml").write_text(yaml.safe_dump({"namespace": NAMESPACE, "tags": tags}), encoding="utf-8")
    # A connection that a busy machine has given up brings by history what nobody is called for.
    more = f'[opcua]\nendpoint = "{endpoint}"\ntags = "tags.yaml"\ndeadline_s = 60\n'
    more += "[metrics]\nport = 0\nrecord_port = 0\ningest_port = 0\n"
    site = Site(folder, bootstrap, prefix, PARTITIONS, more)
    site.prepare(dict.fromkeys(wells, _RULES))
    return site


async def _breach(endpoint: str, ears: Ears, wells: Sequence[str], breaches: int) -> list[tuple[str, float]]:
    """Ask for breaches, all wells side by side; return well and time of each that was asked for."""
    async with Client(endpoint, timeout=PATIENCE_S) as client:
        index = await client.get_namespace_index(NAMESPACE)
        faults = client.get_node(node_id(FAULTS, index))

        async def ask(well: str) -> None:
            words = [ua.Variant(word, ua.VariantType.String) for word in ("breach", well, TAG, "")]
            done, said = await faults.call_method(node_id(ASK, index), *words[:3], ua.Variant(_LASTS_S), words[3])
            assert done, said

        own = [breaches // len(wells) + (at < breaches % len(wells)) for at in range(len(wells))]
        found = await asyncio.gather(
            *(_breach_one(ask, ears, well, times) for well, times in zip(wells, own, strict=True))
        )
        return [each for of_well in found for each in of_well]


async def _breach_one(
    ask: Callable[[str], Awaitable[None]], ears: Ears, well: str, times: int
) -> list[tuple[str, float]]:
    chance = random.Random(well)
    asked = []
    for _ in range(times):
        await asyncio.sleep(chance.uniform(*_RESTS_S))
        calm = ears.calm[well]
        asked.append((well, time.time()))
        await ask(well)
        until = time.monotonic() + _CLEARS_WITHIN_S
        # What never clears is found at the end to be without an alert.
        while ears.calm[well] == calm and time.monotonic() < until:
            await asyncio.sleep(0.05)
    return asked


def _measured(running: Running) -> list[tuple[str, float]]:
    """Return well and time of each value at or beyond the limit that follows one below it, as the rig served them."""
    beyond: dict[str, bool] = {}
    found = []
    for line in running.lines("truth"):
        well, _, tag = line["node"].partition("/")
        if tag == TAG:
            is_beyond = line["value"] >= LIMIT
            if is_beyond and not beyond.get(well, False):
                found.append((well, _seconds(line["time"])))
            beyond[well] = is_beyond
    return found


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _row(what: str, seconds: Sequence[float]) -> str:
    p50, p90, p99, worst = np.percentile(seconds, (50, 90, 99, 100)).tolist()
    return f"| {what} | {len(seconds):,} | {p50:.3f} | {p90:.3f} | {p99:.3f} | {worst:.3f} |"


def main() -> int:
    """Have the breaches; return 0 if each had its alert in the time that is promised."""
    logging.basicConfig(level=logging.CRITICAL)
    breaches = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp(prefix="breaches-"))
    print(f"load before: {os.getloadavg()[0]:.1f}")
    began = time.monotonic()
    with ApacheKafka(folder / "kafka") if on_apache() else EmbeddedBroker(folder / "broker") as broker:
        found = run(folder, broker.bootstrap, "breaches.", breaches)
    print(f"load after: {os.getloadavg()[0]:.1f}; {time.monotonic() - began:.0f} s in all")
    print(found)
    took = found.seconds(asked=False)
    if took:
        print("| to the alert, since it was | breaches | p50 [s] | p90 [s] | p99 [s] | worst [s] |")
        print(_row("measured", took))
        print(_row("asked for", found.seconds(asked=True)))
    for breach in found.missing:
        print(f"without an alert: {breach}")
    return 0 if len(took) >= breaches and found.is_exact and max(took) < PROMISED_S else 1


if __name__ == "__main__":
    sys.exit(main())
