"""welltegra serve: the worklist, for people at browsers and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from welltegra.invocation import Invocation


@click.command("serve")
@click.option("--host", metavar="ADDRESS", help="Where to listen; default: web.host, which is loopback.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), metavar="PORT", help="Default: web.port; 0 for any that is free."
)
@click.option("--dsn", metavar="DSN", help="Database; default: postgres.dsn where it is set, else one of our own.")
@click.pass_obj
def serve(invocation: Invocation, host: str | None, port: int | None, dsn: str | None) -> None:
    """Serve the worklist: its page and its API.

    Without [auth] it listens on loopback alone, and prints a link to sign in by. Ctrl-C ends it; a ranking that runs
    meanwhile is queued again at the next start.
    """
    from welltegra.serving import server

    settings = invocation.settings()
    given = {name: value for name, value in {"host": host, "port": port}.items() if value is not None}
    server.serve(settings.model_copy(update={"web": settings.web.model_copy(update=given)}), dsn)
