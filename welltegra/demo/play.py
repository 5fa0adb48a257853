"""A site on this machine, from nothing to a well that is watched: started, shown, ended."""

from __future__ import annotations

import shutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Final

from rich.console import Console

from connectors.kafka.topics import create_topics
from connectors.ops.reading import lay_roles
from connectors.postgres.config import Postgres
from connectors.postgres.migrate import migrate
from welltegra import activation
from welltegra.demo.guard import guarded
from welltegra.demo.page import Page, has_desktop
from welltegra.demo.programs import Programs, programs
from welltegra.demo.site import FIELD, RIG_PORT, Site, alone
from welltegra.embedded.broker import EmbeddedBroker
from welltegra.embedded.place import own
from welltegra.embedded.postgres import EmbeddedPostgres
from welltegra.kafka_settings import kafka_of, topic_plan_of
from welltegra.settings.model import Settings
from welltegra.simulator.field.making import make_field
from welltegra.watch.live import places, show
from welltegra.watch.parts import ask

RANK: Final = "rank"
SERVE: Final = "serve"
_AUTHOR, _APPROVER = "the demo", "whoever started it"
_READY_WITHIN_S: Final = 60.0
_LOOK_AGAIN_S: Final = 0.1


def play(
    folder: Path, wells: Sequence[str], out: Console, seconds: float | None = None, *, browser: bool = True
) -> None:
    """Run the site until Ctrl-C, SIGTERM or a closed terminal, or for so many seconds.

    browser: whether the page of the ranked field is opened, where there is a desktop and a terminal.

    Raises:
        FileFaults: The folder is in use or cannot be written to, or no port is free.
        BrokerNotStarted, PostgresNotStarted: An embedded part cannot run here.
    """
    began = time.monotonic()
    with _closed_terminal_is_a_stop(), alone(folder), ExitStack() as stack:
        site = Site(folder, wells)
        site.logs.mkdir(exist_ok=True)
        running = stack.enter_context(programs(site.folder, site.logs))
        # It takes the longest to come up, and needs nobody.
        names = [word for well in site.wells for word in ("--well", well)]
        running.start(
            "rig", "simulate", "rig", *names, "--port", str(site.ports.rig), "--log", str(site.logs / "writes.ndjson")
        )
        _say(out, "broker and database: starting")
        broker = stack.enter_context(EmbeddedBroker(site.folder / "broker"))
        database = stack.enter_context(EmbeddedPostgres(own(site.database, "demo.folder")))
        stack.enter_context(guarded(database.pid))
        # Before these two end: a last snapshot and a last record need them.
        stack.callback(running.stop)
        settings = site.settings(broker.bootstrap, database.dsn)
        site.write(settings)
        _prepare(site, settings)
        running.start("constraints", "flow", "constraints")
        running.start("ingest", "flow", "ingest")
        running.start("record", "flow", "record")
        _say(out, "rig, ingest, constraints and record: starting")
        _wait(settings, running)
        _say(out, f"ready after {time.monotonic() - began:.1f} s")
        # Nothing live waits for it.
        make_field(FIELD, site.field)
        running.start(RANK, "rank", str(site.field))
        running.start(SERVE, "serve")
        notes = _notes(site, settings)
        page = Page(running.log(SERVE), opens=browser and out.is_terminal and has_desktop())
        show(settings, out, seconds=seconds, notes=lambda: [*_worklist(running, page), *notes, *_ended(running)])


def _prepare(site: Site, settings: Settings) -> None:
    """Make the topics and the database, and let the wells be judged by the rules."""
    kafka = kafka_of(settings)
    create_topics(kafka, topic_plan_of(settings))
    activation.activate(kafka, activation.plan(kafka, site.rules, _AUTHOR, _APPROVER))
    database = Postgres(settings.postgres.dsn.get_secret_value())
    migrate(database)
    lay_roles(database)


def _wait(settings: Settings, running: Programs) -> None:
    """Return once all are ready, or one has ended, or all have had the time: the screen says what is not."""
    until = time.monotonic() + _READY_WITHIN_S
    waiting = places(settings)
    while waiting and not running.ended() and time.monotonic() < until:
        waiting = {name: place for name, place in waiting.items() if not ask(place).is_ready}
        time.sleep(_LOOK_AGAIN_S)


def _notes(site: Site, settings: Settings) -> list[str]:
    """Return what to try, and where things are; short, for a terminal of 80 columns."""
    metrics, command = settings.metrics, _command()
    port = "" if site.ports.rig == RIG_PORT else f" --port {site.ports.rig}"
    others = f"{metrics.record_port} (record), {metrics.ingest_port} (ingest)"
    return [
        f"Try in another terminal:  {command} rig breach --well {site.wells[0]}{port}",
        f"or freeze, dropout, nan, noise, bad-status:  {command} rig --help",
        f"rig at {site.endpoint}",
        f"metrics at http://{metrics.host}:{metrics.port}/metrics, and at {others}",
        f"logs, rules, settings for other commands in {_shown(site.folder)}. Ctrl-C ends it.",
    ]


def _worklist(running: Programs, page: Page) -> list[str]:
    """Return where the ranked field is to be looked at, once it is ranked; that opens it, too."""
    if running.ended().get(RANK) != 0 or (link := page.link) is None:
        return []
    page.open_once()
    # On a line of its own it fits 80 columns, and is copied whole.
    return [f"{FIELD.wells} wells are ranked for reopening. Their worklist, by a link that is good once:", link]


def _ended(running: Programs) -> list[str]:
    codes = running.ended()
    if codes.get(RANK) == 0:
        del codes[RANK]
    return [f"{name} has ENDED with {code}: see {_shown(running.log(name))}" for name, code in codes.items()]


def _command() -> str:
    """Return how the reader can call us."""
    if shutil.which("welltegra"):
        return "welltegra"
    beside = Path(sys.executable).with_name("welltegra")
    return _shown(beside) if beside.exists() else f"{_shown(Path(sys.executable))} -m welltegra.cli"


def _shown(path: Path) -> str:
    with suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)


def _say(out: Console, words: str) -> None:
    out.print(f"demo: {words}", soft_wrap=True)


@contextmanager
def _closed_terminal_is_a_stop() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGHUP)
    if before is not signal.SIG_IGN:  # which is nohup's: it is to outlive its terminal
        signal.signal(signal.SIGHUP, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)
