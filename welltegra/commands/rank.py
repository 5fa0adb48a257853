"""welltegra rank: which closed or bypassed wells of a project deserve a second life."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from welltegra.options import FILE

if TYPE_CHECKING:
    from welltegra.invocation import Invocation


@click.command("rank")
@click.argument("folder", type=FILE, metavar="DIR")
@click.option("--dsn", metavar="DSN", help="Database; default: postgres.dsn where it is set, else one of our own.")
@click.option("--json", "json_path", type=FILE, metavar="FILE", help="Write the ranking as its contract says, too.")
@click.option("--profile", metavar="KEY", help="Scoring profile; default: the one that project.toml names.")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that read logs.")
@click.pass_obj
def rank(
    invocation: Invocation,
    folder: Path,
    dsn: str | None,
    json_path: Path | None,
    profile: str | None,
    processes: int,
) -> None:
    """Rank the reopening targets of the project in DIR.

    Finds intervals of bypassed pay in the logs, assesses what is left and whether the well can be worked on, scores,
    gates and ranks, and writes it to the database, whole or not at all. The same inputs, profile and code add nothing.
    """
    from connectors.replay.sink import is_stream
    from welltegra.reopening.asking import Asked, ask
    from welltegra.screen import console_for

    asked = Asked("rank", folder, dsn, json=json_path, processes=processes, profile=profile)
    with console_for(aside=json_path is not None and is_stream(json_path)) as out:
        ask(invocation.settings(), asked, out)
