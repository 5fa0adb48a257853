"""`welltegra flow record`: alerts and violations into the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from welltegra.invocation import Invocation


@click.command("record")
@click.pass_obj
def record(invocation: Invocation) -> None:
    """Record alerts and violations in PostgreSQL, with the samples around them.

    One runs at a time; a second waits until the first is gone. It goes on where the database says that the last one
    ended, however that ended. PostgreSQL or Kafka may be away meanwhile. SIGTERM and Ctrl-C stop it.
    """
    from connectors.postgres.config import Postgres
    from welltegra import recording
    from welltegra.kafka_settings import kafka_of
    from welltegra.recording_serving import watched

    settings = invocation.settings()
    kafka, postgres = kafka_of(settings), Postgres(settings.postgres.dsn.get_secret_value())
    with watched(settings.metrics) as observer:
        recording.record(kafka, postgres, observer=observer)
    click.echo("Stopped. What was read is recorded; the next run goes on behind it.", err=True)
