"""welltegra key: API keys, for programs that read or write the worklist."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

import click

from welltegra.errors import WelltegraError
from welltegra.options import Number

if TYPE_CHECKING:
    from connectors.ops.reading import Connection
    from welltegra.invocation import Invocation

_DSN = click.option(
    "--dsn", metavar="DSN", help="Database; default: postgres.dsn where it is set, else one of our own."
)
_ROLES = ("viewer", "operator", "project_admin", "platform_admin")
_SCOPES = ("read", "review", "export", "override", "rank", "profiles", "members", "platform")


class NoSuchKey(WelltegraError):
    """There is no key of that id that is in force."""


@click.group()
def key() -> None:
    """API keys: make them, list them, revoke them."""


@key.command()
@click.argument("name")
@click.option("--role", type=click.Choice(_ROLES), default="viewer", show_default=True, help="What it may at most.")
@click.option("--project", metavar="ID", help="The one project that it is for; default: every project.")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(_SCOPES),
    multiple=True,
    default=("read",),
    help="What it is confined to; may be given several times. Default: read.",
)
@click.option(
    "--days", type=Number(0.01, 366), default=90.0, show_default=True, metavar="DAYS", help="How long it is good."
)
@_DSN
@click.pass_obj
def create(
    invocation: Invocation,
    name: str,
    role: str,
    project: str | None,
    scopes: tuple[str, ...],
    days: float,
    dsn: str | None,
) -> None:
    """Make a key called NAME, and print it: once, for only its hash is kept."""
    from connectors.ops import keys

    with _connected(invocation, dsn) as connection:
        made = keys.create(
            connection, name=name, project_id=project, role=role, created_by=_who(), days=days, scopes=scopes
        )
    click.echo(made.secret)
    until = f"until {made.key.expires_at:%Y-%m-%d %H:%M} UTC"
    click.echo(f"Key {made.key.key_id} is good {until}; it is not shown again. Send it as a bearer token.", err=True)


@key.command("list")
@click.option("--project", metavar="ID", help="Of this project alone.")
@_DSN
@click.pass_obj
def list_(invocation: Invocation, project: str | None, dsn: str | None) -> None:
    """List the keys, the newest first, also those no longer in force."""
    from datetime import UTC, datetime

    from connectors.ops import keys

    with _connected(invocation, dsn) as connection:
        found = keys.list_keys(connection, project)
    now = datetime.now(UTC)
    for one in found:
        state = "revoked" if one.revoked_at else "expired" if one.expires_at <= now else "good"
        used = f"{one.last_used_at:%Y-%m-%d}" if one.last_used_at else "never"
        where, scopes = one.project_id or "*", ",".join(one.scopes) or "all"
        until = f"{one.expires_at:%Y-%m-%d}"
        click.echo(
            f"{one.key_id}  {one.prefix}...  {state:<7}  {one.role} in {where}, {scopes}; until {until}; used {used};"
            f" {one.name!r} by {one.created_by}"
        )


@key.command()
@click.argument("key_id", type=click.UUID, metavar="ID")
@_DSN
@click.pass_obj
def revoke(invocation: Invocation, key_id: UUID, dsn: str | None) -> None:
    """Revoke the key of this ID: it is refused from now on."""
    from connectors.ops import keys

    with _connected(invocation, dsn) as connection:
        done = keys.revoke(connection, key_id, _who())
    if not done:
        raise NoSuchKey(f"key {key_id}: must be one that is in force; is not. See: welltegra key list")
    click.echo(f"Key {key_id} is revoked.")


def _who() -> str:
    return f"local:{getpass.getuser()}"


@contextmanager
def _connected(invocation: Invocation, dsn: str | None) -> Iterator[Connection]:
    from connectors.ops.reading import acting_as, lay_roles
    from connectors.postgres.migrate import check_fit
    from welltegra.reopening.asking import dsn_of
    from welltegra.reopening.database import database

    settings = invocation.settings()
    named = dsn_of(settings, dsn)
    with database(named, settings.reopening.folder) as postgres:
        if named is None:
            lay_roles(postgres)
        with postgres.session("Grant it the role welltegra_platform; see docs/serving.md.") as connection:
            check_fit(postgres, connection)
            with acting_as(connection, "welltegra_platform"):
                yield connection
