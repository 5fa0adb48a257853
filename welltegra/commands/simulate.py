"""welltegra simulate: what stands on a site, without a site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from welltegra.commands.simulate_day import day
from welltegra.commands.simulate_field import field
from welltegra.options import FILE, Number, once
from welltegra.simulator.rig.options import PORT, credentials_of, quiet_library, user_options

if TYPE_CHECKING:
    from welltegra.invocation import Invocation

_MOST_WELLS = 1_000
# Faster, even wells that nobody looks at do not keep up.
_SPEED = Number(0.01, 100)


@click.group()
def simulate() -> None:
    """Simulate what stands on a site."""


@simulate.command("rig")
@click.option("--wells", type=click.IntRange(1, _MOST_WELLS), metavar="N", help="W-1 to W-N; default: 3.")
@click.option("--well", "names", multiple=True, metavar="NAME", help="A well by name; may be given again.")
@click.option("--host", default="127.0.0.1", metavar="H", help="Where to listen; default: this machine alone.")
@click.option("--port", type=click.IntRange(1, 65_535), default=PORT, metavar="P", help=f"Default: {PORT}.")
@click.option(
    "--seed", type=click.IntRange(0), default=7, metavar="S", help="The same seed, the same wells; default: 7."
)
@click.option("--speed", type=_SPEED, default=1.0, metavar="X", help="Seconds of the wells' life in one; default: 1.")
@click.option(
    "--log",
    "writes",
    type=FILE,
    metavar="FILE",
    multiple=True,
    callback=once,
    help="Append each write that was received, as JSON.",
)
@click.option(
    "--truth",
    type=FILE,
    metavar="FILE",
    multiple=True,
    callback=once,
    help="Write each value that was served, as JSON.",
)
@user_options
@click.pass_obj
def rig(
    invocation: Invocation,
    wells: int | None,
    names: tuple[str, ...],
    host: str,
    port: int,
    seed: int,
    speed: float,
    writes: Path | None,
    truth: Path | None,
    user: str | None,
    password_env: str | None,
) -> None:
    """Serve wells over OPC UA, a value of each tag a second, until stopped.

    They drill, make connections, test, and are shut in, by a timetable of their own. welltegra rig has them breach,
    freeze, fall silent and more; each well has a request tag that a client may write, as a PLC would have it.
    SIGTERM and Ctrl-C stop it.
    """
    from welltegra.simulator.rig.service import RigOptions, serve

    options = RigOptions(
        wells=_wells(wells, names),
        host=host,
        port=port,
        seed=seed,
        speed=speed,
        writes=writes,
        truth=truth,
        credentials=credentials_of(user, password_env),
    )
    invocation.settings()
    quiet_library()

    def tell() -> None:
        shown = ", ".join(options.wells[:6]) + (f" and {len(options.wells) - 6} more" if len(options.wells) > 6 else "")
        click.echo(f"{shown} at {options.endpoint}, seed {seed}. Ctrl-C stops it.", err=True)
        if options.credentials is None and host not in ("127.0.0.1", "::1", "localhost"):
            click.echo("Whoever reaches this port can write and ask for faults: give --user.", err=True)

    served = serve(options, tell)
    click.echo(
        f"Stopped after {served.seconds:,} seconds and {served.values:,} values; "
        f"{served.skipped:,} seconds came too late and were skipped.",
        err=True,
    )


def _wells(count: int | None, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the wells' names; click.UsageError if they cannot be."""
    from welltegra.simulator.rig.names import name_fault

    if names and count is not None:
        raise click.UsageError("--wells and --well must not both be given; both were.")
    for name in names:
        if fault := name_fault(name):
            raise click.UsageError(fault)
        if names.count(name) > 1:
            raise click.UsageError(f"--well: each must be another; {name!r} was given {names.count(name)} times.")
    if len(names) > _MOST_WELLS:
        raise click.UsageError(f"--well: there must be at most {_MOST_WELLS:,}; were {len(names):,}.")
    return names or tuple(f"W-{number}" for number in range(1, (count or 3) + 1))


simulate.add_command(day)
simulate.add_command(field)
