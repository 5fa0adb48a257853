"""`make bench-stream`: samples a second of this flow, of Bytewax as it comes and of no engine at all; and the memory.

Options: --quick for a look of some 20 seconds, --json PATH for where the numbers go.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from benchmarks.contenders import CONTENDERS
from benchmarks.machine import load, machine, versions
from benchmarks.measures import (
    FIELD,
    FULL,
    LIVELY,
    LIVELY_SECONDS,
    QUICK,
    Rates,
    Shared,
    check_agreement,
    memory,
    rates,
    shared,
    word_cost_us,
)
from benchmarks.memory import Memory
from benchmarks.workload import KINDS, Kind


class Target(msgspec.Struct, frozen=True):
    """What is to be reached, and what was."""

    what: str
    at_least: float | None
    below: float | None
    found: float
    reached: bool


class Report(msgspec.Struct, frozen=True):
    """Everything, as it stands in the file."""

    at: datetime
    quick: bool
    machine: dict[str, str | int | float]
    load_before: float
    load_after: float
    versions: dict[str, str]
    rounds: int
    agreed_events: int
    word_cost_us: float
    rates: dict[Kind, Rates]
    shared: dict[Kind, Shared]
    memory: Memory
    targets: list[Target]


def measure(quick: bool, console: Console) -> Report:
    """Return the numbers, told step by step."""
    size = QUICK if quick else FULL
    before = load()
    with console.status("starting") as status:
        tell = status.update
        tell("whether all find the same")
        agreed = check_agreement(LIVELY, 60 if quick else LIVELY_SECONDS)
        cost = word_cost_us(tell)
        of_kind = {kind: rates(FIELD, kind, size, tell) for kind in KINDS}
        of_two = {
            kind: shared(FIELD, kind, seconds, size.shared_rounds, tell)
            for kind, seconds in size.shared_seconds.items()
        }
        held = memory(size.wells_in_memory, tell)
    return Report(
        datetime.now(UTC),
        quick,
        machine(),
        before,
        load(),
        versions(),
        size.rounds,
        agreed,
        cost,
        of_kind,
        of_two,
        held,
        list(targets(of_kind, of_two, held)),
    )


def targets(of_kind: dict[Kind, Rates], of_two: dict[Kind, Shared], held: Memory) -> list[Target]:
    """Return each target with what was found: medians."""
    found = []
    for kind, own in of_kind.items():
        found.append(_at_least(f"this flow / no engine, {KINDS[kind]}", 0.8, own.of_bound["flow"].median))
        found.append(_at_least(f"this flow / stateful_map, {KINDS[kind]}", 6, own.of_stock["flow"].median))
    for kind, two in of_two.items():
        found.append(_at_least(f"two processes / one, {KINDS[kind]}", 1.6, two.ratio.median))
    what = f"memory while judging {held.tags:,} tags [MB]"
    return [*found, Target(what, None, 450, held.judging_mb, held.judging_mb < 450)]


def _at_least(what: str, least: float, found: float) -> Target:
    return Target(what, least, None, found, found >= least)


def show(report: Report, console: Console) -> None:
    """Print the report."""
    cpu = report.machine
    console.print(
        f"{cpu['cpu']}, {cpu['cores']} cores, {cpu['memory_gb']} GB, {cpu['os']}; "
        f"load {report.load_before} before, {report.load_after} after"
    )
    console.print(", ".join(f"{name} {number}" for name, number in report.versions.items()))
    console.print(
        f"All contenders found the same {report.agreed_events} changes of level in a lively stream, and the same in "
        f"every timed run. M/s: million samples a second, median of {report.rounds} rounds, start-up left out. "
        "'no engine' decodes and judges and does nothing else; 'stateful_map' and 'windows' are Bytewax as it comes, "
        "slow, so they get the first part of the messages only.\n"
    )
    for kind, own in report.rates.items():
        console.print(_rates_table(kind, own))
    console.print(_shared_table(report.shared))
    console.print(_memory_table(report.memory))
    console.print(f"To word an alert or a violation takes {report.word_cost_us:.0f} us; 'no engine' words none.\n")
    for target in report.targets:
        asked = f"at least {target.at_least:g}" if target.at_least is not None else f"below {target.below:g}"
        answer = "[green]reached[/]" if target.reached else "[red]NOT REACHED[/]"
        console.print(f"{answer}  {target.what}: {target.found:.3g}, asked {asked}", soft_wrap=True)


def _rates_table(kind: Kind, own: Rates) -> Table:
    table = _table(KINDS[kind], "samples", "M/s", "min..max", "/ no engine", "/ stateful_map")
    for contender, words in CONTENDERS.items():
        rate = own.rate[contender]
        table.add_row(
            words,
            f"{own.samples[contender]:,}",
            *(f"{rate.median:.3g}", f"{rate.min:.2g}..{rate.max:.2g}"),
            *(f"{ratio[contender].median:.3g}" for ratio in (own.of_bound, own.of_stock)),
        )
    return table


def _shared_table(of_two: dict[Kind, Shared]) -> Table:
    table = _table("One process and two, M samples/s", "one", "two", "two / one", "min..max", "without an engine")
    for kind, own in of_two.items():
        table.add_row(
            KINDS[kind],
            *(f"{rate.median:.3g}" for rate in (own.one, own.two, own.ratio)),
            f"{own.ratio.min:.2g}..{own.ratio.max:.2g}",
            f"{own.ratio_without_engine.median:.3g}",
        )
    return table


def _memory_table(held: Memory) -> Table:
    table = _table(f"Memory at {held.tags:,} tags, a constraint each", "MB")
    for part, size in held.parts_mb.items():
        table.add_row(part, f"{size:.0f}")
    table.add_section()
    table.add_row("while judging", f"{held.judging_mb:.0f}")
    table.add_row("while a snapshot is taken", f"{held.with_snapshot_mb:.0f}")
    table.add_row("most at any time", f"{held.peak_mb:.0f}")
    table.caption = (
        f"built in {held.build_s:.0f} s; a snapshot has {held.snapshot_mb:.0f} MB, "
        f"taken in {held.snapshot_s * 1000:.0f} ms, pickled in {held.pickle_s * 1000:.0f} ms"
    )
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right", overflow="fold")
    return table


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and write the file."""
    parser = argparse.ArgumentParser(prog="benchmarks.stream", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a look of some 20 seconds; its numbers mean little")
    parser.add_argument("--json", type=Path, default=Path("bench-stream.json"), help="where the numbers go")
    given = parser.parse_args(arguments)
    console = Console()
    if not console.is_terminal:
        console = Console(width=110)
    report = measure(given.quick, console)
    show(report, console)
    given.json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    console.print(f"Written to {given.json}.")


if __name__ == "__main__":
    main()
