"""`welltegra simulate rig`, wired: serves until it is stopped."""

from __future__ import annotations

import asyncio
import errno
import logging
import math
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from connectors.errors import Fault, FileFaults
from welltegra.listening import family_of
from welltegra.simulator.rig.pace import Pace
from welltegra.simulator.rig.records import Records
from welltegra.simulator.rig.rig import Rig
from welltegra.simulator.rig.server import PATH, RigServer
from welltegra.simulator.rig.sessions import Credentials

# What is skipped is told at once, and then not more often than this.
_TELL_EVERY_S = 10.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RigOptions:
    """speed: seconds of the wells' life in a second. writes, truth: files; None for none."""

    wells: tuple[str, ...]
    host: str
    port: int
    seed: int
    speed: float
    writes: Path | None
    truth: Path | None
    credentials: Credentials | None

    @property
    def endpoint(self) -> str:
        return f"opc.tcp://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}{PATH}"


@dataclass(slots=True)
class Served:
    """seconds: of the wells' life that were served. skipped: that came too late for it."""

    seconds: int = 0
    values: int = 0
    skipped: int = 0


def serve(options: RigOptions, on_ready: Callable[[], None] = lambda: None) -> Served:
    """Serve until SIGTERM, SIGINT or SIGHUP; return what was served.

    Raises:
        FileFaults: Nobody can listen there, or somebody does.
        OSError: A file cannot be written.
    """
    check_address(options.host, options.port)
    with Records(options.writes, options.truth) as records:
        return asyncio.run(_serve(options, records, on_ready))


async def _serve(options: RigOptions, records: Records, on_ready: Callable[[], None]) -> Served:
    stop, served = asyncio.Event(), Served()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # Who ignores it, as under nohup, means it.
        if signal.getsignal(number) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = RigServer(Rig(options.wells, options.seed), records, options.credentials)
    server.failed.add_done_callback(lambda _failed: stop.set())
    await server.prepare()
    # On whole seconds; the first is there before anyone can look.
    await asyncio.sleep(-time.time() % 1.0)
    pace = _pace(time.monotonic(), time.time(), options.speed)
    await _serve_due(server, pace, served, stop)
    try:
        await server.start(options.host, options.port)
    except OSError as error:
        raise _cannot_listen(options.host, options.port, error) from None
    try:
        on_ready()
        await _keep_serving(server, pace, served, stop)
    finally:
        await server.stop()
    if server.failed.done():
        raise server.failed.result()
    return served


def _pace(monotonic_s: float, wall_s: float, speed: float) -> Pace:
    """Return the pace that began on the whole second that has just begun; a timer may have been a hair early."""
    began_s = math.floor(wall_s + 0.01)
    return Pace(monotonic_s - (wall_s - began_s), float(began_s), speed)


async def _keep_serving(server: RigServer, pace: Pace, served: Served, stop: asyncio.Event) -> None:
    told_at, told = -_TELL_EVERY_S, 0
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pace.wait_s(time.monotonic()))
        if stop.is_set():
            return
        await _serve_due(server, pace, served, stop)
        now = time.monotonic()
        if served.skipped > told and now - told_at >= _TELL_EVERY_S:
            log.warning("rig_seconds_skipped new=%d total=%d", served.skipped - told, served.skipped)
            told_at, told = now, served.skipped


async def _serve_due(server: RigServer, pace: Pace, served: Served, stop: asyncio.Event) -> None:
    due = pace.due(time.monotonic(), time.time())
    if due.followed_s:
        log.warning("rig_clock_followed by_s=%.3f", due.followed_s)
    for _ in range(due.skipped):
        server.skip()
        served.skipped += 1
        await asyncio.sleep(0)  # a rig that cannot keep up still hears that it is to stop
        if stop.is_set():
            return
    served.values += await server.serve(due.time_us)
    served.seconds += 1


def check_address(host: str, port: int) -> None:
    """Raise FileFaults unless one can listen there."""
    try:
        with socket.socket(family_of(host, port)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen()
    except OSError as error:
        raise _cannot_listen(host, port, error) from None


def _cannot_listen(host: str, port: int, error: OSError) -> FileFaults:
    # asyncio words it its own way, and resolving a name has numbers of its own.
    number = error.errno or 0
    found = os.strerror(number) if number > 0 else error.strerror or repr(error)
    if error.errno == errno.EADDRINUSE:
        must, remedy = f"{host}:{port} must be free", "End what listens there, or give another with --port."
    elif error.errno in (errno.EACCES, errno.EPERM):
        must, remedy = f"{host}:{port} must be open to this user", "Give a --port of 1024 or more."
    else:
        must, remedy = f"{host}:{port} must be an address of this machine", "Give another with --host and --port."
    return FileFaults([Fault("rig", None, must, found, remedy)])
