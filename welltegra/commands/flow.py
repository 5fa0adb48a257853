"""welltegra flow: the flows that run as services."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from welltegra.commands.flow_ingest import ingest
from welltegra.commands.flow_record import record

if TYPE_CHECKING:
    from welltegra.invocation import Invocation


@click.group()
def flow() -> None:
    """Run the flows between Kafka and the database."""


@flow.command("constraints")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    metavar="N",
    help="Processes on this machine, one a core; default: 1.",
)
@click.option(
    "--process-id",
    type=click.IntRange(0, 63),
    metavar="I",
    help="Which process of --addresses this one is, when they are on several machines.",
)
@click.option("--addresses", metavar="HOST:PORT;...", help="All processes of the cluster, in order.")
@click.pass_obj
def constraints(invocation: Invocation, processes: int | None, process_id: int | None, addresses: str | None) -> None:
    """Judge live samples by the active rules, until stopped.

    Reads well.samples.v1, writes well.alerts.v1, well.violations.v1 and well.deadletter.v1, each record once. A spare
    process stands ready to go on at once when one dies. SIGTERM and Ctrl-C take a last snapshot first.
    """
    from welltegra.live.service import serve

    sys.exit(serve(invocation.settings(), processes, process_id, addresses))


flow.add_command(ingest)
flow.add_command(record)
