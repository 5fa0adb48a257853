"""welltegra discover: intervals of bypassed pay in the logs of a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from welltegra.options import FILE

if TYPE_CHECKING:
    from welltegra.invocation import Invocation


@click.command("discover")
@click.argument("folder", type=FILE, metavar="DIR")
@click.option("--dsn", metavar="DSN", help="Database; default: postgres.dsn where it is set, else one of our own.")
@click.option("--json", "json_path", type=FILE, metavar="FILE", help="Write what was found as its contract says, too.")
@click.option("--zones", type=FILE, metavar="FILE", help="Write the averages of each well and zone: .csv or .parquet.")
@click.option("--profile", metavar="KEY", help="Scoring profile; default: the one that project.toml names.")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that read logs.")
@click.pass_obj
def discover(
    invocation: Invocation,
    folder: Path,
    dsn: str | None,
    json_path: Path | None,
    zones: Path | None,
    profile: str | None,
    processes: int,
) -> None:
    """Find bypassed pay in the logs of the project in DIR.

    Writes them to the database, each with thickness, averages, completion status, position confidence and the cutoffs
    that were applied. Nothing is scored: welltegra rank does that, and discovers by itself.
    """
    from connectors.replay.sink import is_stream
    from welltegra.reopening.asking import Asked, ask
    from welltegra.screen import console_for

    asked = Asked("discover", folder, dsn, json=json_path, zones=zones, processes=processes, profile=profile)
    with console_for(aside=any(path is not None and is_stream(path) for path in (json_path, zones))) as out:
        ask(invocation.settings(), asked, out)
