"""Where a benchmark says how far it is, and how it says what was asked and what was reached."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

from rich.console import Console

Tell = Callable[[str], None]


@contextmanager
def telling() -> Iterator[Tell]:
    """Yield what takes a line on how far it is: to standard error, so that the tables can go to a file."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda line: print(line, file=sys.stderr, flush=True)
        return
    with console.status("starting") as status:
        yield status.update


class Measured(Protocol):
    """What every report says of when and on what it was made."""

    @property
    def at(self) -> datetime: ...
    @property
    def machine(self) -> Mapping[str, str | int | float]: ...
    @property
    def load_before(self) -> float: ...
    @property
    def load_after(self) -> float: ...
    @property
    def versions(self) -> Mapping[str, str]: ...


def made_on(report: Measured) -> str:
    """Return when and on what a report was made, as its first paragraph."""
    cpu = report.machine
    return (
        f"{report.at:%Y-%m-%d}, {cpu['cpu']}, {cpu['cores']} cores, {cpu['memory_gb']} GB, {cpu['os']}; load"
        f" {report.load_before} before, {report.load_after} after."
        f" {', '.join(f'{name} {number}' for name, number in report.versions.items())}."
    )


def reached_line(what: str, asked: str, found: float | None, reached: bool) -> str:
    """Return whether what was asked was reached, as a line of a list. found: None where nothing was measured."""
    answer = "reached" if reached else "**not reached**"
    said = "nothing" if found is None else f"{found:.3g}"
    return f"- {answer}: {what}: {said}, asked {asked}"
