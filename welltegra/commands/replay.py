"""welltegra replay: the dry run of a rule file on recorded samples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from welltegra.options import FILE, SPEED, once

if TYPE_CHECKING:
    from welltegra.invocation import Invocation


@click.command("replay")
@click.option(
    "--rules", "rules", type=FILE, multiple=True, required=True, help="Rule file; again for each further well."
)
@click.option(
    "--samples", "first_samples", type=FILE, multiple=True, required=True, help="Samples; more files may follow."
)
@click.argument("more_samples", type=FILE, nargs=-1, metavar="[S]...")
@click.option(
    "--tags",
    "tag_map",
    type=FILE,
    multiple=True,
    callback=once,
    help="Tag map: which WITSML curves are which tags, and of which well.",
)
@click.option("--alerts", type=FILE, required=True, help="Where the alerts go, one JSON object a line; written anew.")
@click.option("--violations", type=FILE, required=True, help="Where the violations go, likewise.")
@click.option(
    "--batch",
    type=click.IntRange(1, 1_000_000),
    metavar="N",
    help="Samples handed to the flow at a time; default: replay.batch of the settings.",
)
@click.option(
    "--speed", type=SPEED, metavar="X", help="Times as fast as life, and alerts show as they come; default: all it can."
)
@click.option(
    "--plot", type=FILE, help="Draw values, limits, levels and alerts: .png, .svg, .pdf. Takes 20 bytes a reading."
)
@click.pass_obj
def replay_command(
    invocation: Invocation,
    rules: tuple[Path, ...],
    first_samples: tuple[Path, ...],
    more_samples: tuple[Path, ...],
    tag_map: Path | None,
    alerts: Path,
    violations: Path,
    batch: int | None,
    speed: float | None,
    plot: Path | None,
) -> None:
    """Judge recorded samples by a rule file, with the code that judges live ones.

    S are .csv, .parquet, .ndjson, and WITSML 1.3.1.1, 1.4.1.1 or 2.0 logs (.xml, .xml.gz). The same samples and rules
    give the same bytes in both files, whatever the batch and the speed.

    If --alerts or --violations is /dev/stdout, everything else goes to standard error.
    """
    from welltegra.dry_run import DryRun, dry_run

    settings = invocation.settings()
    dry_run(
        DryRun(
            rules=rules,
            samples=(*first_samples, *more_samples),
            tag_map=tag_map,
            alerts=alerts,
            violations=violations,
            plot=plot,
            batch=settings.replay.batch if batch is None else batch,
            speed=speed,
            max_faults_shown=settings.replay.max_faults_shown,
        )
    )
