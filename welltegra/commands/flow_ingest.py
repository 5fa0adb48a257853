"""`welltegra flow ingest`: the values of an OPC UA server onto Kafka."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from welltegra.invocation import Invocation


@click.command("ingest")
@click.pass_obj
def ingest(invocation: Invocation) -> None:
    """Send the values of an OPC UA server to Kafka, as its tag map says.

    Server, network and Kafka may go and come back meanwhile: what was missed is told, and filled from the server's
    history where it has any. SIGTERM and Ctrl-C stop it.
    """
    from welltegra.ingest.config import opcua_of
    from welltegra.ingest.running import ingest as run_ingest
    from welltegra.ingest.serving import watched
    from welltegra.kafka_settings import kafka_of

    settings = invocation.settings()
    opcua, kafka = opcua_of(settings.opcua), kafka_of(settings)
    with watched(settings.metrics.host, settings.metrics.ingest_port) as observer:
        run_ingest(kafka, opcua, observer)
    click.echo("Stopped. All that was read is on Kafka.", err=True)
