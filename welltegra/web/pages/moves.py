"""Who moved between two rankings, as rows of a table: the inputs that moved a target, each with what of it changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from connectors.ops.shapes import Move, MovedInput
from welltegra.web.drawings.moves import moved_bar, rank_lines
from welltegra.web.words import figure, input_words, value_words

_MOST_INPUTS = 4
_MOST_LINES = 40
_FINE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class MovedRow:
    """An input that moved a target: why, in words, and what it adds now beyond what it added before."""

    title: str
    component: str
    why: str
    moved: float
    bar: Markup


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A target in both rankings. more: how many inputs more there are than are shown."""

    move: Move
    href: str | None
    inputs: tuple[MovedRow, ...]
    more: int


def move_rows(moves: Sequence[Move], base: str) -> tuple[MoveRow, ...]:
    """Return the rows. base: the address of the project."""
    most = max((abs(one.moved) for move in moves for one in move.moved_by), default=0.0)
    return tuple(
        MoveRow(
            move=move,
            href=None if move.target_id_after is None else f"{base}/worklist/{move.target_id_after}",
            inputs=tuple(_moved(one, most) for one in move.moved_by[:_MOST_INPUTS]),
            more=max(len(move.moved_by) - _MOST_INPUTS, 0),
        )
        for move in moves
    )


def lines_of(moves: Sequence[Move]) -> Markup | None:
    """Return the ranks of both as lines, of those that moved furthest; None where nobody did."""
    both = [
        (move.rank_before, move.rank_after, f"{move.well_id} · {move.event_no}", move.classification_after or "")
        for move in moves
        if move.rank_before is not None and move.rank_after is not None and move.risen_by
    ]
    return rank_lines(both[:_MOST_LINES]) if both else None


def why_words(one: MovedInput) -> str:
    """Return what of an input changed: its value, its curve, its weight, or that of its component."""
    return "; ".join(_why(one)) or "as one of several that share a weight"


def _why(one: MovedInput) -> Iterator[str]:
    if not _same(one.before, one.after):
        yield _change(one.before, one.after)
    elif one.utility_before != one.utility_after:
        # What stands beside the value is not stored with it: of a water cut, its trend.
        how = "its curve changed" if one.curve_changed else "another part of it"
        yield f"{how}: {value_words(one.after)} counts {_count(one.utility_before)} → {_count(one.utility_after)}"
    if one.weight_before != one.weight_after:
        yield f"weight {one.weight_before:g} → {one.weight_after:g}"
    if one.component_weight_before != one.component_weight_after:
        yield f"{one.component} {one.component_weight_before:g} → {one.component_weight_after:g} of the total"


def _moved(one: MovedInput, most: float) -> MovedRow:
    title = input_words(one.input)
    return MovedRow(title, one.component, why_words(one), one.moved, moved_bar(one.moved, most, title))


def _same(before: Any, after: Any) -> bool:
    if _is_number(before) and _is_number(after):
        return bool(abs(before - after) <= 1e-9 * max(abs(before), abs(after)))
    return bool(before == after)


def _change(before: Any, after: Any) -> str:
    """Return both values, with as many digits as it takes to tell them apart."""
    said = value_words(before), value_words(after)
    if said[0] == said[1] and _is_number(before) and _is_number(after):
        said = figure(before, _FINE_DIGITS), figure(after, _FINE_DIGITS)
    return f"{said[0]} → {said[1]}"


def _count(utility: float | None) -> str:
    return "nothing" if utility is None else f"{utility:.2f}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
