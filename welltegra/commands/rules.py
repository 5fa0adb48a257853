"""welltegra rules: rule files."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from welltegra.options import FILE

if TYPE_CHECKING:
    from connectors.rule_files.describe import LimitRow
    from rules.rule_set import RuleSet


@click.group()
def rules() -> None:
    """Rule files: what they say."""


@rules.command("check")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="FILE...")
def check(files: tuple[Path, ...]) -> None:
    """Check rule files, and show the numbers that samples will be judged by.

    Every fault of every file is told at once, with its line and what to do; the exit code is then 2.
    """
    from connectors.errors import Fault, FileFaults
    from connectors.rule_files.describe import describe
    from connectors.rule_files.source import load_rule_sets
    from welltegra.describe.wording import counted, printable

    found: list[tuple[Path, RuleSet]] = []
    faults: list[Fault] = []
    for path in files:
        # One by one: they may be variants for one well, which no run would take together.
        try:
            found += [(path, rule_set) for rule_set in load_rule_sets([path])]
        except FileFaults as error:
            faults += error.faults
    if faults:
        raise FileFaults(faults)
    for path, rule_set in found:
        constraints = counted(len(rule_set.constraints), "constraint")
        click.echo(f"{path}: {printable(rule_set.well_id)}, version {rule_set.version}, {constraints}; no faults.")
        for name, sides in groupby(describe(rule_set), key=lambda row: row.constraint_id):
            click.echo(f"\n{printable(name)}")
            for label, text in _lines(rule_set, list(sides)):
                click.echo(f"  {label:<11}{text}")
        click.echo()


def _lines(rule_set: RuleSet, sides: list[LimitRow]) -> Iterator[tuple[str, str]]:
    """Yield what a constraint comes to: one side, or two of a band, and what holds for both."""
    first = sides[0]
    tag = rule_set.tag(first.tag)
    reach = "" if tag.low is None else f", range {tag.low:.10g} to {tag.high:.10g}"
    yield "watches", f"{first.tag} [{first.tag_unit}], period {tag.period_s:.10g} s{reach}"
    for row in sides:
        onto, back = (">=", "<") if row.side == "high" else ("<=", ">")
        red = f"{onto} {row.limit:.10g} {row.unit} at once,"
        yellow = f"{onto} {row.yellow_at:.10g} {row.unit} for {row.yellow_on_delay_s:.10g} s,"
        width = max(len(red), len(yellow))
        until = f"{row.unit} for {row.off_delay_s:.10g} s"
        yield "red", f"{red:<{width}} until {back} {row.red_resets_at:.10g} {until}"
        yield "yellow", f"{yellow:<{width}} until {back} {row.yellow_resets_at:.10g} {until}"
    yield "stale", f"after {first.stale_after_s:.10g} s without a usable sample"
    yield "on red", ", ".join(first.on_red) or "nothing"
    yield "on yellow", ", ".join(first.on_yellow) or "nothing"
    yield "mode", first.mode
