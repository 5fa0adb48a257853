"""welltegra demo: a site on this machine, watched on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from welltegra.options import Number

if TYPE_CHECKING:
    from welltegra.invocation import Invocation

_MOST_WELLS = 20


@click.command("demo")
@click.option("--wells", type=click.IntRange(1, _MOST_WELLS), default=3, metavar="N", help="W-1 to W-N; default: 3.")
@click.option("--for", "seconds", type=Number(0, 10_000_000), metavar="SECONDS", help="End by itself after so long.")
@click.option("--browser/--no-browser", default=True, help="Open the worklist where there is a desktop; default: yes.")
@click.pass_obj
def demo(invocation: Invocation, wells: int, seconds: float | None, browser: bool) -> None:
    """Run a whole site on this machine, and watch its wells.

    A simulated rig serves its wells over OPC UA; ingest, constraints and record run beside it on a broker and a
    database from wheels. A synthetic field is ranked for reopening, and served as a worklist. All of it listens on this
    machine alone, and ends with Ctrl-C or the terminal.

    Everything goes into the folder welltegra-demo; demo.folder of the settings names another. The broker keeps its
    topics in memory: a later demo starts with new ones, and with all that the database has.
    """
    from welltegra.demo.play import play
    from welltegra.screen import console

    names = [f"W-{number}" for number in range(1, wells + 1)]
    play(invocation.settings().demo.folder, names, console(), seconds, browser=browser)
