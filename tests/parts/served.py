"""`welltegra serve` as a process of its own, with its output in a file."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import httpx

from tests.test_layers import REPO

STARTS_WITHIN_S = 180.0
ENDS_WITHIN_S = 60.0
_RUN = (
    "import sys; from pathlib import Path; from welltegra.commands.serve import serve;"
    " from welltegra.invocation import Invocation;"
    " serve.main(sys.argv[2:], obj=Invocation(Path(sys.argv[1])), standalone_mode=False)"
)


class Served:
    """A server from entering to leaving. toml: its settings. port: where; 0 for any."""

    def __init__(self, folder: Path, toml: str, *arguments: str, environ: Mapping[str, str] | None = None) -> None:
        self._folder, self._arguments, self._environ = folder, arguments, environ or {}
        self.log = folder / "serve.log"
        self._settings = folder / "welltegra.toml"
        self._settings.write_text(toml, encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Served:
        try:
            self.start()
        except BaseException:
            self.kill9()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        assert self._process is not None, "started"
        return self._process.pid

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    @property
    def origin(self) -> str:
        """Where it says that it is."""
        found = re.findall(r"The worklist is at (\S+) until", self.said())
        assert found, self.said()[-3000:]
        return str(found[-1])

    @property
    def link(self) -> str:
        """The link to sign in by that it printed last."""
        found = re.findall(r"Sign in, once: (\S+)", self.said())
        assert found, self.said()[-3000:]
        return str(found[-1])

    def start(self) -> None:
        """Start it, and return once it answers."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("WELLTEGRA_")}
        with self.log.open("ab") as stream:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _RUN, str(self._settings), *self._arguments],
                cwd=REPO, stdout=stream, stderr=subprocess.STDOUT, start_new_session=True,
                env={**environ, **self._environ},
            )  # fmt: skip
        until = time.monotonic() + STARTS_WITHIN_S
        while not self._answers():
            assert self._process.poll() is None, f"serve ended: {self.said()[-3000:]}"
            assert time.monotonic() < until, f"serve must answer; said: {self.said()[-3000:]}"
            time.sleep(0.1)

    def stop(self) -> int | None:
        """End it as an operator would; return its exit code."""
        if self._process is None:
            return None
        self._process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int | None:
        """Return its exit code once it has ended by itself."""
        if self._process is None:
            return None
        try:
            return self._process.wait(ENDS_WITHIN_S)
        finally:
            self.kill9()

    def kill9(self) -> None:
        """End it as a power cut would."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def _answers(self) -> bool:
        if "The worklist is at" not in self.said():
            return False
        try:
            with httpx.Client(verify=False, trust_env=False, timeout=5) as client:  # noqa: S501 - only whether it answers
                return client.get(f"{self.origin}/openapi.json").status_code == 200
        except httpx.HTTPError as error:
            # Without a certificate of ours it refuses the connection, which is an answer.
            return "certificate" in str(error).lower() or "alert" in str(error).lower()
