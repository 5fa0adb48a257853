"""The description of a set of samples as people read it. Nothing is cut off: what is too long goes on below."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from connectors.errors import UnknownUnit
from connectors.units import unit as look_up
from rules.rule_set import MICROSECONDS
from welltegra.describe.fault_log import FaultLog
from welltegra.describe.figures import GAP_PERIODS, Clock, Spread, TagDescription
from welltegra.describe.wording import counted, length, number, plain, printable, share, when, yaml_scalar

_HEADINGS = ("tag", "unit", "lowest", "1 %", "median", "99 %", "highest", "zero")
# No name of ours holds one: printable() spells it out.
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
# Where the text beside a label begins.
_LABEL: Final = 15


def show(console: Console, tags: Sequence[TagDescription], faults: FaultLog) -> None:
    """Print what the samples are like, well by well, then what could not be read."""
    for well_id, of_well in groupby(tags, key=lambda tag: tag.well_id):
        _show_well(console, well_id, list(of_well))
    if not tags:
        _heading(console, "No samples.")
    if faults.count:
        _heading(console, f"{counted(faults.count, 'fault')} in {counted(len(faults.by_file), 'file')}")
        for line in faults.lines():
            _item(console, line)
    elif tags:
        _heading(console, "No faults: everything in the files was read.")


def _show_well(console: Console, well_id: str, tags: list[TagDescription]) -> None:
    rows = sum(tag.clock.rows for tag in tags)
    _heading(console, f"Well {printable(well_id)}: {counted(len(tags), 'tag')}, {counted(rows, 'row')}")
    _show_clocks(console, tags)
    _show_values(console, tags)
    _show_quality(console, tags)
    _show_outside(console, tags)
    _show_rules(console, tags)


def _show_clocks(console: Console, tags: list[TagDescription]) -> None:
    clocks: dict[Clock, list[TagDescription]] = {}
    for tag in tags:
        clocks.setdefault(tag.clock, []).append(tag)
    for clock, alike in clocks.items():
        if len(clocks) == 1 and len(tags) > 1:
            _heading(console, "Times, the same for all tags")
        else:
            _heading(console, f"Times of {', '.join(map(_name, alike))}")
        for label, text in _clock_lines(clock, len(alike)):
            _labelled(console, label, text)


def _labelled(console: Console, label: str, text: str) -> None:
    lines = textwrap.wrap(text, max(console.width - _LABEL, 20), break_on_hyphens=False)
    for at, line in enumerate(lines):
        _whole(console, f"  {'' if at else label:<{_LABEL - 2}}{line}")


def _clock_lines(clock: Clock, tags: int) -> Iterable[tuple[str, str]]:
    each, span = " each" if tags > 1 else "", length((clock.last - clock.first) / MICROSECONDS)
    yield "rows", f"{clock.rows:,}{each}, {when(clock.first)} to {when(clock.last)} ({span})"
    if clock.median_step_s is None or clock.gaps is None or clock.steady is None:
        yield "period", "unknown: readings at fewer than two times"
    else:
        for at, period in enumerate(clock.periods):
            shares = f"{share(period.share_of_steps)} of the steps, {share(period.share_of_time)} of the time"
            run = f"{counted(period.longest_run_rows, 'row')} from {when(period.longest_run_from)}"
            yield "" if at else "period", f"{length(period.seconds)}: {shares}; longest run {run}"
        if not clock.periods:
            yield "period", f"irregular: no step is common, {share(clock.steady)} are near the median"
        yield "median step", length(clock.median_step_s)
        gaps = clock.gaps
        long = f"longer than {length(gaps.longer_than_s)} ({GAP_PERIODS} periods)"
        if gaps.longest_s is None or gaps.longest_from is None:
            yield "gaps", f"no step {long}"
        else:
            worst = f"the longest {length(gaps.longest_s)} from {when(gaps.longest_from)}"
            yield "gaps", f"{counted(gaps.count, 'step')} {long}: {length(gaps.total_s)} in all, {worst}"
    yield (
        "repeats",
        f"{counted(clock.repeated, 'reading')} at a time that had been before" if clock.repeated else "none",
    )
    yield (
        "order",
        f"{counted(clock.earlier, 'reading')} earlier than one before" if clock.earlier else "times never go back",
    )


def _show_values(console: Console, tags: list[TagDescription]) -> None:
    moving = [(tag, tag.spread) for tag in tags if tag.spread is not None and not tag.is_constant]
    if moving:
        _heading(console, "Readings")
        table = _values_table([_cells(tag, spread) for tag, spread in moving])
        if console.measure(table).maximum + 2 <= console.width:
            console.print(Padding(table, (0, 0, 0, 2), expand=False))
        else:
            for tag, spread in moving:
                _item(console, _name(tag))
                cells = _cells(tag, spread)[2:]
                _item(console, ", ".join(f"{head} {cell}" for head, cell in zip(_HEADINGS[2:], cells, strict=True)), 4)
    constant: dict[float, list[TagDescription]] = {}
    for tag in tags:
        if tag.is_constant and tag.spread is not None:
            constant.setdefault(tag.spread.lowest, []).append(tag)
    if constant:
        _heading(console, "Constant: every reading is the same. A dead or unused channel?")
        for value, alike in constant.items():
            _item(console, f"{number(value)}: {', '.join(map(_name, alike))}")


def _values_table(rows: list[tuple[str, ...]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False)
    for at, heading in enumerate(_HEADINGS):
        table.add_column(Text(heading), justify="left" if at < 2 else "right", no_wrap=True, header_style="dim")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _cells(tag: TagDescription, spread: Spread) -> tuple[str, ...]:
    numbers = (spread.lowest, spread.p1, spread.median, spread.p99, spread.highest)
    return (printable(tag.tag), _unit(tag), *map(number, numbers), share(spread.zeros / tag.readings))


def _show_quality(console: Console, tags: list[TagDescription]) -> None:
    lines = []
    for tag in tags:
        counts = [
            (tag.bad, "bad"),
            (tag.without_reading, "without a reading"),
            (tag.uncertain, "uncertain"),
            (tag.repeated_otherwise, "at a time that had been before, with another value"),
        ]
        said = [f"{count:,} {what}" for count, what in counts if count]
        if said:
            lines.append(f"{_name(tag)}: {', '.join(said)}; of {counted(tag.clock.rows, 'row')}")
    if lines:
        _heading(console, "Rows to know about")
        for line in lines:
            _item(console, line)
    else:
        _heading(console, "Every row has a reading; none is bad or uncertain, none contradicts another of its time.")


def _show_outside(console: Console, tags: list[TagDescription]) -> None:
    if not any(tag.outside for tag in tags):
        return
    _heading(console, "Far outside the rest. They are read and judged; with a range in the rule file they are suspect.")
    for tag in tags:
        if tag.outside is not None:
            far, unit = tag.outside, _unit(tag)
            one = far.count == 1
            _item(
                console,
                f"{_name(tag)}: {counted(far.count, 'reading')}, {'' if one else 'the furthest '}"
                f"{number(far.furthest)} {unit} at {when(far.furthest_at)};"
                f" the rest lies from {number(far.rest_low)} to {number(far.rest_high)}",
            )


def _show_rules(console: Console, tags: list[TagDescription]) -> None:
    lines: dict[str, str] = {}
    notes = []
    for tag in tags:
        if tag.is_constant or tag.spread is None:
            continue
        fault = unit_fault(tag)
        if tag.tag in lines:
            notes.append(
                f"{_name(tag)}: the tag comes in {tag.unit!r} too; declare one unit. What comes in another of its kind "
                "is converted, what comes in one of another kind is not judged."
            )
        elif fault is not None:
            notes.append(f"{_name(tag)}: {fault}")
        else:
            lines[tag.tag] = f"  {suggestion(tag)}" + ("   # give its range" if tag.outside is not None else "")
    if lines:
        _heading(console, "For the rule file: take the tags to watch")
        for line in [f"well: {yaml_scalar(tags[0].well_id)}", "tags:", *lines.values()]:
            _whole(console, line)
    mixed = {length(tag.clock.periods[-1].seconds) for tag in tags if len(tag.clock.periods) > 1}
    if mixed:
        others = ", ".join(sorted(mixed))
        notes.insert(0, f"Some readings come every {others} too; with that period, each longer step would be an alert.")
    if notes and lines:
        console.print()
    for note in notes:
        _item(console, note)


def suggestion(tag: TagDescription) -> str:
    """Return the tag's line for a rule file. What it leaves out, the rule file has a default for."""
    assert tag.unit is not None, "ask unit_fault first"
    period = "" if tag.clock.period_s is None else f", period: {plain(min(max(tag.clock.period_s, 0.001), 86_400))}"
    return f"{yaml_scalar(tag.tag)}: {{unit: {yaml_scalar(tag.unit)}{period}}}"


def unit_fault(tag: TagDescription) -> str | None:
    """Return why a tag's unit cannot stand in a rule file; None if it can."""
    if tag.unit is None:
        return "the samples state no unit; the rule file must, and it is then taken for these."
    try:
        look_up(tag.unit)
    except UnknownUnit as error:
        return str(error)
    return None


def _unit(tag: TagDescription) -> str:
    return "-" if tag.unit is None else printable(tag.unit)


def _name(tag: TagDescription) -> str:
    return f"{printable(tag.tag)}{_NO_BREAK}[{_unit(tag)}]"


def _heading(console: Console, text: str) -> None:
    console.print()
    _item(console, text, indent=0, style="bold")


def _item(console: Console, text: str, indent: int = 2, style: str = "") -> None:
    """Print text over as many lines as it needs; a word is broken only where it is longer than a line."""
    width = max(console.width - indent, 20)
    for line in textwrap.wrap(text, width, break_on_hyphens=False, subsequent_indent="  " if indent else ""):
        _whole(console, " " * indent + line, style)


def _whole(console: Console, line: str, style: str = "") -> None:
    """Print a line in one piece, as it must be to be copied."""
    console.print(Text(line.replace(_NO_BREAK, " "), style=style), soft_wrap=True)
