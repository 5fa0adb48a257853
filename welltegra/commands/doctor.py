"""`welltegra doctor`: what is wrong with a site, and what to do about it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from welltegra.errors import WelltegraError
from welltegra.options import FILE

if TYPE_CHECKING:
    from welltegra.invocation import Invocation


class SiteUnwell(WelltegraError):
    """A check found something wrong."""


@click.command("doctor")
@click.argument("files", type=FILE, nargs=-1, metavar="[FILE]...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    metavar="N",
    help="Processes of the flow on this machine, as in flow constraints; default: 1.",
)
@click.pass_obj
def doctor(invocation: Invocation, files: tuple[Path, ...], as_json: bool, processes: int) -> None:
    """Find out what is wrong here, and what to do.

    Looks at settings, Python, ports, disk, Kafka, topics, rules, PostgreSQL, OPC UA and clocks; and at rule files, if
    they are named. Changes nothing. Ends within 15 s, whatever does not answer. The exit code is 1 if something is
    wrong.
    """
    debugs = invocation.settings().log.level == "debug"
    from welltegra.doctor.checks import examine
    from welltegra.doctor.printer import as_json as json_of
    from welltegra.doctor.printer import show
    from welltegra.doctor.result import State
    from welltegra.screen import console

    on = console()
    waiting = on.status("Looking, for up to 15 s ...") if on.is_terminal and not as_json else nullcontext()
    with waiting, nullcontext() if debugs else _hushed():
        results = examine(invocation.loaded, invocation.config_path, files, processes)
    if as_json:
        click.echo(json_of(results))
    else:
        show(results, on)
    wrong = sum(result.state is State.WRONG for result in results)
    if wrong:
        raise SiteUnwell(
            f"The site must be well; {wrong} {'thing is' if wrong == 1 else 'things are'} wrong, named above."
        )


@contextmanager
def _hushed() -> Iterator[None]:
    """Keep from the log what libraries and connectors try and fail at: each check tells its own."""
    loggers = [logging.getLogger(name) for name in ("asyncua", "connectors")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
