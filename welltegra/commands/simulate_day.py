"""welltegra simulate day: a synthetic well day through the real flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from welltegra.options import SPEED, Number

if TYPE_CHECKING:
    from welltegra.invocation import Invocation

_MOST_MINUTES = 1_000_000


@click.command("day")
@click.option("--speed", type=SPEED, metavar="X", help="Times life, for the paced part; default: 10.")
@click.option("--paced-minutes", type=Number(0, _MOST_MINUTES), metavar="M", help="Minutes at that speed; default: 15.")
@click.option("--seed", type=click.IntRange(0), metavar="N", help="The same seed writes the same day; default: 7.")
@click.pass_obj
def day(invocation: Invocation, speed: float | None, paced_minutes: float | None, seed: int | None) -> None:
    """Write a day of a simulated well, and judge it as it comes.

    The first quarter of an hour holds a digest of the day and runs at ten times life, in a minute and a half; the
    other 23 hours and 45 minutes run as fast as they go. --paced-minutes 1440 keeps the whole day to the speed.

    Everything goes into the folder welltegra-day; day.folder of the settings names another.
    """
    from welltegra.simulated_day import play

    settings = invocation.settings()
    changed = {"speed": speed, "paced_minutes": paced_minutes, "seed": seed}
    play(
        settings.day.model_copy(update={name: value for name, value in changed.items() if value is not None}),
        settings.replay,
    )
