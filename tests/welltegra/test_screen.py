from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from rules.rule_set import Constraint, RuleSet, Tag
from schemas.alert import Alert
from tests.welltegra.samples import START_US, alert
from welltegra.screen import AlertLines, Screen, console, console_for, moment, say


def rule_set(well_id: str, *constraint_ids: str) -> RuleSet:
    constraints = tuple(Constraint(each, "pump_rate", "spm", high=120.0) for each in constraint_ids)
    return RuleSet(well_id, 1, (Tag("pump_rate", "spm", 0.0, 300.0),), constraints)


ONE = [rule_set("W-1", "pump-rate", "standpipe-pressure")]


def lines_of(*alerts: Alert, rules: list[RuleSet] = ONE) -> list[str]:
    lines = AlertLines(rules)
    return [line.plain.rstrip() for each in alerts for line in lines(each)]


@pytest.mark.parametrize(
    ("transition", "changed", "word", "said"),
    [
        ("raised", {}, "YELLOW", "    110 spm   91.66 % of 120"),
        ("raised", {"level": "red", "percent_of_limit": 100.41}, "RED", "    110 spm  100.41 % of 120"),
        ("escalated", {"suspect": True}, "RED", "    110 spm   91.66 % of 120  suspect"),
        ("deescalated", {"quality": "uncertain"}, "YELLOW", "    110 spm   91.66 % of 120  was RED  uncertain"),
        ("cleared", {}, "CLEARED", "    110 spm   91.66 % of 120"),
        ("late_breach", {"level": "normal"}, "LATE RED", "    110 spm   91.66 % of 120"),
        ("monitoring_lost", {"level": "normal"}, "LOST", "no reading; last 110 spm"),
        ("monitoring_lost", {"level": "red"}, "LOST", "no reading; stays RED; last 110 spm"),
        ("monitoring_lost", {"level": "normal", "cause": "transport"}, "LOST", "no delivery; last 110 spm"),
        ("monitoring_lost", {"level": "normal", "value": None}, "LOST", "no reading since the start"),
        ("monitoring_restored", {"value": 12.5}, "RESTORED", "   12.5 spm   91.66 % of 120"),
        ("clock_skew", {}, "CLOCK", "clock ahead: judged as of its arrival"),
        ("clock_reset", {}, "CLOCK", "clock set back: goes on from here"),
        ("raised", {"value": 1e11, "percent_of_limit": 8.3333e10}, "YELLOW", "   1e11 spm  8.3e10 % of 120"),
    ],
)
def test_that_an_alert_is_a_line_of_columns_with_the_level_in_words(
    transition: str, changed: dict[str, Any], word: str, said: str
) -> None:
    line = f"00:00:03  {word:<8}  pump-rate           {said}"
    assert lines_of(alert(transition, 3, **changed)) == ["2026-01-01 UTC", line]


def test_that_no_line_is_wider_than_an_ordinary_terminal() -> None:
    fields = {"constraint_id": "standpipe-pressure", "unit": "psi", "value": 4_866.0, "limit": 10_000.0}
    for transition in ("raised", "escalated", "cleared", "late_breach", "monitoring_lost", "clock_skew", "clock_reset"):
        assert max(map(len, lines_of(alert(transition, 3, **fields)))) <= 80


def test_that_the_date_stands_before_the_first_alert_of_a_day() -> None:
    days = [line for line in lines_of(*(alert("raised", second) for second in (1, 2, 86_401))) if "UTC" in line]
    assert days == ["2026-01-01 UTC", "2026-01-02 UTC"]


def test_that_the_well_is_named_where_there_are_several() -> None:
    lines = lines_of(alert("raised", 3), rules=[rule_set("W-1", "pump-rate"), rule_set("15/9-F-7", "pump-rate")])
    assert lines[1].startswith("00:00:03  YELLOW    W-1       pump-rate ")


def test_that_names_cannot_give_orders_to_the_terminal() -> None:
    (_, line) = lines_of(alert("raised", 3, constraint_id="pump\x1b[2J"))
    assert "\x1b" not in line


# On a terminal


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def terminal(width: int = 80, **more: Any) -> tuple[Console, Terminal]:
    file = Terminal()
    kind = {"TERM": "xterm", "COLUMNS": str(width)}
    return Console(file=file, width=width, _environ=kind | more, highlight=False, markup=False), file


def test_that_the_bar_tells_share_samples_and_time() -> None:
    on, file = terminal()
    screen = Screen(on, ONE, size=1000)
    with screen.shown():
        screen.bytes_read(500)
        screen.rows_read(100)
        screen.progress(50, START_US + 61_000_000)
        screen._progress.refresh()
    assert " 25 % 50 samples 2026-01-01 00:01:01Z" in file.getvalue()
    assert "100 % 50 samples 2026-01-01 00:01:01Z" in file.getvalue()


def test_that_the_bar_never_goes_back_nor_beyond_its_end() -> None:
    on, _ = terminal()
    screen = Screen(on, ONE, size=1, share=lambda rows, _arrival: rows / 10)
    shares = []
    for rows in (5, 3, 20):
        screen.progress(rows, START_US)
        shares.append(screen._progress.tasks[0].completed)
    assert shares == [0.5, 0.5, 1.0]


def test_that_alerts_stand_above_the_bar() -> None:
    on, file = terminal()
    screen = Screen(on, ONE, size=1)
    with screen.shown():
        screen.alert(alert("raised", 3))
    assert file.getvalue().index("YELLOW") < file.getvalue().rindex("samples")


@pytest.mark.parametrize("kind", [{"TERM": "dumb"}, {}])
def test_that_without_a_terminal_that_can_move_there_is_no_bar(kind: dict[str, str]) -> None:
    file: io.StringIO = Terminal() if kind else io.StringIO()
    screen = Screen(Console(file=file, width=80, _environ=kind), ONE, size=1)
    with screen.shown():
        screen.progress(1, START_US)
        screen.alert(alert("raised", 3))
    assert file.getvalue().split("\n")[0] == "2026-01-01 UTC"
    assert "samples" not in file.getvalue()
    assert "\x1b[" not in file.getvalue()


def test_that_sentences_are_broken_between_words_on_a_terminal_and_nowhere_in_a_pipe() -> None:
    sentence = " ".join(["word"] * 30)
    on, file = terminal(40)
    say(on, sentence)
    assert all(set(line.split()) == {"word"} for line in file.getvalue().splitlines())
    pipe = io.StringIO()
    say(Console(file=pipe, width=40), sentence)
    assert pipe.getvalue() == sentence + "\n"


def test_that_a_reader_that_has_gone_is_told_to_whoever_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stdout", Gone())
    with pytest.raises(BrokenPipeError):
        console().print("anyone there?")


def test_that_standard_output_may_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    console().print("nobody reads this")


def test_that_what_is_said_aside_goes_to_standard_error_and_leaves_nothing_open(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def opened() -> int:
        # Of this file alone: threads that tests before have left may open and close others.
        there, found = os.fstat(2), 0
        for link in Path("/proc/self/fd").iterdir():
            with suppress(OSError):  # closed meanwhile
                found += os.path.samestat(os.fstat(int(link.name)), there)
        return found

    before = opened()
    with console_for(aside=True) as out:
        assert opened() == before + 1
        out.print("said aside")
    assert opened() == before
    with console_for(aside=False) as out:
        out.print("said")
    assert capfd.readouterr() == ("said\n", "said aside\n")
    assert not sys.stdout.closed


def test_that_a_moment_is_cut_to_the_second() -> None:
    assert moment(START_US + 1_999_999) == "2026-01-01 00:00:01Z"
