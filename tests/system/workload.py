"""Wells that breach all the time, sent as they would send it: a scan a well, several times a second."""

from __future__ import annotations

import json
import random
import threading
import time
from datetime import UTC, datetime

from confluent_kafka import Producer

from connectors.kafka.config import Kafka
from connectors.kafka.partition import PARTITIONER
from schemas.topics import SAMPLES

TAGS = ("pump_rate", "standpipe_pressure")
LIMIT = 100.0


def rules_of(wells: int, period_s: float) -> dict[str, dict[str, object]]:
    """Return rules, by well, that let no condition rest: short delays, and a limit that is passed every few seconds."""
    units = ("spm", "psi")
    content: dict[str, object] = {
        "version": 1,
        "tags": {tag: {"unit": unit, "period": period_s} for tag, unit in zip(TAGS, units, strict=True)},
        "constraints": [
            {
                "id": tag,
                "tag": tag,
                "limit": {"high": LIMIT, "unit": unit},
                "yellow_on_delay": 0.3,
                "off_delay": 0.5,
            }
            for tag, unit in zip(TAGS, units, strict=True)
        ],
    }
    return {f"W-{number:03d}": content for number in range(wells)}


class Rig(threading.Thread):
    """Sends scans of `wells` wells, each every `period_s`, until it is stopped; rides out a broker that is gone."""

    def __init__(self, kafka: Kafka, wells: int, period_s: float, seed: int) -> None:
        super().__init__(daemon=True)
        self.sent = 0
        self._kafka, self._wells, self._period_s = kafka, wells, period_s
        self._random = random.Random(seed)
        self._ending = threading.Event()

    def stop(self) -> None:
        """Send no more, and wait until all that was sent has arrived."""
        self._ending.set()
        self.join()

    def run(self) -> None:
        """Send."""
        chance = self._random
        producer = Producer(
            self._kafka.client(enable_idempotence=True, linger_ms=1, message_timeout_ms=0, partitioner=PARTITIONER)
        )
        factors = {(well, tag): 0.7 for well in range(self._wells) for tag in TAGS}
        turn = time.monotonic()
        while not self._ending.is_set():
            now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            for well in range(self._wells):
                values = {}
                for tag in TAGS:
                    if chance.random() < 0.06:
                        factors[well, tag] = chance.choice((0.5, 0.7, 0.88, 0.95, 1.0, 1.1))
                    values[tag] = round(LIMIT * factors[well, tag] + chance.uniform(-1, 1), 3)
                name = f"W-{well:03d}"
                scan = json.dumps({"well_id": name, "time": now, "values": values})
                producer.produce(self._kafka.topic(SAMPLES), scan.encode(), name.encode())
                self.sent += len(values)
            producer.poll(0)
            turn += self._period_s
            # It does not catch up on what it could not send in time: a sensor does not either.
            turn = max(turn, time.monotonic() - self._period_s)
            time.sleep(max(0.0, turn - time.monotonic()))
        while producer.flush(1.0):
            pass
