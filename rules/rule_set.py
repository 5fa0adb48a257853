"""The rules of one well, as the kernel's callers hand them over: checked, in known units, immutable."""

from __future__ import annotations

from dataclasses import dataclass

MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Tag:
    """A sensor's name in the source system, with its unit, instrument range (in that unit) and period [s]."""

    name: str
    unit: str
    low: float | None = None
    high: float | None = None
    period_s: float = 1.0

    @property
    def period_us(self) -> int:
        """Return the time between samples [us]."""
        return round(self.period_s * MICROSECONDS)

    @property
    def stale_after_us(self) -> int:
        """Return how long [us] without a judged sample is still seeing; longer is stale."""
        return max(5 * MICROSECONDS, 5 * self.period_us)

    @property
    def gap_us(self) -> int:
        """Return the longest step [us] between judged samples that is not a gap."""
        return 3 * self.period_us


@dataclass(frozen=True, slots=True)
class Constraint:
    """A limit watched on one tag. `high` and `low` are in `unit`; a band has both.

    A value in the tag's unit is in `unit` as `factor * value + offset`.
    """

    id: str
    tag: str
    unit: str
    high: float | None = None
    low: float | None = None
    yellow_from: float = 0.90
    deadband: float = 0.01
    yellow_on_delay_s: float = 2.0
    off_delay_s: float = 10.0
    on_yellow: tuple[str, ...] = ("notify",)
    on_red: tuple[str, ...] = ("notify",)
    mode: str = "shadow"
    factor: float = 1.0
    offset: float = 0.0

    @property
    def yellow_on_delay_us(self) -> int:
        """Return how long [us] yellow must persist before it is raised."""
        return round(self.yellow_on_delay_s * MICROSECONDS)

    @property
    def off_delay_us(self) -> int:
        """Return how long [us] a value must stay back before a latch resets."""
        return round(self.off_delay_s * MICROSECONDS)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One immutable version of one well's rules, in the order of the file."""

    well_id: str
    version: int
    tags: tuple[Tag, ...]
    constraints: tuple[Constraint, ...]

    def tag(self, name: str) -> Tag:
        """Return the tag called `name`; KeyError if the rule set has none."""
        for tag in self.tags:
            if tag.name == name:
                return tag
        raise KeyError(name)
