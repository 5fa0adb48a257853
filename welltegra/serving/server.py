"""`serve`: checks, the database, and granian, which answers in processes of its own until it is stopped."""

from __future__ import annotations

import multiprocessing
import signal
import socket
import threading
import time
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, Final

import click

from connectors.ops.profiles import ensure_canonical
from connectors.ops.reading import lay_roles
from connectors.postgres.config import Postgres
from connectors.postgres.migrate import check_fit
from schemas.profiles import KEYS, canonical_profile
from welltegra.api.database import Database, check_roles
from welltegra.reopening.asking import dsn_of
from welltegra.reopening.database import database
from welltegra.serving.checks import check, free_port, is_loopback, origin_of
from welltegra.serving.plan import Plan, application, plan_of
from welltegra.serving.watching import check_ports
from welltegra.settings.model import Settings

# A client that takes longer to say what it wants, or what it wants next, is cut off; of its headers no more is kept.
HEADER_READ_MS: Final = 10_000
_MOST_HEADER_BYTES: Final = 65_536
# What is being answered has so long to end; streams and rankings are ended at once.
_ENDS_WITHIN_S: Final = 10
_LOOK_AGAIN_S: Final = 0.05


def serve(settings: Settings, dsn: str | None = None) -> None:
    """Answer until stopped.

    Raises:
        FileFaults: The settings cannot be served; with every fault.
        ConnectorError, WelltegraError: The database cannot be used.
    """
    check(settings)
    port = free_port(settings.web)
    named = dsn_of(settings, dsn)
    with database(named, settings.reopening.folder) as postgres:
        prepare(postgres, ours=named is None)
        # A process that is forked has the threads' locks of this one, without the threads.
        multiprocessing.set_start_method("spawn", force=True)
        origin = origin_of(settings.web, port)
        plan = plan_of(settings, postgres, origin, port, is_loopback(settings.web.host))
        check_ports(settings.metrics, settings.web.workers)
        server = server_of(plan)
        nohup = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        server.on_startup(partial(_end_at_signals, plan, server, nohup))
        server.on_startup(threading.Thread(target=_say_once_it_listens, args=(plan,), daemon=True).start)
        server.serve(target_loader=partial(application, plan), wrap_loader=False)


def _end_at_signals(plan: Plan, server: Any, nohup: bool) -> None:
    """Have what never ends by itself told, before granian waits for all that is being answered.

    A terminal that closes ends us, too; but not where somebody has us ignore that, as nohup does. granian would begin
    again instead, so this must come after it has set its own.
    """

    def end(number: int, frame: FrameType | None) -> None:
        assert plan.ending is not None, "plan_of makes one"
        plan.ending.tell()
        server.signal_handler_interrupt(number, frame)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    signal.signal(signal.SIGHUP, signal.SIG_IGN if nohup else end)


def prepare(postgres: Postgres, *, ours: bool) -> None:
    """Have the database as requests need it. ours: whether it is the embedded one, where we may do everything.

    Raises:
        ConnectorError: It is behind, or has not the roles.
    """
    if ours:
        lay_roles(postgres)
    with postgres.session("Grant it the roles of sql/roles.sql.") as connection:
        check_fit(postgres, connection)
    check_roles(postgres)
    keeper = Database(postgres, 1).as_role("profile_keeper")
    for key in KEYS:
        ensure_canonical(keeper, canonical_profile(key))


def server_of(plan: Plan) -> Any:
    """Return the server, which listens once it is told to serve."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces, SSLProtocols
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    web = plan.settings.web
    return Granian(
        "welltegra.serving.plan:application",
        address=web.host,
        port=plan.port,
        interface=Interfaces.ASGI,
        workers=web.workers,
        # Not `auto`, also under TLS: that waits for ever for the first byte, to learn the version. A page has little to
        # gain by HTTP/2: its tabs share one stream, and what it loads is kept.
        http=HTTPModes.http1,
        websockets=False,
        backlog=2048,
        backpressure=web.connections,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_READ_MS, max_buffer_size=_MOST_HEADER_BYTES),
        log_level=LogLevels.warning,
        log_dictconfig={"loggers": {"_granian": {"propagate": True}, "granian.access": {"propagate": False}}},
        ssl_cert=Path(web.tls_certificate) if web.tls_certificate else None,
        ssl_key=Path(web.tls_key) if web.tls_key else None,
        ssl_protocol_min=SSLProtocols.tls13,
        ssl_ca=Path(web.client_ca) if web.client_ca else None,
        ssl_client_verify=bool(web.client_ca),
        respawn_failed_workers=True,
        workers_kill_timeout=_ENDS_WITHIN_S,
    )


def _say_once_it_listens(plan: Plan) -> None:
    """Say where it is; not before, as whoever goes there at once, or has a browser go there, would find nothing."""
    while True:
        try:
            socket.create_connection((plan.settings.web.host, plan.port), timeout=_LOOK_AGAIN_S).close()
            break
        except OSError:
            time.sleep(_LOOK_AGAIN_S)
    click.echo(f"The worklist is at {plan.origin} until Ctrl-C.")
    if plan.local is not None:
        plan.local.tell()
