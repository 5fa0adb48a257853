"""The closing tables of the batch commands: what was ranked or found, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from welltegra.describe.wording import counted, printable
from welltegra.reopening.job import Discovered, Ranked
from welltegra.screen import say

CLASS_WORDS: Final = {
    "A": "reopen",
    "B": "worth a review",
    "C": "blocked by missing data",
    "D": "depleted or weak",
    "Q": "quarantined",
}
CLASS_STYLES: Final = {"A": "bold green", "B": "green", "C": "yellow", "D": "dim", "Q": "bold red"}
_REMARKS_SHOWN: Final = 10
_UNKNOWN: Final = "-"


def show_ranked(console: Console, project_id: str, ranked: Ranked, own: Path | None = None) -> None:
    """Print the first targets by rank, the classes, and what came of the run. own: of our own database, its folder."""
    table = _table(
        "rank", "well", "zone", "class", "total", "potential", "action", numbers={"rank", "total", "potential"}
    )
    for row in ranked.head:
        letter = str(row["classification"])
        table.add_row(
            str(row["target_rank"]),
            printable(str(row["well_id"])),
            _name(row["zone"]),
            f"{letter}  {CLASS_WORDS[letter]}",
            f"{row['total_score']:.2f}",
            f"{row['total_potential']:.2f}",
            str(row["recommended_action"] or "none"),
            style=CLASS_STYLES[letter],
        )
    console.print(table)
    _say_remarks(console, ranked.remarks)
    say(console, *_of_ranking(project_id, ranked))
    if own is not None:
        say(console, f"It is kept in {own}; to work with it in a browser: welltegra serve")


def show_discovered(console: Console, project_id: str, found: Discovered) -> None:
    """Print the candidates with most hydrocarbon, and what came of the search."""
    numbers = {"top MD [m]", "base [m]", "net [m]", "phie", "Sw"}
    table = _table(
        "well", "zone", "top MD [m]", "base [m]", "net [m]", "phie", "Sw", "completion", "action", numbers=numbers
    )
    for row in found.head:
        table.add_row(
            printable(str(row["well_id"])),
            _name(row["zone"]),
            _number(row["top_md_m"], 1),
            _number(row["base_md_m"], 1),
            _number(row["net_pay_m"], 1),
            _number(row["phie"], 3),
            _number(row["sw"], 3),
            str(row["completion_status"] or "unknown").replace("_", " "),
            str(row["recommended_action"] or "none"),
        )
    console.print(table)
    _say_remarks(console, found.remarks)
    what = f"{counted(found.candidates, 'candidate')} in {counted(found.wells, 'well')}"
    lines = [f"{project_id}: {what}, by hydrocarbon pore thickness."]
    lines += _shown(found.candidates, len(found.head))
    lines += _barren(found.barren)
    lines.append(f"Discovery {found.discovery_id} is in the database.")
    say(console, *lines, *_published(found.published))


def _of_ranking(project_id: str, ranked: Ranked) -> Iterator[str]:
    total = sum(ranked.counts.values())
    classes = ", ".join(f"{count} {letter}" for letter, count in ranked.counts.items()) or "none"
    yield f"{project_id}: {counted(total, 'target')} ranked: {classes}; {counted(ranked.gaps, 'gap')}."
    yield from _shown(total, len(ranked.head))
    yield from _barren(ranked.barren)
    if ranked.stated:
        yield f"{counted(ranked.stated, 'input is', 'inputs are')} stated by people."
    if ranked.new:
        yield (
            f"Run {ranked.run_id} is the current one: {counted(ranked.gaps_opened, 'gap')} opened,"
            f" {ranked.gaps_resolved} resolved since the one before."
        )
    else:
        yield f"Run {ranked.run_id} had ranked the same inputs by the same profile and code: nothing was added."
        if ranked.gaps_opened or ranked.gaps_resolved:
            opened = counted(ranked.gaps_opened, "gap")
            yield f"It is the current one again: {opened} opened, {ranked.gaps_resolved} resolved."
    yield from _published(ranked.published)


def _say_remarks(console: Console, remarks: Sequence[str]) -> None:
    say(console, *remarks[:_REMARKS_SHOWN])
    if len(remarks) > _REMARKS_SHOWN:
        say(console, f"... and {counted(len(remarks) - _REMARKS_SHOWN, 'remark')} more of this kind.")


def _shown(total: int, shown: int) -> list[str]:
    return [f"The first {shown} are shown."] if total > shown else []


def _barren(wells: int) -> list[str]:
    return [f"In {counted(wells, 'well')} the logs were read and hold no pay."] if wells else []


def _published(messages: int | None) -> list[str]:
    return [] if messages is None else [f"Published in {counted(messages, 'message')}."]


def _table(*headings: str, numbers: set[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        right = heading in numbers
        table.add_column(heading, justify="right" if right else "left", no_wrap=right, overflow="fold")
    return table


def _name(value: object) -> str:
    return _UNKNOWN if value is None else printable(str(value))


def _number(value: object, decimals: int) -> str:
    return f"{value:.{decimals}f}" if isinstance(value, float) else _UNKNOWN
