"""`welltegra audit`: the chain that the records hang on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from welltegra.errors import WelltegraError

if TYPE_CHECKING:
    from connectors.postgres.chain import Head
    from welltegra.invocation import Invocation


class ChainBroken(WelltegraError):
    """A record is not as it was recorded."""


class _HeadType(click.ParamType[Any]):
    name = "SEQ:HASH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        from connectors.postgres.chain import Head

        found = re.fullmatch(r"([0-9]{1,18}):([0-9a-fA-F]{64})", str(value))
        if found is None:
            self.fail(
                f"must be a number, a colon and 64 hexadecimal digits, as verify prints; was {value!r}.", param, ctx
            )
        return Head(int(found[1]), bytes.fromhex(found[2]))


@click.group()
def audit() -> None:
    """The chain of records: find out whether it is whole."""


@audit.command()
@click.option("--head", type=_HeadType(), help="Where the chain ended before, as verify then said; to see a cut end.")
@click.pass_obj
def verify(invocation: Invocation, head: Head | None) -> None:
    """Walk the chain of records, and hold the tables against it.

    Names the first record that was altered, is missing, was inserted or reordered; the exit code is then 1. A chain
    that was cut at its end looks whole: keep the head that this prints where the database's owner cannot change it,
    and tell it with --head next time.
    """
    from connectors.postgres.config import Postgres
    from connectors.postgres.verify import Broken
    from connectors.postgres.verify import verify as walk

    postgres = Postgres(invocation.settings().postgres.dsn.get_secret_value())
    found = walk(postgres, head)
    if isinstance(found, Broken):
        raise ChainBroken(
            f"{postgres.where}: every record must be as it was recorded; {found}. Compare with a backup from before,"
            " and find out who could write to the database."
        )
    if not found.seq:
        click.echo("Whole: there are no records yet.")
        return
    click.echo(f"Whole: {found.seq:,} record{'s' if found.seq > 1 else ''}, and the tables say the same.")
    click.echo(f"Head: {found}")
    if head is None:
        click.echo("Keep the head elsewhere, for the next --head: a chain that was cut at its end looks whole.")
