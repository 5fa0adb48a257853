"""welltegra samples: what recorded samples are like."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from connectors.replay.parse import open_samples
from connectors.witsml.source import load_tag_map
from welltegra.describe.fault_log import FaultLog
from welltegra.describe.figures import describe
from welltegra.describe.record import as_record
from welltegra.describe.text import show
from welltegra.screen import console


@click.group()
def samples() -> None:
    """Recorded samples: what they are like."""


@samples.command("describe")
@click.argument("files", nargs=-1, required=True, metavar="S...")
@click.option("--tags", "tag_map", metavar="MAP.yaml", help="Which WITSML curves are which tags; without it, all.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each tag and unit, one a line.")
def describe_samples(files: Sequence[str], tag_map: str | None, as_json: bool) -> None:
    """Show tags, units, periods, gaps, ranges and faults: what to know before writing a rule.

    S... are files of samples: .csv, .parquet, .ndjson, WITSML .xml or .xml.gz. Takes 20 bytes of memory a reading.
    """
    faults = FaultLog()
    mapping = None if tag_map is None else load_tag_map(tag_map)
    tags = describe(batch for _, batch in open_samples(files, mapping, faults))
    if as_json:
        for tag in tags:
            click.echo(json.dumps(as_record(tag), ensure_ascii=False))
        for line in faults.lines():
            click.echo(line, err=True)
    else:
        show(console(), tags, faults)
