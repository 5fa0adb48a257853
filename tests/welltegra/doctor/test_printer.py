"""Results as people and programs get them."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from welltegra.doctor.printer import as_json, show, summary
from welltegra.doctor.result import Result, State

RESULTS = [
    Result("python", State.OK, "3.11.7."),
    Result("topics", State.WRONG, "topic well.samples.v1: must be there; was not.", "Run welltegra topics create."),
    Result("topics", State.WRONG, f"topic {'long.' * 30}: must be there; was not.", "Run welltegra topics create."),
    Result("recovery folder", State.WARNING, "the disk must not be nearly full.", "Free some."),
    Result("opc ua", State.NOT_ASKED, "no endpoint is set."),
]


def shown(width: int, terminal: bool, results: list[Result] = RESULTS) -> str:
    file = io.StringIO()
    on = Console(
        file=file,
        width=width,
        force_terminal=terminal,
        highlight=False,
        markup=False,
        emoji=False,
        no_color=not terminal,
    )
    show(results, on)
    return file.getvalue()


def test_that_in_a_pipe_each_result_is_a_line_without_colour() -> None:
    lines = shown(80, terminal=False).splitlines()
    assert len(lines) == len(RESULTS) + 1
    assert lines[1] == (
        "WRONG      topics           topic well.samples.v1: must be there; was not. Run welltegra topics create."
    )
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize("width", [60, 80, 160])
def test_that_on_a_terminal_no_line_is_wider_than_it(width: int) -> None:
    file = io.StringIO()
    on = Console(file=file, width=width, force_terminal=True, color_system=None, highlight=False, markup=False)
    show(RESULTS, on)
    lines = file.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert [line.split()[0] for line in lines if line[:1].isalpha()] == ["ok", "WRONG", "WRONG", "WARNING", "not"]
    assert "long." * 5 in "".join(line.strip() for line in lines)


def test_that_what_a_terminal_would_obey_is_not_printed() -> None:
    said = shown(80, terminal=False, results=[Result("kafka", State.OK, "a\x1b[2Jb\nc")])
    assert "\x1b" not in said
    assert len(said.splitlines()) == 2


def test_that_json_has_every_result_and_whether_all_is_well() -> None:
    told = json.loads(as_json(RESULTS))
    assert told["ok"] is False
    assert told["results"][3] == {
        "name": "recovery folder",
        "state": "warning",
        "found": "the disk must not be nearly full.",
        "remedy": "Free some.",
    }
    assert json.loads(as_json([RESULTS[0], *RESULTS[3:]]))["ok"] is True


def test_that_results_are_counted() -> None:
    assert summary(RESULTS) == "2 wrong, 1 warning, 1 ok, 1 not asked."
