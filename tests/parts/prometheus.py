"""A real Prometheus for tests, and its promtool, as scripts/parts.sh installs them."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
import yaml

from tests.parts.apache_kafka import free_ports
from tests.test_layers import REPO

HOST = "127.0.0.1"
STARTS_WITHIN_S = 180.0
ENDS_WITHIN_S = 20.0
ASK_S = 30.0
# As often as may be, so that a rate over a few seconds has something to go by.
EVERY = "250ms"


class Prometheus:
    """A server on a free port of this machine, its data in `folder`, with the rules of monitoring/rules.

    jobs: the port that is scraped, by name of the job.
    """

    def __init__(self, folder: Path, jobs: Mapping[str, int]) -> None:
        self._folder, self._jobs = folder, jobs
        (self.port,) = free_ports(1)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Prometheus:
        config = {
            "global": {"scrape_interval": EVERY, "scrape_timeout": EVERY, "evaluation_interval": EVERY},
            "rule_files": [str(REPO / "monitoring" / "rules" / "*.yml")],
            "scrape_configs": [
                {"job_name": job, "static_configs": [{"targets": [f"{HOST}:{port}"]}]}
                for job, port in self._jobs.items()
            ],
        }
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
        with (self._folder / "prometheus.log").open("ab") as output:
            self._process = subprocess.Popen(
                [
                    "prometheus",
                    f"--config.file={self._folder / 'prometheus.yml'}",
                    f"--storage.tsdb.path={self._folder / 'data'}",
                    f"--web.listen-address={HOST}:{self.port}",
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._end()

    def _wait(self) -> None:
        assert self._process is not None, "entered"
        until = time.monotonic() + STARTS_WITHIN_S
        while True:
            try:
                with urllib.request.urlopen(f"http://{HOST}:{self.port}/-/ready", timeout=ASK_S):
                    return
            except OSError as error:
                if self._process.poll() is not None or time.monotonic() > until:
                    said = (self._folder / "prometheus.log").read_text(encoding="utf-8", errors="replace")[-2000:]
                    raise AssertionError(f"Prometheus did not start: {said}") from error
                time.sleep(0.05)

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def ask(self, path: str, **arguments: str) -> Any:
        """Return the data of an answer of the HTTP API."""
        url = f"http://{HOST}:{self.port}/api/v1/{path}?{urllib.parse.urlencode(arguments)}"
        with urllib.request.urlopen(url, timeout=ASK_S) as answer:
            return json.load(answer)["data"]

    def values(self, expression: str) -> list[float]:
        """Return what an expression comes to now, of each series."""
        found = self.ask("query", query=expression)
        return [float(series["value"][1]) for series in found["result"]]


@pytest.fixture(scope="session")
def promtool() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return what runs promtool; it and Prometheus are installed, if they can be."""
    brought = subprocess.run(
        ["sh", REPO / "scripts" / "parts.sh", "prometheus"], capture_output=True, text=True, check=False
    )
    if brought.returncode != 0:
        pytest.skip(f"NOT PROVEN: {brought.stderr.strip()}")

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)

    return run


@pytest.fixture(scope="session")
def new_prometheus(
    promtool: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Mapping[str, int]], Prometheus]]:
    """Yield what starts a server for jobs and ports; it ends with the session."""
    del promtool  # asked for because it sees to it that Prometheus is there
    started: list[Prometheus] = []

    def start(jobs: Mapping[str, int]) -> Prometheus:
        server = Prometheus(tmp_path_factory.mktemp("prometheus"), jobs)
        started.append(server.__enter__())
        return server

    try:
        yield start
    finally:
        for server in started:
            server.__exit__(None, None, None)
