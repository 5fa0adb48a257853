"""welltegra simulate field: a reopening project whose truth is known."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from welltegra.errors import WelltegraError
from welltegra.options import FILE, Number, once

if TYPE_CHECKING:
    from welltegra.invocation import Invocation

_MOST_WELLS = 200_000


@click.command("field")
@click.option("--wells", type=click.IntRange(1, _MOST_WELLS), default=30, metavar="N", help="Default: 30.")
@click.option(
    "--seed", type=click.IntRange(0), default=7, metavar="S", help="The same seed, the same field; default: 7."
)
@click.option(
    "--out",
    "folders",
    type=FILE,
    metavar="DIR",
    multiple=True,
    callback=once,
    help="Where to; default: welltegra-field.",
)
@click.option("--noise", type=Number(0, 10), default=1.0, metavar="X", help="Times a good tool's scatter; 0 for none.")
@click.option("--candidates", is_flag=True, help="Write the intervals as candidates.parquet, and no logs.")
@click.option("--complete", is_flag=True, help="Leave out the gaps: every well has all.")
@click.pass_obj
def field(
    invocation: Invocation,
    wells: int,
    seed: int,
    folders: Path | None,
    noise: float,
    candidates: bool,
    complete: bool,
) -> None:
    """Write a synthetic field as a project folder, for welltegra discover and welltegra rank.

    Logs, production and the rest are computed forward from known rock and known decline. What is true stands in the
    folder truth/ beside them, and so does each gap that was put in on purpose.
    """
    from welltegra.simulator.field.making import make_field
    from welltegra.simulator.field.plan import FieldOptions
    from welltegra.simulator.field.writing import is_a_field

    invocation.settings()
    folder = folders or Path("welltegra-field")
    if folder.exists() and not is_a_field(folder) and (not folder.is_dir() or any(folder.iterdir())):
        must = "must be a new or empty folder, or an earlier synthetic field"
        raise WelltegraError(f"--out: {folder} {must}; it holds something else. Name another.")
    started = time.perf_counter()
    try:
        made = make_field(FieldOptions(wells, seed, noise, logs=not candidates, gaps=not complete), folder)
    except OSError as error:
        raise WelltegraError(f"--out: {folder} must be a folder that can be written; {error.strerror}.") from error
    seconds = time.perf_counter() - started
    what = f"{made.logs:,} logs" if made.logs else "candidates in place of logs"
    click.echo(
        f"{folder}: {made.wells:,} wells in {made.reservoirs:,} reservoirs, {made.intervals:,} pay intervals, {what}; "
        f"{made.with_gaps:,} wells lack something. Seed {seed}, {seconds:.1f} s."
    )
    click.echo(f"What is true is in {folder / 'truth'}. Now: welltegra rank {folder}")
