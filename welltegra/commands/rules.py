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
    from welltegra.invocation import Invocation


@click.group()
def rules() -> None:
    """Rule files: check them, activate them."""


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


@rules.command("activate")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="FILE...")
@click.option("--author", required=True, metavar="NAME", help="Who wrote the rules.")
@click.option("--approver", required=True, metavar="NAME", help="Who approved them: somebody else.")
@click.option("--dry-run", is_flag=True, help="Print what would be done, and send nothing.")
@click.pass_obj
def activate(invocation: Invocation, files: tuple[Path, ...], author: str, approver: str, dry_run: bool) -> None:
    """Let wells be judged by these rule files from now on.

    Each file is checked, and its version must be above the one that is active for its well. It is written to the
    cluster, and its well told between two samples. A file that is active already is told again, which does no harm.
    """
    from welltegra import activation
    from welltegra.describe.wording import printable
    from welltegra.kafka_settings import kafka_of

    kafka = kafka_of(invocation.settings())
    steps = activation.plan(kafka, files, author, approver)
    places = [None] * len(steps) if dry_run else activation.activate(kafka, steps)
    for step, place in zip(steps, places, strict=True):
        what = f"{printable(step.message.well_id)}: version {step.message.version} of {step.path}"
        before = "none before" if step.active is None else f"{step.active} before"
        if place is None:
            done = "is active; its well would be told again" if step.again else f"would be activated ({before})"
            click.echo(f"{what} {done}, by partition {step.partition}.")
        else:
            done = "was active; its well is told again" if step.again else f"activated ({before})"
            click.echo(f"{what} {done}, at {place.topic} partition {place.partition} offset {place.offset}.")
    if dry_run:
        click.echo("Nothing was sent.")


@rules.command("active")
@click.pass_obj
def active(invocation: Invocation) -> None:
    """List the rules that are active on the cluster, a line a well."""
    from connectors.errors import FileFaults
    from connectors.kafka.rules import look_into_rules
    from welltegra import activation
    from welltegra.describe.wording import printable
    from welltegra.kafka_settings import kafka_of

    book, faults = look_into_rules(kafka_of(invocation.settings()))
    found = book.active()
    rows = [tuple(map(printable, cells)) for cells in activation.lines(found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for cells in rows if found else ():
        click.echo("  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip())
    if faults:
        raise FileFaults(faults)
    if not found:
        click.echo("No rules are active. Activate some with welltegra rules activate.")


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
