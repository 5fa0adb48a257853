"""Results for people, a line each in a pipe and wrapped on a terminal, and for programs as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from welltegra.describe.wording import counted, printable
from welltegra.doctor.result import Result, State

# Never colour alone: what is wrong is also written large.
_WORDS: Final = {State.OK: "ok", State.WARNING: "WARNING", State.WRONG: "WRONG", State.NOT_ASKED: "not asked"}
_STYLES: Final = {State.OK: "green", State.WARNING: "bold yellow", State.WRONG: "bold red", State.NOT_ASKED: "dim"}


def show(results: Sequence[Result], on: Console) -> None:
    """Print the results in their order, and how many there are of each kind."""
    for each in _table(results) if on.is_terminal else _lines(results):
        on.print(each, soft_wrap=not on.is_terminal)
    on.print(summary(results), soft_wrap=not on.is_terminal)


def summary(results: Sequence[Result]) -> str:
    """Return how many results there are of each kind."""
    count = Counter(result.state for result in results)
    parts = [f"{count[State.WRONG]} wrong", counted(count[State.WARNING], "warning"), f"{count[State.OK]} ok"]
    return ", ".join([*parts, f"{count[State.NOT_ASKED]} not asked"]) + "."


def as_json(results: Sequence[Result]) -> str:
    """Return the results as JSON: whether nothing is wrong, and each with name, state, found and remedy."""
    rows = [
        {"name": each.name, "state": str(each.state), "found": each.found, "remedy": each.remedy} for each in results
    ]
    is_well = all(each.state is not State.WRONG for each in results)
    return json.dumps({"ok": is_well, "results": rows}, ensure_ascii=False, indent=2)


def _safe(sentences: str) -> str:
    """Return sentences in a line, without what a terminal would obey."""
    return printable(" ".join(sentences.split()))


def _table(results: Sequence[Result]) -> Iterator[RenderableType]:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    before = ""
    for each in results:
        text = Text(_safe(each.found), "dim" if each.state is State.NOT_ASKED else "")
        if each.remedy:
            text.append(f"\n{_safe(each.remedy)}", "dim" if each.state is State.NOT_ASKED else "italic")
        table.add_row(Text(_WORDS[each.state], _STYLES[each.state]), each.name if each.name != before else "", text)
        before = each.name
    yield table


def _lines(results: Sequence[Result]) -> Iterator[RenderableType]:
    names = max((len(each.name) for each in results), default=0)
    words = max(map(len, _WORDS.values()))
    for each in results:
        sentences = _safe(f"{each.found} {each.remedy}".rstrip())
        yield Text(f"{_WORDS[each.state]:<{words}}  {each.name:<{names}}  {sentences}")
