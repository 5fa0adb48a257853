"""welltegra watch: wells, levels, alerts, latency and health on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from welltegra.options import Number

if TYPE_CHECKING:
    from welltegra.invocation import Invocation


@click.command("watch")
@click.option("--for", "seconds", type=Number(0, 10_000_000), metavar="SECONDS", help="End by itself after so long.")
@click.option("--once", is_flag=True, help="Print how things stand now, and end.")
@click.pass_obj
def watch(invocation: Invocation, seconds: float | None, once: bool) -> None:
    """Show wells, levels, the last alerts, latency and health.

    Reads samples and alerts from Kafka, and asks the flows on this machine for their health; it changes nothing. Ctrl-C
    ends it. In a pipe it prints each alert on a line, and every 10 s how things stand.
    """
    from welltegra.screen import console
    from welltegra.watch.live import show

    show(invocation.settings(), console(), seconds=seconds, once=once)
