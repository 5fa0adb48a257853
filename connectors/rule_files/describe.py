"""The numbers that a rule set will be judged by, for an engineer to read before it is used."""

from __future__ import annotations

from dataclasses import dataclass

from rules.rule_set import MICROSECONDS, RuleSet

HEADINGS = (
    "constraint",
    "tag",
    "limit",
    "red",
    "yellow",
    "red resets",
    "yellow resets",
    "yellow on delay",
    "off delay",
    "stale after",
    "mode",
    "on yellow",
    "on red",
)


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One side of one constraint. Numbers are in the constraint's unit; delays and `stale_after_s` in seconds."""

    constraint_id: str
    tag: str
    tag_unit: str
    side: str
    limit: float
    unit: str
    yellow_at: float
    red_resets_at: float
    yellow_resets_at: float
    yellow_on_delay_s: float
    off_delay_s: float
    stale_after_s: float
    mode: str
    on_yellow: tuple[str, ...]
    on_red: tuple[str, ...]

    def cells(self) -> tuple[str, ...]:
        """Return the row as text, one cell for each of HEADINGS."""
        onto, back = (">=", "<") if self.side == "high" else ("<=", ">")
        return (
            self.constraint_id,
            f"{self.tag} [{self.tag_unit}]",
            self.side,
            f"{onto} {self.limit:.10g} {self.unit}",
            f"{onto} {self.yellow_at:.10g} {self.unit}",
            f"{back} {self.red_resets_at:.10g} {self.unit}",
            f"{back} {self.yellow_resets_at:.10g} {self.unit}",
            f"{self.yellow_on_delay_s:.10g} s",
            f"{self.off_delay_s:.10g} s",
            f"{self.stale_after_s:.10g} s",
            self.mode,
            ", ".join(self.on_yellow) or "nothing",
            ", ".join(self.on_red) or "nothing",
        )


def describe(rule_set: RuleSet) -> list[LimitRow]:
    """Return a row for each side of each constraint, in the order of the file; a band has two, the high one first."""
    rows = []
    for constraint in rule_set.constraints:
        tag = rule_set.tag(constraint.tag)
        near, deadband = constraint.yellow_from, constraint.deadband
        for side, limit, yellow, back in (
            ("high", constraint.high, near, -deadband),
            ("low", constraint.low, 2 - near, deadband),
        ):
            if limit is not None:
                rows.append(
                    LimitRow(
                        constraint_id=constraint.id,
                        tag=tag.name,
                        tag_unit=tag.unit,
                        side=side,
                        limit=limit,
                        unit=constraint.unit,
                        yellow_at=yellow * limit,
                        red_resets_at=limit + back * limit,
                        yellow_resets_at=yellow * limit + back * limit,
                        yellow_on_delay_s=constraint.yellow_on_delay_s,
                        off_delay_s=constraint.off_delay_s,
                        stale_after_s=tag.stale_after_us / MICROSECONDS,
                        mode=constraint.mode,
                        on_yellow=constraint.on_yellow,
                        on_red=constraint.on_red,
                    )
                )
    return rows
