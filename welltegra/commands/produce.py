"""welltegra produce: recorded samples onto Kafka."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from welltegra.options import FILE, SPEED, once

if TYPE_CHECKING:
    from welltegra.invocation import Invocation


@click.command("produce")
@click.argument("samples", type=FILE, nargs=-1, required=True, metavar="S...")
@click.option(
    "--tags",
    "tag_map",
    type=FILE,
    multiple=True,
    callback=once,
    help="Tag map: which WITSML curves are which tags, and of which well.",
)
@click.option("--speed", type=SPEED, metavar="X", help="Times as fast as life, by arrival; default: all it can.")
@click.option("--arrow", is_flag=True, help="Send Arrow streams instead of JSON scans.")
@click.option("--shift-to-now", is_flag=True, help="Move all times so that the first sample is now.")
@click.option(
    "--repeat",
    type=click.IntRange(1, 1_000_000),
    default=1,
    metavar="N",
    help="Send all N times, each time a second after the last sample of the time before.",
)
@click.pass_obj
def produce_command(
    invocation: Invocation,
    samples: tuple[Path, ...],
    tag_map: Path | None,
    speed: float | None,
    arrow: bool,
    shift_to_now: bool,
    repeat: int,
) -> None:
    """Send recorded samples to Kafka.

    S are .csv, .parquet, .ndjson, and WITSML 1.3.1.1, 1.4.1.1 or 2.0 logs (.xml, .xml.gz), as for welltegra replay.
    Each partition gets its wells in the order of arrival; the brokers have acknowledged all when it ends.
    """
    from connectors.witsml.source import load_tag_map
    from welltegra.describe.fault_log import FaultLog
    from welltegra.kafka_settings import kafka_of
    from welltegra.produce import Outcome, Produce, produce, show
    from welltegra.screen import Screen, console

    settings = invocation.settings()
    kafka = kafka_of(settings)
    mapping = None if tag_map is None else load_tag_map(tag_map)
    out, faults, outcome = console(), FaultLog(settings.replay.max_faults_shown), Outcome()
    screen = Screen(out, (), repeat * sum(path.stat().st_size for path in samples if path.is_file()))
    with screen.shown():
        produce(
            Produce(
                kafka,
                samples,
                faults,
                mapping,
                speed=speed,
                arrow=arrow,
                shift_to_now=shift_to_now,
                repeat=repeat,
                on_batch=lambda batch: screen.rows_read(batch.num_rows),
                on_progress=screen.progress,
                on_bytes=screen.bytes_read,
            ),
            outcome,
        )
    show(out, outcome, faults, "stream" if arrow else "scan")
