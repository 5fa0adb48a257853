"""`welltegra db`: the database that records are kept in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from welltegra.errors import WelltegraError

if TYPE_CHECKING:
    from connectors.postgres.config import Postgres
    from connectors.postgres.migrate import Phase
    from welltegra.invocation import Invocation


class DatabaseBehind(WelltegraError):
    """A migration is missing."""


@click.group()
def db() -> None:
    """The database of records: bring it up to date."""


@db.command()
@click.option(
    "--phase",
    type=click.Choice(["pre", "post"]),
    help="Only what must be done before the new version runs, or after the old one has gone; default: all.",
)
@click.pass_obj
def migrate(invocation: Invocation, phase: Phase | None) -> None:
    """Make the tables, or change them to what this version needs.

    Each migration is applied once, whole or not at all. Records are never changed by it.
    """
    from connectors.postgres import migrate as migrations

    postgres = _postgres(invocation)
    done = migrations.migrate(postgres, phase)
    for migration in done:
        click.echo(f"applied {migration.name}")
    click.echo(f"{postgres.where} is up to date{'' if phase is None else f' for phase {phase}'}.")


@db.command()
@click.pass_obj
def status(invocation: Invocation) -> None:
    """Show which migrations were applied; the exit code is 1 if one was not."""
    from connectors.postgres import migrate as migrations

    postgres = _postgres(invocation)
    found = migrations.status(postgres)
    width = max(len(migration.name) for migration, _ in found)
    for migration, applied_at in found:
        when = "missing" if applied_at is None else f"applied {applied_at:%Y-%m-%d %H:%M:%S} UTC"
        click.echo(f"{migration.name:<{width}}  {when}")
    missing = sum(applied_at is None for _, applied_at in found)
    if missing:
        raise DatabaseBehind(
            f"{postgres.where}: must have every migration; {missing} missing. Run: welltegra db migrate"
        )


def _postgres(invocation: Invocation) -> Postgres:
    from connectors.postgres.config import Postgres

    return Postgres(invocation.settings().postgres.dsn.get_secret_value())
