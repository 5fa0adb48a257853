"""Dirty streams: rules at awkward settings, and rows that sit on every edge of them.

A stream is written by moves: a `Source` (one tag of one well) is told "walk", "late", "set the clock back" and answers
with rows. A move is three bytes, kind, size and value, so hypothesis draws a whole stream at once and shrinks it by
leaving moves out, and a seeded generator writes millions of rows from the same ingredients.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import NamedTuple, Protocol, TypeVar

from hypothesis import strategies as st

from rules.rule_set import Constraint, RuleSet, Tag
from tests.oracle import Row

T = TypeVar("T")


class Choose(Protocol):
    """How a setting is chosen from its options: drawn by hypothesis, or by a seeded generator."""

    def __call__(self, options: Sequence[T], /) -> T: ...


SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
START = 1_767_225_600 * SECOND  # 2026-01-01T00:00:00Z

# Rules

PERIODS_S = (1.0, 0.5, 2.0, 10.0)
# unit of the tag, unit of the constraint, factor, offset, a limit in the unit of the constraint
UNITS = (
    ("spm", "spm", 1.0, 0.0, 120.0),
    ("Hz", "spm", 60.0, 0.0, 65.0),
    ("Pa", "psi", 1 / 6894.757293168361, 0.0, 5000.0),
    ("degC", "degF", 1.8, 32.0, 212.0),
    ("kPa", "kPa", 1.0, 0.0, 0.3),
)
TIERS = ((0.9, 0.01), (0.9, 0.0), (0.5, 0.4), (0.99, 0.005), (0.8, 0.1))  # yellow_from, deadband
ON_DELAYS_S = (2.0, 0.0, 0.5, 7.0)
OFF_DELAYS_S = (10.0, 0.0, 1.0, 3.5)
MODES = ("shadow", "shadow", "advisory", "confirm", "disabled")
# The low limit of a band against the largest that leaves room for a normal value.
BAND_ROOM = (0.5, 0.1, 0.97)


def build_rule_set(choose: Choose, number: int) -> RuleSet:
    """Return the rules of the well with this number, every open setting chosen by `choose`."""
    tags: list[Tag] = []
    constraints: list[Constraint] = []
    for name in ("pump_rate", "pressure")[: choose((1, 2))]:
        tag_unit, unit, factor, offset, limit = choose(UNITS)
        full_scale = (1.3 * limit - offset) / factor
        low, high = choose(((None, None), (0.0, full_scale), (-full_scale, None), (full_scale / 4, full_scale)))
        tags.append(Tag(name, tag_unit, low, high, choose(PERIODS_S)))
        for place in range(choose((1, 2))):
            yellow_from, deadband = choose(TIERS)
            kind = choose(("high", "low", "band"))
            highest = limit * (1.0, 1.05)[place]
            largest_low = highest * (yellow_from - deadband) / (2 - yellow_from + deadband)
            constraints.append(
                Constraint(
                    id=f"{name}-{kind}-{place}",
                    tag=name,
                    unit=unit,
                    high=None if kind == "low" else highest,
                    low=None if kind == "high" else largest_low * choose(BAND_ROOM),
                    yellow_from=yellow_from,
                    deadband=deadband,
                    yellow_on_delay_s=choose(ON_DELAYS_S),
                    off_delay_s=choose(OFF_DELAYS_S),
                    mode=choose(MODES),
                    factor=factor,
                    offset=offset,
                )
            )
    return RuleSet(f"15/9-F-{number}", choose((1, 7)), tuple(tags), tuple(constraints))


def thresholds(rule: Constraint) -> list[float]:
    """Return every number a value of the constraint is compared with, before the tolerance."""
    yf, db = rule.yellow_from, rule.deadband
    edges = []
    if (high := rule.high) is not None:
        edges += [high, yf * high, high - db * high, yf * high - db * high]
    if (low := rule.low) is not None:
        edges += [low, (2 - yf) * low, low + db * low, (2 - yf) * low + db * low]
    return edges


def calm_value(rule: Constraint) -> float:
    """Return a value that is normal and beyond every reset threshold."""
    yf, db = rule.yellow_from, rule.deadband
    above = 0.0 if rule.low is None else (2 - yf + db) * rule.low
    below = 2 * above + 1 if rule.high is None else (yf - db) * rule.high
    return (above + below) / 2


def telling_values(tag: Tag, rules: Sequence[Constraint]) -> tuple[list[float], list[float]]:
    """Return the calm values of a tag, and all values worth sending: both in the tag's unit, plainest first."""
    calm = [(calm_value(rule) - rule.offset) / rule.factor for rule in rules] or [1.0]
    values = list(calm)
    for rule in rules:
        for edge in thresholds(rule):
            changes = (0.0, 5e-7, -5e-7, 1e-6, -1e-6, 2e-6, -2e-6, 0.004, -0.004)
            values += [(edge + change * abs(edge) - rule.offset) / rule.factor for change in changes]
            tolerated = edge - 1e-6 * abs(edge), edge + 1e-6 * abs(edge)
            values += [(math.nextafter(t, way) - rule.offset) / rule.factor for t in tolerated for way in (0, math.inf)]
        reds = [1.02 * rule.high, 1.2 * rule.high, 2 * rule.high] if rule.high is not None else []
        reds += [0.98 * rule.low, 0.5 * rule.low] if rule.low is not None else []
        values += [(red - rule.offset) / rule.factor for red in 2 * reds]
    ends = [end for end in (tag.low, tag.high) if end is not None]
    values += [end * (1 + change) for end in ends for change in (0.0, 5e-7, -5e-7, 2e-6, -2e-6)]
    return calm, [*values, 0.0, -0.0, -1.0, 1e11]


# Rows


class Source:
    """One tag of one well, as its gauge and its clock behave: told a move, it adds rows.

    `now` is the true time; the gauge's clock is `now + offset`; arrivals lag by `lag`. All in us.
    """

    def __init__(self, well_id: str, tag: Tag, rules: Sequence[Constraint], start: int, arrivals: str) -> None:
        self.well_id, self.tag, self.arrivals = well_id, tag, arrivals
        self.calm, self.values = telling_values(tag, rules)
        self.period, self.stale = tag.period_us, tag.stale_after_us
        self.now, self.offset, self.lag = start, 0, 0
        self.rows: list[Row] = []

    def value(self, number: int) -> float:
        return self.values[number % len(self.values)]

    def put(
        self,
        value: float,
        time: int | None = None,
        quality: str = "good",
        backfill: bool = False,
        received_at: int | None = None,
    ) -> None:
        """Add a row, measured now if no time is given, received as this source's arrivals go."""
        if self.arrivals == "absent" or (self.arrivals == "mixed" and len(self.rows) % 3 == 0):
            received_at = None
        elif received_at is None:
            received_at = self.now + self.lag
        time = self.now + self.offset if time is None else time
        self.rows.append(Row(self.well_id, self.tag.name, time, value, quality, received_at, backfill))

    def last(self) -> Row:
        if not self.rows:
            self.put(self.calm[0])
        return self.rows[-1]

    def tick(self, size: int = 1) -> None:
        """Let time pass: a period, or less, or up to and just over the three of a gap."""
        period = self.period
        self.now += (period, period, period, period // 2, 2 * period, 3 * period, 3 * period + 1, 1)[size % 8]

    # The moves: size 0 to 7, number 0 to 255

    def walk(self, size: int, number: int) -> None:
        for i in range(size + 1):
            self.tick(number)
            self.put(self.value(number + i * (1 + number % 5)))

    def hold(self, size: int, number: int) -> None:
        for _ in range(2 + 2 * size):
            self.tick(number % 3)
            self.put(self.value(number))

    def rest(self, size: int, number: int) -> None:
        for _ in range(2 + 2 * size):
            self.tick(number)
            self.put(self.calm[number % len(self.calm)])

    def alternate(self, size: int, number: int) -> None:
        for i in range(3 + size):
            self.tick()
            self.put(self.value(number) if i % 2 else self.value(number + size))

    def gap(self, size: int, number: int) -> None:
        self.now += (3 * self.period, 3 * self.period + 1, 4 * self.period, 3 * self.period - 1)[size % 4]
        self.put(self.value(number) if size < 4 else self.calm[0])

    def silence(self, size: int, number: int) -> None:
        self.now += (self.stale, self.stale + 1, 2 * self.stale, self.stale - 1, HOUR)[size % 5]
        self.put(self.value(number))

    def repeat(self, size: int, number: int) -> None:
        last = self.last()
        if size % 4 == 3:
            self.now += self.stale + 1  # the same sample again, when silence is already over
        self.put(last.value, last.time)

    def same_time(self, size: int, number: int) -> None:
        last = self.last()
        if size % 4 == 3:
            self.now += self.stale + 1
        self.put(self.value(number), last.time)

    def late(self, size: int, number: int) -> None:
        behind = (1, self.period // 2, self.period, 10 * self.period, 15 * MINUTE - 1, 15 * MINUTE, 15 * MINUTE + 1)
        time = self.last().time - (*behind, 2 * HOUR)[size]
        for _ in range(1 + number % 2):
            self.put(self.value(number), time)

    def late_again(self, size: int, number: int) -> None:
        earlier = self.rows[-2 - size] if len(self.rows) > 2 + size else self.last()
        self.put(self.value(number) if number % 2 else earlier.value, earlier.time)

    def backfill(self, size: int, number: int) -> None:
        for i in range(1 + number % 4):
            self.put(self.value(number + i), self.last().time - (size - 1) * self.period + i, backfill=True)

    def unreadable(self, size: int, number: int) -> None:
        value, quality = (
            (math.nan, "good"),
            (math.inf, "uncertain"),
            (-math.inf, "good"),
            (self.value(number), "bad"),
        )[size % 4]
        if number % 4 == 0:  # of a time already judged
            self.put(value, self.last().time - number * 1000, quality)
        elif number % 4 == 1:  # of a time to come
            self.put(value, self.now + self.offset + 3 * SECOND, quality)
        else:
            self.tick(number)
            self.put(value, quality=quality)

    def uncertain(self, size: int, number: int) -> None:
        for i in range(1 + size % 3):
            self.tick()
            self.put(self.value(number + i), quality="uncertain")

    def beyond_range(self, size: int, number: int) -> None:
        self.tick(size)
        self.put(self.values[-1 - number % 14])

    def stall(self, size: int, number: int) -> None:
        """The broker holds samples back: arrivals jump, the measurements have no gap."""
        jump = (self.stale + 1, self.stale, self.stale + self.period, 2 * self.stale)[size % 4]
        self.now += jump
        self.offset -= jump
        self.now += self.period * (size // 4)
        self.put(self.value(number))

    def ahead(self, size: int, number: int) -> None:
        """The gauge's clock is ahead, by 2 s exactly, or more, for one sample or for some."""
        self.tick()
        by = (2 * SECOND, 2 * SECOND + 1, 3 * SECOND, HOUR)[size % 4 if self.arrivals != "absent" else size % 2]
        for i in range(1 + (size // 4) * 3):
            self.put(self.value(number + i), self.now + self.lag + by)
            self.tick(size + i)

    def set_back(self, size: int, number: int) -> None:
        """The gauge's clock is set back, and the gauge goes on measuring."""
        self.offset -= (MINUTE, 7 * MINUTE, 15 * MINUTE, 3 * HOUR)[size % 4]
        if size >= 4:
            self.now += self.stale
        for i in range(1 + number % 9):
            self.tick()
            for _ in range(1 + number % 2):
                self.put(self.value(number + 3 * i))

    def late_source(self, size: int, number: int) -> None:
        """Late samples again and again while nothing new comes: ascending, repeated or going back."""
        time = self.last().time - 20 * self.period
        for i in range(2 + size):
            self.now += self.stale // 2
            time += (self.period, 0, -self.period, self.period)[number * i % 4]
            self.put(self.value(number + i), time, backfill=number % 16 == 0)

    def resync(self, size: int, number: int) -> None:
        """The gauge's clock is right again, and arrivals lag anew."""
        self.offset = 0
        self.lag = (0, 0, 1, self.period, 2 * SECOND, self.stale, 0, 0)[size] if self.arrivals == "lagging" else 0
        self.tick()
        self.put(self.value(number))

    def arrives_before(self, size: int, number: int) -> None:
        """An arrival earlier than the one before it: arrival never goes back."""
        self.tick()
        self.put(self.value(number), received_at=self.now - (1, self.period, 2 * SECOND, HOUR)[size % 4])

    def play(self, moves: bytes) -> list[Row]:
        """Return the rows of these moves, three bytes each."""
        for kind, size, number in zip(moves[0::3], moves[1::3], moves[2::3], strict=False):
            MOVES[kind % len(MOVES)](self, size % 8, number)
        return self.rows


MOVES = (
    *(Source.walk, Source.walk, Source.hold, Source.hold, Source.rest, Source.rest, Source.rest, Source.alternate),
    *(Source.gap, Source.silence, Source.repeat, Source.same_time, Source.same_time, Source.late, Source.late),
    *(Source.late_again, Source.backfill, Source.unreadable, Source.unreadable, Source.uncertain, Source.beyond_range),
    *(Source.stall, Source.ahead, Source.set_back, Source.late_source, Source.resync, Source.resync),
    Source.arrives_before,
)
ARRIVALS = ("absent", "present", "lagging", "mixed")


def sources(rules: Sequence[RuleSet], choose: Choose) -> list[Source]:
    """Return one source for each tag of each well."""
    return [
        Source(
            well.well_id,
            tag,
            [rule for rule in well.constraints if rule.tag == tag.name],
            START + choose((0, 333_333, 5 * SECOND)),
            choose(ARRIVALS),
        )
        for well in rules
        for tag in well.tags
    ]


def interleaved(streams: Sequence[Sequence[Row]], chunk: int) -> list[Row]:
    """Return the rows of all the streams, `chunk` of each in turn; each stream keeps its order."""
    chunks = [[stream[i : i + chunk] for i in range(0, len(stream), chunk)] for stream in streams]
    return [row for turn in zip_longest(*chunks, fillvalue=()) for part in turn for row in part]


# New rules in the middle


class Activation(NamedTuple):
    """Other rules of a well, from before the row at `place` on. at: the time it says [us]."""

    place: int
    rule_set: RuleSet
    at: int


def revised(choose: Choose, rules: RuleSet, version: int) -> RuleSet:
    """Return a version of a well's rules: of those given, some numbers and units changed, a constraint less or more."""
    if choose((True, False)):
        # Limits alone, and by little: runs and delays that stand go on, or just not.
        nudged = tuple(_nudged(choose, rule) for rule in rules.constraints)
        return replace(rules, version=version, constraints=nudged)
    tags = []
    for tag in rules.tags:
        unit, period = (
            choose((tag.unit, tag.unit, tag.unit, tag.unit, "other")),
            choose((tag.period_s, tag.period_s, 2.0)),
        )
        low, high = choose(((tag.low, tag.high), (tag.low, tag.high), (None, tag.high), (None, None)))
        tags.append(Tag(tag.name, unit, low, high, period))
    constraints = [_revised(choose, rule) for rule in rules.constraints if choose((True, True, True, True, False))]
    if choose((False, False, True)):
        model = choose(rules.constraints)
        constraints.append(replace(_revised(choose, model), id=f"{model.id}-{version}", mode="shadow"))
    if choose((False, False, True)):
        constraints.reverse()
    return RuleSet(rules.well_id, version, tuple(tags), tuple(constraints))


def _nudged(choose: Choose, rule: Constraint) -> Constraint:
    scale = choose((1.0, 1.0 + 1e-6, 0.97, 0.99, 1.01, 1.03))
    high, low = (None if limit is None else limit * scale for limit in (rule.high, rule.low))
    return replace(rule, high=high, low=low, off_delay_s=choose((rule.off_delay_s, 20.0)))


def _revised(choose: Choose, rule: Constraint) -> Constraint:
    """Return a constraint with other numbers, in the same unit or another."""
    scale = choose((1.0, 1.0, 1.0, 0.95, 1.05, 1.0 + 1e-6, 0.6, 1.8))
    factor, offset = choose(((1.0, 0.0), (1.0, 0.0), (1.0, 0.0), (0.1, 0.0), (1.8, 32.0)))
    high, low = (None if limit is None else factor * limit * scale + offset for limit in (rule.high, rule.low))
    if high is not None and low is not None:
        high, low = choose(((high, low), (high, low), (high, None), (None, low)))
    elif choose((False, False, False, True)):
        high, low = low, high
    yellow_from, deadband = choose(((rule.yellow_from, rule.deadband), *TIERS))
    if high is not None and low is not None:
        low = min(low, 0.99 * high * (yellow_from - deadband) / (2 - yellow_from + deadband))
    return replace(
        rule,
        high=high,
        low=low,
        yellow_from=yellow_from,
        deadband=deadband,
        yellow_on_delay_s=choose((rule.yellow_on_delay_s, rule.yellow_on_delay_s, 0.0, 3.0)),
        off_delay_s=choose((rule.off_delay_s, rule.off_delay_s, 0.0, 30.0)),
        mode=choose((rule.mode, rule.mode, "shadow", "shadow", "disabled")),
        unit=rule.unit if (factor, offset) == (1.0, 0.0) else rule.unit + "'",
        factor=factor * rule.factor,
        offset=factor * rule.offset + offset,
    )


# The time of an activation, against the latest arrival of one of the well's tags.
_BESIDE = (0, 0, 1, -1, SECOND, -SECOND, -5 * SECOND, 3 * SECOND, 6 * SECOND, -20 * SECOND, -HOUR, HOUR)


def build_activations(
    choose: Choose, rules: Sequence[RuleSet], rows: Sequence[Row], places: Sequence[int], never_back: bool = False
) -> list[Activation]:
    """Return an activation before each of the rows at `places`, ascending, each of a well that `choose` names.

    never_back: the time of none is before the arrival it stands against.
    """
    activations = []
    arrivals: dict[tuple[str, str], int] = {}
    reached = 0
    for number, place in enumerate(places):
        for row in rows[reached:place]:
            arrival = row.time if row.received_at is None else row.received_at
            arrivals[row.well_id, row.tag] = max(arrival, arrivals.get((row.well_id, row.tag), START))
        reached = place
        well = choose(rules)
        arrival = arrivals.get((well.well_id, choose(well.tags).name), START)
        beside = choose(tuple(by for by in _BESIDE if by >= 0) if never_back else _BESIDE)
        activations.append(Activation(place, revised(choose, well, 100 + number), arrival + beside))
    return activations


# What tests draw


@st.composite
def rule_sets(draw: st.DrawFn, max_wells: int = 4) -> list[RuleSet]:
    """Rules of one to four wells, all valid."""
    count = draw(st.integers(1, max_wells))
    return [build_rule_set(lambda options: draw(st.sampled_from(options)), number) for number in range(count)]


@st.composite
def dirty_rows(draw: st.DrawFn, rules: Sequence[RuleSet]) -> list[Row]:
    """Rows of every tag of the wells, in arrival order: some hundred of each, or few."""
    moves = st.one_of(st.binary(max_size=30), st.binary(min_size=60, max_size=180))
    streams = [source.play(draw(moves)) for source in sources(rules, lambda options: draw(st.sampled_from(options)))]
    return interleaved(streams, draw(st.sampled_from((1, 7, 1000))))


@st.composite
def drawn_activations(
    draw: st.DrawFn, rules: Sequence[RuleSet], rows: Sequence[Row], never_back: bool = False
) -> list[Activation]:
    """Some activations among the rows, their places ascending."""
    places = sorted(draw(st.lists(st.integers(0, len(rows)), max_size=6)))
    return build_activations(lambda options: draw(st.sampled_from(options)), rules, rows, places, never_back)


def random_activations(rng: random.Random, rules: Sequence[RuleSet], rows: Sequence[Row], n: int) -> list[Activation]:
    """Return `n` activations among the rows, the same for the same `rng`."""
    return build_activations(rng.choice, rules, rows, sorted(rng.choices(range(len(rows) + 1), k=n)))


def random_rule_sets(rng: random.Random, wells: int) -> list[RuleSet]:
    """Return rules of as many wells, the same for the same `rng`."""
    return [build_rule_set(rng.choice, number) for number in range(wells)]


def random_rows(rng: random.Random, rule_sets: Sequence[RuleSet], n: int) -> list[Row]:
    """Return `n` rows in arrival order, the same for the same `rng`."""
    playing = sources(rule_sets, rng.choice)
    share = -(-n // len(playing))
    for source in playing:
        while len(source.rows) < share:
            source.play(rng.randbytes(60))
    return interleaved([source.rows[:share] for source in playing], rng.choice((1, 7, 1000)))[:n]
