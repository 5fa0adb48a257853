"""welltegra rig: asks a running rig to go wrong, and right again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from welltegra.options import Number
from welltegra.simulator.rig.options import PORT, credentials_of, endpoint_of, quiet_library, user_options

F = TypeVar("F", bound=Callable[..., Any])

_WELL = click.option("--well", required=True, metavar="W", help="Which well.")
_TAG = click.option("--tag", default="", metavar="T", help="Which of its tags; default: all that it can befall.")
_FOR = click.option("--for", "for_s", type=Number(1, 86_400), metavar="SECONDS", help="Default: 30.")
_UNTIL = click.option("--for", "for_s", type=Number(1, 86_400), metavar="SECONDS", help="Default: until it is cleared.")


def _to(metavar: str, text: str) -> Callable[[F], F]:
    return click.option("--to", default="", metavar=metavar, help=text)


def _connected(command: F) -> F:
    """Add the options of a connection."""
    command = user_options(command)
    port = click.option("--port", type=click.IntRange(1, 65_535), metavar="P", help=f"Its port here; default: {PORT}.")
    return click.option("--endpoint", metavar="URL", help="Where it runs, if not on this machine.")(port(command))


@click.group()
def rig() -> None:
    """Ask a running rig for breaches and faults.

    A rig is started by welltegra simulate rig. What is asked for begins with its next second; asked for again, it
    replaces what was on.
    """


@rig.command()
@_WELL
@click.option("--tag", default="pump_rate", metavar="T", help="Which of its tags; default: pump_rate.")
@_FOR
@_to("LIMIT", "The limit, in the tag's unit; default: that of the demo's rules.")
@click.option(
    "--percent",
    type=Number(-1_000, 1_000),
    default=105.0,
    metavar="P",
    help="How far to go, in percent of the limit; below a low limit with less than 100. Default: 105.",
)
@_connected
def breach(to: str, percent: float, **options: Any) -> None:
    """Drive a tag to 105 % of a limit."""
    from welltegra.simulator.rig.asks import breach_target

    _ask("breach", to=breach_target(options["tag"], to, percent), **options)


@rig.command()
@_WELL
@_TAG
@_FOR
@_to("SIGMA", "Standard deviation, in the tag's unit; default: some 3 % of what is usual.")
@_connected
def noise(**options: Any) -> None:
    """Shake what the sensor shows."""
    _ask("noise", **options)


@rig.command()
@_WELL
@_TAG
@_FOR
@_connected
def freeze(**options: Any) -> None:
    """Repeat the last value; time goes on."""
    _ask("freeze", **options)


@rig.command()
@_WELL
@_TAG
@_FOR
@_connected
def dropout(**options: Any) -> None:
    """Send no updates at all."""
    _ask("dropout", **options)


@rig.command("bad-status")
@_WELL
@_TAG
@_FOR
@_to("STATUS", "Its name in OPC UA; default: BadSensorFailure.")
@_connected
def bad_status(**options: Any) -> None:
    """Send a bad or uncertain status."""
    _ask("bad-status", **options)


@rig.command()
@_WELL
@_TAG
@_FOR
@_connected
def nan(**options: Any) -> None:
    """Send NaN with status Good."""
    _ask("nan", **options)


@rig.command("clock-skew")
@_WELL
@_TAG
@_FOR
@_to("SECONDS", "How far ahead, negative for behind; default: 5.")
@_connected
def clock_skew(**options: Any) -> None:
    """Stamp values by a clock that is ahead or behind."""
    _ask("clock-skew", **options)


@rig.command("clock-step")
@_WELL
@_UNTIL
@_to("SECONDS", "How far, negative for back; default: -90.")
@_connected
def clock_step(**options: Any) -> None:
    """Set the clock of a well, until it is set right."""
    _ask("clock-step", **options)


@rig.command("unit-change")
@_WELL
@_TAG
@_FOR
@_to("UNIT", "Another of the same kind, as bar for psi; default: the usual other one.")
@_connected
def unit_change(**options: Any) -> None:
    """Change unit and values together."""
    _ask("unit-change", **options)


@rig.command()
@_WELL
@_UNTIL
@_connected
def local(**options: Any) -> None:
    """Turn the key to local: requests are refused."""
    _ask("local", **options)


@rig.command()
@click.option("--well", default="", metavar="W", help="Which well; default: all.")
@click.option("--tag", default="", metavar="T", help="What was asked of this tag alone; default: all that is on.")
@_connected
def clear(**options: Any) -> None:
    """Take faults off."""
    if options["tag"] and not options["well"]:
        raise click.UsageError("--tag must come with --well; came alone.")
    _ask("clear", **options)


@rig.command("list")
@_connected
def list_command(endpoint: str | None, port: int | None, user: str | None, password_env: str | None) -> None:
    """Show what is on, and for how long yet."""
    from welltegra.simulator.rig.client import faults_on

    quiet_library()
    on = faults_on(endpoint_of(endpoint, port), credentials_of(user, password_env))
    for fault in on:
        left = fault["seconds_left"]
        click.echo(fault["said"] + (f"; {left} s left" if left is not None else ""))
    if not on:
        click.echo("Nothing is on.")


def _ask(
    what: str,
    *,
    well: str,
    endpoint: str | None,
    port: int | None,
    user: str | None,
    password_env: str | None,
    tag: str = "",
    for_s: float | None = None,
    to: str = "",
) -> None:
    from welltegra.simulator.rig.asks import Ask
    from welltegra.simulator.rig.client import ask

    quiet_library()
    where = endpoint_of(endpoint, port)
    click.echo(ask(where, credentials_of(user, password_env), Ask(what, well, tag, for_s or 0.0, to)))
