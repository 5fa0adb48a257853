"""What must hold between the numbers of a rule. What each must be alone, the rule file's model says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import inf

from rules.rule_set import Constraint, Tag

# The tolerance of every threshold comparison. A limit this near the end of its range is at the end.
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold. `rests_on` names the fields it was found from, the one to look at first."""

    rests_on: tuple[str, ...]
    must: str
    found: str
    remedy: str


def check_tag(tag: Tag) -> list[Finding]:
    """Return what does not hold between the numbers of a tag."""
    if tag.low is None or tag.high is None or tag.low < tag.high:
        return []
    return [
        Finding(
            ("range",),
            "range must be [lowest, highest], the lowest first",
            f"[{tag.low:.10g}, {tag.high:.10g}] {tag.unit}",
            "Give the ends of the instrument's range in that order.",
        )
    ]


def check_constraint(constraint: Constraint, tag: Tag | None = None) -> list[Finding]:
    """Return what does not hold between the numbers of a constraint, and between them and the range of its tag.

    Without `tag` the range is not looked at. `factor` and `offset` must then be those from the tag's unit.
    """
    findings = [*_deadband(constraint), *_actions(constraint)]
    about_limit = list(_sides(constraint))
    if not about_limit and tag is not None:
        about_limit = list(_within_range(constraint, tag))
    if not about_limit and not findings:
        about_limit = list(_normal_region(constraint, tag))
    return findings + about_limit


def duplicates(names: Iterable[str]) -> list[int]:
    """Return the positions of names that stand further up already."""
    seen: set[str] = set()
    again = []
    for position, name in enumerate(names):
        if name in seen:
            again.append(position)
        seen.add(name)
    return again


def _deadband(constraint: Constraint) -> Iterator[Finding]:
    # Compared as the decimals that were written: as doubles, 1 - 0.99 is a little more than 0.01.
    yellow_from, deadband = Fraction(repr(constraint.yellow_from)), Fraction(repr(constraint.deadband))
    if deadband >= 1 - yellow_from:
        yield Finding(
            ("deadband", "yellow_from"),
            "deadband must be less than 1 - yellow_from, or red could not clear before yellow does",
            f"{constraint.deadband!r}, with yellow_from {constraint.yellow_from!r}",
            f"Set it below {float(1 - yellow_from):.10g}, or yellow_from lower.",
        )
    elif constraint.high is not None and deadband >= yellow_from:
        yield Finding(
            ("deadband", "yellow_from"),
            "deadband must be less than yellow_from, or yellow could not clear above zero",
            f"{constraint.deadband!r}, with yellow_from {constraint.yellow_from!r}",
            f"Set it below {constraint.yellow_from!r}, or yellow_from higher.",
        )


def _actions(constraint: Constraint) -> Iterator[Finding]:
    for field, actions in (("on_yellow", constraint.on_yellow), ("on_red", constraint.on_red)):
        if again := duplicates(actions):
            found = repr(actions[again[0]]) + " twice"
            yield Finding((field,), f"{field} must name each action once", found, "Remove one.")
        if constraint.high is None and constraint.low is not None and "throttle_pump" in actions:
            yield Finding(
                (field, "limit"),
                f"{field} of a low limit must not throttle, for slowing a pump lowers what is too low already",
                "'throttle_pump'",
                "Use 'notify', 'escalate', 'stop_pump' or 'request_shut_in'.",
            )


def _sides(constraint: Constraint) -> Iterator[Finding]:
    low, high = constraint.low, constraint.high
    if low is None and high is None:
        must = "limit must have a high side, a low side, or both"
        yield Finding(("limit",), must, "neither", "Write it like: limit: {high: 120, unit: spm}.")
    if low is not None and high is not None and low >= high:
        yield Finding(
            ("limit",),
            "limit must have its low side below its high side",
            f"low {low:.10g}, high {high:.10g} {constraint.unit}",
            "Exchange them, or give one side only.",
        )


def _range_in_unit(constraint: Constraint, tag: Tag) -> tuple[float, float]:
    """Return the ends of the tag's range in the constraint's unit; infinite where none is known."""
    low = -inf if tag.low is None else constraint.factor * tag.low + constraint.offset
    high = inf if tag.high is None else constraint.factor * tag.high + constraint.offset
    return low, high


def _within_range(constraint: Constraint, tag: Tag) -> Iterator[Finding]:
    low, high = _range_in_unit(constraint, tag)
    for side, limit in (("low", constraint.low), ("high", constraint.high)):
        if limit is not None and not low - TOLERANCE * abs(low) <= limit <= high + TOLERANCE * abs(high):
            yield Finding(
                (f"limit.{side}",),
                f"limit {side} must lie inside the range of tag {tag.name!r}, {low:.10g} to {high:.10g}"
                f" {constraint.unit}, or the instrument can never see it",
                f"{limit:.10g} {constraint.unit}",
                "Correct the limit, its unit, or the range.",
            )


def _normal_region(constraint: Constraint, tag: Tag | None) -> Iterator[Finding]:
    """Find a constraint that, once yellow, could never clear: nothing between its reset thresholds."""
    bottom, top = (-inf, inf) if tag is None else _range_in_unit(constraint, tag)
    yellow_from, deadband = constraint.yellow_from, constraint.deadband
    if constraint.low is not None:
        bottom = max(bottom, (2 - yellow_from + deadband) * constraint.low * (1 + TOLERANCE))
    if constraint.high is not None:
        top = min(top, (yellow_from - deadband) * constraint.high * (1 - TOLERANCE))
    if bottom >= top:
        yield Finding(
            ("limit", "yellow_from", "deadband"),
            "limit must leave values at which yellow clears: above (2 - yellow_from + deadband) x low,"
            " below (yellow_from - deadband) x high, inside the range",
            f"above {bottom:.10g} and below {top:.10g} {constraint.unit}",
            "Set the limits further apart, yellow_from nearer to 1, or the range wider.",
        )
