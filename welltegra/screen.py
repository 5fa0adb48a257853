"""The terminal while a flow runs: how far it is, and alerts as they come."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from rules.rule_set import RuleSet
from schemas.alert import Alert
from schemas.times import to_datetime
from welltegra.describe.wording import number, printable

LEVEL_STYLES = {"red": "bold red", "yellow": "bold yellow", "normal": "green"}
_SYSTEM = "cyan"
_PIPE_WIDTH = 120
_WIDEST_NAME = 30


class _Console(Console):
    def on_broken_pipe(self) -> None:
        # Rich would exit, out of the midst of the engine; the command line knows what to do with the error itself.
        raise  # noqa: PLE0704  # rich calls it while it handles the error


def console() -> Console:
    """Return the console on standard output: plain text in a pipe, never colour alone."""
    return _on(sys.stdout)


@contextmanager
def console_for(*, aside: bool) -> Iterator[Console]:
    """Yield the console on standard output; aside: on standard error, because standard output is for the records."""
    if not aside:
        yield console()
        return
    # A descriptor of its own: the engine's number 2 is held back while it runs.
    with os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="backslashreplace") as file:
        yield _on(file)


def _on(file: TextIO | None) -> Console:
    is_terminal = file is not None and file.isatty()
    width = None if is_terminal or "COLUMNS" in os.environ else _PIPE_WIDTH
    return _Console(file=file, highlight=False, markup=False, emoji=False, width=width)


def say(console: Console, *sentences: str) -> None:
    """Print sentences, each on a line: broken between words on a terminal, whole in a pipe."""
    for sentence in sentences:
        console.print(sentence, soft_wrap=not console.is_terminal)


def moment(time_us: int) -> str:
    """Return a time [us since epoch], UTC, cut to the second."""
    return f"{to_datetime(time_us):%Y-%m-%d %H:%M:%S}Z"


class AlertLines:
    """Alerts as lines of columns, one line each; a line with the date goes before the first of each day.

    rule_sets: whose alerts they are. The well is named only where there are several.
    """

    def __init__(self, rule_sets: Sequence[RuleSet]) -> None:
        ids = [len(printable(constraint.id)) for rules in rule_sets for constraint in rules.constraints]
        wells = [len(printable(rules.well_id)) for rules in rule_sets]
        self._id_width = min(max(ids, default=0), _WIDEST_NAME)
        self._well_width = min(max(wells), _WIDEST_NAME) if len(wells) > 1 else 0
        self._day = ""

    def __call__(self, alert: Alert) -> list[Text]:
        """Return the lines for an alert."""
        lines = []
        day = f"{alert.time:%Y-%m-%d} UTC"
        if day != self._day:
            lines.append(Text(day, "dim"))
            self._day = day
        word, style = _word(alert)
        well = f"{printable(alert.well_id):<{self._well_width}}  " if self._well_width else ""
        lines.append(
            Text.assemble(
                (f"{alert.time:%H:%M:%S}  ", "dim"),
                (f"{word:<8}", style),
                f"  {well}{printable(alert.constraint_id):<{self._id_width}}  {_what(alert)}",
            )
        )
        return lines


def _word(alert: Alert) -> tuple[str, str]:
    """Return what happened in a word or two, and how it is coloured."""
    match alert.transition:
        case "late_breach":
            return "LATE RED", LEVEL_STYLES["red"]
        case "monitoring_lost":
            return "LOST", _SYSTEM
        case "monitoring_restored":
            return "RESTORED", _SYSTEM
        case "clock_skew" | "clock_reset":
            return "CLOCK", _SYSTEM
        case "limit_changed":
            return "LIMIT", _SYSTEM
        case "cleared":
            return "CLEARED", LEVEL_STYLES["normal"]
        case _:
            return alert.level.upper(), LEVEL_STYLES[alert.level]


def _what(alert: Alert) -> str:
    match alert.transition:
        case "monitoring_lost":
            how = "no delivery" if alert.cause == "transport" else "no reading"
            stays = "" if alert.level == "normal" else f"; stays {alert.level.upper()}"
            return f"{how}{stays}; last {_value(alert)}" if alert.value is not None else f"{how} since the start"
        case "clock_skew":
            return "clock ahead: judged as of its arrival"
        case "clock_reset":
            return "clock set back: goes on from here"
        case "limit_changed":
            return f"new rules, version {alert.rule_version}: limit {number(alert.limit)} {printable(alert.unit)}"
        case _:
            doubt = "  suspect" if alert.suspect else "  uncertain" if alert.quality == "uncertain" else ""
            # A fall from red must not read like a rise to yellow.
            back = "  was RED" if alert.transition == "deescalated" else ""
            return f"{_value(alert):>11}{_share(alert)}{back}{doubt}"


def _value(alert: Alert) -> str:
    return "no reading" if alert.value is None else f"{number(alert.value)} {printable(alert.unit)}"


def _share(alert: Alert) -> str:
    percent = alert.percent_of_limit
    if percent is None:
        return ""
    # Two decimals, as in the record, which never lets yellow read 100.
    said = f"{percent:.2f}" if abs(percent) < 10_000 else number(float(f"{percent:.2g}"))
    return f"  {said:>6} % of {number(alert.limit)}"


class Screen:
    """A progress bar at the foot of the terminal, and lines above it; without a terminal, the lines alone.

    size: of all the files to read [bytes]. share: how much of the work is done, in [0, 1], by the samples delivered
    and the arrival of the last [us since epoch]; without it, as much as the files that have been read are of all.
    """

    def __init__(
        self,
        on: Console,
        rule_sets: Sequence[RuleSet],
        size: int,
        share: Callable[[int, int], float] | None = None,
    ) -> None:
        self._console = on
        self._lines = AlertLines(rule_sets)
        self._size = size
        self._share = share or self._share_of_files
        self._bytes = 0
        self._rows_read = 0
        self._progress = Progress(
            BarColumn(bar_width=20, complete_style="blue", finished_style="blue"),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[rows]:,} samples"),
            TextColumn("{task.fields[at]}"),
            TimeElapsedColumn(),
            console=on,
            disable=not on.is_interactive,
        )
        self._task = self._progress.add_task("", total=1.0, rows=0, at="")

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show it for the duration."""
        with self._progress:
            yield
            self._progress.update(self._task, completed=1.0)

    def bytes_read(self, size: int) -> None:
        """Say that a piece of so many bytes was read."""
        self._bytes += size

    def rows_read(self, rows: int) -> None:
        """Say that so many samples were read out of what was read of the files."""
        self._rows_read += rows

    def progress(self, rows: int, arrival: int) -> None:
        """Say that so many samples have been delivered, the last arriving then [us since epoch]."""
        done = max(self._share(rows, arrival), self._progress.tasks[0].completed)
        self._progress.update(self._task, completed=min(done, 1.0), rows=rows, at=moment(arrival))

    def _share_of_files(self, rows: int, _arrival: int) -> float:
        # A file is read far ahead of what is delivered of it.
        read = self._bytes / self._size if self._size else 1.0
        return read * rows / max(self._rows_read, rows, 1)

    def alert(self, alert: Alert) -> None:
        """Print an alert above the bar."""
        for line in self._lines(alert):
            self._console.print(line, soft_wrap=True)
