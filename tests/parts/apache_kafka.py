"""Apache Kafka for a test, a soak or a benchmark: one broker, as scripts/kafka.sh runs it."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from tests.test_layers import REPO
from welltegra.embedded.broker import HOST, answers

SCRIPT = REPO / "scripts" / "kafka.sh"
STARTS_WITHIN_S = 180.0
ENDS_WITHIN_S = 60.0
OUT_OF_REACH = 3
# Each worker of pytest-xdist has ports of its own: a server that is down for a moment finds its port again.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_PORTS = range(10_000 + _WORKER, 20_000, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
_given: set[int] = set()


class NoKafka(Exception):
    """Apache Kafka cannot be had here; the sentence says why. `out_of_reach`: a registry could not be reached."""

    def __init__(self, why: str, out_of_reach: bool) -> None:
        self.out_of_reach = out_of_reach
        super().__init__(why)


def bring() -> None:
    """Have the jars.

    Raises:
        NoKafka: They cannot be had.
    """
    done = subprocess.run(["sh", SCRIPT, "bring"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoKafka(done.stderr.strip(), done.returncode == OUT_OF_REACH)


class ApacheKafka:
    """One broker on a free port of this machine; it keeps its port and its data from one start to the next.

    folder: its data and its output, on a disk. more: properties that win over kafka/server.properties. formatting:
    further arguments of `kafka-storage format`. java: arguments of Java, as `-XX:TieredStopAtLevel=1` for a start
    that is quick and a broker that is slow.
    """

    def __init__(self, folder: Path, more: str = "", formatting: str = "", java: str = "") -> None:
        self.folder = folder
        self.port, self._controller_port = free_ports(2)
        self._more, self._formatting, self._java = more, formatting, java
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None, "started"
        return self._process.pid

    @property
    def output(self) -> Path:
        return self.folder / "kafka.log"

    def __enter__(self) -> ApacheKafka:
        bring()
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it answers; its data is that of the last time."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it, and do not wait."""
        self.folder.mkdir(parents=True, exist_ok=True)
        more = self.folder / "more.properties"
        more.write_text(self._more, encoding="utf-8")
        with self.output.open("ab") as output:
            # The script becomes Java, so this process is the broker.
            self._process = subprocess.Popen(
                ["sh", SCRIPT, "run", self.folder, str(self.port), str(self._controller_port), more],
                env={**os.environ, "KAFKA_FORMAT": self._formatting, "KAFKA_JAVA": self._java},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Return once it answers."""
        until = time.monotonic() + STARTS_WITHIN_S
        while not answers(self.bootstrap):
            ended = self._process is None or self._process.poll() is not None
            if ended or time.monotonic() > until:
                self.stop()
                said = self.output.read_text(encoding="utf-8", errors="replace")[-2000:]
                why = "ended" if ended else f"did not answer within {STARTS_WITHIN_S:.0f} s"
                raise AssertionError(f"Apache Kafka in {self.folder} {why}: {said}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it as an operator would."""
        if self._process is None:
            return
        if self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                self.kill9()
        self._process = None

    def kill9(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None, "started"
        # Before it has become Java, the script may have a child.
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def restart(self) -> None:
        """Stop it and start it, on the same data and port."""
        self.stop()
        self.start()


def free_ports(count: int) -> list[int]:
    """Return ports of this machine that are free now, all different, and different each time.

    They lie below those that the kernel hands out for connections: one of those may be taken between two starts.
    """
    found: list[int] = []
    for port in random.sample(_PORTS, len(_PORTS)):
        if port in _given:
            continue
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            found.append(port)
        if len(found) == count:
            _given.update(found)
            return found
    raise AssertionError(f"{count} ports of {_PORTS} must be free; were {len(found)}")
