"""What was found, in words and Markdown tables, as docs/benchmarks.md has them, and what was asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec

from benchmarks.spread import Spread
from benchmarks.tables import table
from benchmarks.telling import made_on, reached_line
from benchmarks.worklist.answers import Answers
from benchmarks.worklist.browser import Opened
from benchmarks.worklist.crowd import Crowd
from benchmarks.worklist.exporting import Beside, Exported

_LIST_MS, _DRAWER_MS, _PAGE_MS, _EXPORT_S = 100.0, 50.0, 1000.0, 10.0
# Flat: five times the targets may not take this many times the memory.
_TIMES_MEMORY: Final = 2.0
# Below it a process's memory says more of its allocator than of the export [MB].
_NOISE_MB: Final = 50.0


class Asked(msgspec.Struct, frozen=True):
    """What is to be reached, and what was."""

    what: str
    most: float
    found: float

    @property
    def reached(self) -> bool:
        return self.found <= self.most


class Report(msgspec.Struct, frozen=True):
    """Everything, as it stands in the file; None for what was not asked for, or could not be."""

    at: datetime
    quick: bool
    machine: dict[str, str | int | float]
    load_before: float
    load_after: float
    versions: dict[str, str]
    targets: int
    gaps: int
    answers: list[Answers] | None
    browser: Opened | None
    browser_absent: str | None
    exports: list[Exported] | None
    beside: list[Beside] | None
    crowd: Crowd | None
    asked: list[Asked]


def asked_of(
    answers: list[Answers] | None, browser: Opened | None, exports: list[Exported] | None, crowd: Crowd | None
) -> list[Asked]:
    """Return what is asked of what was measured: the slowest question of a kind, and the slowest round."""
    found: list[Asked] = []
    for what, kinds, most in (
        ("the list as JSON, plain, filtered and sorted", ("list",), _LIST_MS),
        ("the list as a page", ("page",), _LIST_MS),
        ("a target as JSON, and each tab of its drawer", ("target", "tab"), _DRAWER_MS),
    ):
        of = [one for one in answers or () if one.kind in kinds]
        if of:
            slowest = max(of, key=lambda one: one.p95_ms)
            found.append(Asked(f"{what}: p95 [ms], slowest: {slowest.question}", most, slowest.p95_ms))
    if browser:
        found.append(Asked("the page interactive in a browser, cold [ms]", _PAGE_MS, browser.cold_interactive.max))
    if exports:
        largest = max(one.targets for one in exports)
        found += [
            Asked(f"{one.format} of {largest:,} targets [s]", _EXPORT_S, one.seconds.max)
            for one in exports
            if one.targets == largest
        ]
        found += [
            Asked(f"{kind}: memory above the level before, most targets / fewest", _TIMES_MEMORY, times)
            for kind, times in _growth(exports).items()
        ]
    if crowd:
        found.append(Asked(f"{crowd.readers} readers at once: not answered", 0, sum(crowd.other.values())))
    return found


def _growth(exports: list[Exported]) -> dict[str, float]:
    """Return how many times as much memory an export of the larger project takes, by format."""
    by_kind: dict[str, list[Exported]] = {}
    for one in exports:
        by_kind.setdefault(one.format, []).append(one)
    least_and_most = {
        kind: (min(of, key=lambda one: one.targets), max(of, key=lambda one: one.targets))
        for kind, of in by_kind.items()
    }
    return {
        kind: max(most.above_mb, _NOISE_MB) / max(least.above_mb, _NOISE_MB)
        for kind, (least, most) in least_and_most.items()
        if least.targets < most.targets
    }


def text_of(report: Report) -> Iterator[str]:
    """Yield the report, paragraph by paragraph."""
    yield made_on(report)
    yield f"A project of {report.targets:,} targets and {report.gaps:,} gaps, ranked twice."
    if report.answers:
        yield from _answers(report.answers)
    if report.browser:
        yield from _browser(report.browser)
    if report.browser_absent:
        yield f"### In a browser\n\nNOT MEASURED: {report.browser_absent}"
    if report.exports:
        yield from _exports(report.exports, report.beside or [])
    if report.crowd:
        yield from _crowd(report.crowd)
    if report.asked:
        yield "### What was asked"
        yield "\n".join(map(_line_of, report.asked))


def _answers(answers: list[Answers]) -> Iterator[str]:
    yield "### Answers"
    yield "Median of the rounds' medians with their spread, p95 of all, beside the statements of the same answer alone:"
    rows = [
        (
            one.question,
            {"list": "JSON", "target": "JSON"}.get(one.kind, "HTML"),
            _spread(one.median_ms),
            f"{one.p95_ms:.1f}",
            f"{one.bare_ms:.1f}",
            str(one.statements),
            f"{one.times_bare:.1f}",
            f"{one.bytes / 1000:.0f}",
        )
        for one in answers
    ]
    heads = ("asked", "as", "median [ms]", "p95 [ms]", "SQL alone [ms]", "statements", "answer / SQL", "kB")
    yield table(heads, rows)


def _browser(found: Opened) -> Iterator[str]:
    yield "### In a browser"
    yield table(
        (f"{found.rows} rows, {found.rounds} rounds", "cold [ms]", "warm [ms]"),
        [
            ("first content drawn", _spread(found.cold_drawn), _spread(found.warm_drawn)),
            ("interactive", _spread(found.cold_interactive), _spread(found.warm_interactive)),
        ],
    )
    yield f"A click on a target until it is there: median {found.click_median:.0f} ms, p95 {found.click_p95:.0f} ms."


def _exports(exports: list[Exported], beside: list[Beside]) -> Iterator[str]:
    yield "### Exports of all"
    rows = [
        (
            one.format,
            f"{one.targets:,}",
            _spread(one.seconds),
            f"{one.first_byte_s:.2f}",
            f"{one.bytes / 1e6:.1f}",
            f"{one.before_mb:.0f}",
            f"{one.above_mb:.0f}",
        )
        for one in exports
    ]
    heads = ("format", "targets", "s", "first byte after [s]", "MB", "server before [MB]", "most above that [MB]")
    yield table(heads, rows)
    if beside:
        said = [(one.format, f"{one.median_ms:.1f}", f"{one.p95_ms:.1f}", str(one.asked)) for one in beside]
        yield "The first page of the list, asked for while one export after another is made:"
        yield table(("format", "median [ms]", "p95 [ms]", "asked"), said)


def _crowd(found: Crowd) -> Iterator[str]:
    yield f"### {found.readers} readers at once"
    others = ", ".join(f"{count} {what}" for what, count in found.other.items()) or "none"
    yield (
        f"{found.answers:,} answers in {found.seconds:.1f} s, {found.a_second:.0f} a second; median"
        f" {found.median_ms:,.0f} ms, p95 {found.p95_ms:,.0f} ms, worst {found.worst_ms:,.0f} ms."
        f" Not answered: {others}."
    )


def _line_of(asked: Asked) -> str:
    return reached_line(asked.what, f"at most {asked.most:g}", asked.found, asked.reached)


def _spread(of: Spread) -> str:
    return f"{of.median:.3g} ({of.min:.3g} to {of.max:.3g})"
