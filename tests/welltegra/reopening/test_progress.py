from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from rich.console import Console

from welltegra.reopening.progress import Tally, shown


def test_that_wells_are_counted_whoever_adds_them(tmp_path: Path) -> None:
    tallies = [Tally(tmp_path / "tally") for _ in range(4)]
    with ThreadPoolExecutor(4) as adders:
        list(adders.map(lambda tally: [tally.add(3) for _ in range(50)], tallies))
    assert [tally.done for tally in tallies] == [600] * 4
    assert Tally(tmp_path / "tally").done == 600  # who comes later finds what is there


def test_that_a_terminal_shows_how_far_it_is_and_what_it_does() -> None:
    screen = Console(file=io.StringIO(), force_terminal=True, width=100)
    with shown(screen, "reading 8 wells", 8, lambda: 8):
        pass
    text = screen.file.getvalue()  # type: ignore[attr-defined]  # it is the one above
    assert "reading 8 wells" in text
    assert "\x1b[2K" in text  # and leaves nothing of it behind


def test_that_a_pipe_is_told_nothing() -> None:
    pipe = Console(file=io.StringIO(), width=100)
    with shown(pipe, "reading", 8, lambda: pytest.fail("nobody needs to know")):
        pass
    assert pipe.file.getvalue() == ""  # type: ignore[attr-defined]  # it is the one above


def test_that_an_error_inside_comes_out_and_the_bar_ends() -> None:
    screen = Console(file=io.StringIO(), force_terminal=True, width=100)
    with pytest.raises(KeyError), shown(screen, "reading", 8, lambda: 1):
        raise KeyError
    with shown(screen, "again", 8, lambda: 1):  # a display that still ran would refuse a second
        pass
