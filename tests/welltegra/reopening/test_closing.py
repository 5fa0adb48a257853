from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from rich.console import Console

from welltegra.reopening.closing import CLASS_WORDS, show_discovered, show_ranked
from welltegra.reopening.job import Discovered, Ranked

RUN = UUID(int=1)


def target(rank: int, letter: str, total: float, **other: object) -> dict[str, object]:
    row = {"target_rank": rank, "well_id": f"W-{rank}", "event_no": 1, "zone": "Upper Sand", "classification": letter}
    return {**row, "total_score": total, "total_potential": 0.9, "recommended_action": "Look again.", **other}


RANKED = Ranked(
    run_id=RUN,
    new=True,
    counts={"A": 1, "C": 1},
    head=(target(1, "A", 0.774), target(2, "C", 0.0, zone=None, recommended_action=None)),
    gaps=3,
    gaps_opened=3,
    gaps_resolved=1,
    barren=0,
    stated=0,
    remarks=(),
    published=None,
)


def shown(ranked: Ranked, own: Path | None = None) -> list[str]:
    console = Console(file=io.StringIO(), width=120, highlight=False, markup=False, emoji=False)
    show_ranked(console, "kern", ranked, own)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]  # the StringIO it was made on


def test_that_a_target_is_a_line_with_its_class_in_words() -> None:
    lines = shown(RANKED)
    first, second = (next(line for line in lines if f" W-{rank} " in line) for rank in (1, 2))
    assert first.split("  ", 1)[0].strip() or first
    assert [cell for cell in first.split("   ") if cell.strip()][-1].strip() == "Look again."
    assert "A  reopen" in first
    assert "0.77" in first
    assert "C  blocked by missing data" in second
    assert "0.00" in second  # a score of zero is one
    assert second.endswith("none")
    assert lines[-2:] == [
        "kern: 2 targets ranked: 1 A, 1 C; 3 gaps.",
        f"Run {RUN} is the current one: 3 gaps opened, 1 resolved since the one before.",
    ]


def test_that_every_class_has_a_word() -> None:
    assert set(CLASS_WORDS) == set("ABCDQ")


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"new": False}, f"Run {RUN} had ranked the same inputs by the same profile and code: nothing was added."),
        ({"barren": 1}, "In 1 well the logs were read and hold no pay."),
        ({"counts": {"A": 40}}, "The first 2 are shown."),
        ({"counts": {}, "head": ()}, "kern: 0 targets ranked: none; 3 gaps."),
        ({"stated": 2}, "2 inputs are stated by people."),
        ({"published": 0}, "Published in 0 messages."),
        ({"remarks": tuple(f"remark {n}" for n in range(12))}, "... and 2 remarks more of this kind."),
    ],
)
def test_that_the_last_lines_say_what_came_of_it(changed: dict[str, object], line: str) -> None:
    assert line in shown(replace(RANKED, **changed))  # type: ignore[arg-type]  # fields of it
    assert line not in shown(RANKED)


def test_that_a_database_of_ours_is_named_with_how_to_look_at_it() -> None:
    line = "It is kept in welltegra-reopening; to work with it in a browser: welltegra serve"
    assert shown(RANKED, Path("welltegra-reopening"))[-1] == line
    assert line not in shown(RANKED)


def test_that_a_name_cannot_draw_on_the_terminal() -> None:
    lines = shown(replace(RANKED, head=(target(1, "A", 0.5, well_id="\x1b[31mW-1", zone="[bold]x"),)))
    assert not any("\x1b" in line for line in lines)
    assert any("[bold]x" in line for line in lines)


def test_that_what_is_not_known_of_a_candidate_is_a_dash() -> None:
    row: dict[str, object] = dict.fromkeys(("zone", "base_md_m", "net_pay_m", "phie", "completion_status"))
    row |= {"well_id": "W-1", "top_md_m": 1000.0, "sw": 0.0, "recommended_action": "Look."}
    console = Console(file=io.StringIO(), width=120)
    found = Discovered(RUN, candidates=1, wells=1, head=(row,), barren=0, remarks=(), published=None)
    show_discovered(console, "kern", found)
    text = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO it was made on
    [line] = [line for line in text.splitlines() if "W-1" in line]
    assert line.split() == ["W-1", "-", "1000.0", "-", "-", "-", "0.000", "unknown", "Look."]
    assert "kern: 1 candidate in 1 well, by hydrocarbon pore thickness." in text
