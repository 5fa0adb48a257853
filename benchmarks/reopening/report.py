"""What was found, in words and Markdown tables, as docs/benchmarks.md has them, and what was asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from benchmarks.reopening.measures import CONTENDERS, Logs, Scoring, Writing
from benchmarks.spread import Spread
from benchmarks.tables import table
from benchmarks.telling import made_on, reached_line

_MOST_S, _MOST_MB, _MANY = 5.0, 4000.0, 1_000_000
_TIMES_COPY = 1.5


class Asked(msgspec.Struct, frozen=True):
    """What is to be reached, and what was."""

    what: str
    most: float | None
    above: float | None
    found: float
    reached: bool


class Report(msgspec.Struct, frozen=True):
    """Everything, as it stands in the file; None for what was not asked for."""

    at: datetime
    quick: bool
    machine: dict[str, str | int | float]
    load_before: float
    load_after: float
    versions: dict[str, str]
    scoring: list[Scoring] | None
    writing: Writing | None
    logs: Logs | None
    asked: list[Asked]


def asked_of(scoring: Iterable[Scoring] | None, writing: Writing | None) -> list[Asked]:
    """Return what is asked of what was measured: medians, and of memory the most."""
    found = []
    for one in scoring or ():
        if one.targets >= _MANY:
            for what, most, value in (
                (f"{one.targets:,} targets scored, gated and ranked [s]", _MOST_S, one.seconds["polars"].median),
                (f"memory at {one.targets:,} targets [MB]", _MOST_MB, one.peak_mb["polars"]),
            ):
                found.append(Asked(what, most, None, value, value <= most))
        for name in ("pandas", "sql"):
            times = one.times_ours[name].median
            what = f"{CONTENDERS[name]} takes so many times as long, {one.targets:,} targets"
            found.append(Asked(what, None, 1.0, times, times > 1))
    if writing:
        times = writing.times_copy.median
        what = f"the whole run takes so many times as long as COPY alone, {writing.targets:,} targets"
        found.append(Asked(what, _TIMES_COPY, None, times, times <= _TIMES_COPY))
    return found


def text_of(report: Report) -> Iterator[str]:
    """Yield the report, paragraph by paragraph."""
    yield made_on(report)
    if report.scoring:
        yield from _scoring(report.scoring)
    if report.writing:
        yield from _writing(report.writing)
    if report.logs:
        yield from _logs(report.logs)
    if report.asked:
        yield "### What was asked"
        yield "\n".join(map(_line_of, report.asked))


def _scoring(scoring: list[Scoring]) -> Iterator[str]:
    yield "### Scoring, gating and ranking"
    rows = [
        (
            f"{one.targets:,}",
            CONTENDERS[name],
            _spread(one.seconds[name]),
            "" if name == "polars" else _spread(one.times_ours[name]),
            f"{one.peak_mb[name]:,.0f}" if name in one.peak_mb else "",
        )
        for one in scoring
        for name in CONTENDERS
    ]
    yield table(("targets", "contender", "s", "times ours", "most memory [MB]"), rows)
    for one in scoring:
        counted = ", ".join(f"{count:,} {letter}" for letter, count in one.classes.items())
        yield f"All found the same classes, totals and ranks of {one.targets:,} targets: {counted}."


def _writing(writing: Writing) -> Iterator[str]:
    yield "### Scored, ranked, explained and written"
    rows = [
        ("the whole run", _spread(writing.whole)),
        ("COPY alone", _spread(writing.copy_alone)),
        ("**the whole run / COPY alone**", f"**{_spread(writing.times_copy)}**"),
        *((f"of the whole run: {name}", f"{seconds:.2f}") for name, seconds in writing.parts.items()),
    ]
    yield f"{writing.targets:,} targets and {writing.gaps:,} gaps, {writing.sent_mb:,.0f} MB of COPY:"
    yield table(("", "s"), rows)
    yield f"Most memory: {writing.peak_mb:,.0f} MB."


def _logs(logs: Logs) -> Iterator[str]:
    yield "### Logs"
    whole = sum(logs.parts.values())
    rows = [
        ("discovery", _spread(logs.whole), f"{logs.files_a_second:.0f}"),
        ("lasio alone", _spread(logs.lasio_alone), f"{logs.files / logs.lasio_alone.median:.0f}"),
        ("discovery / lasio alone", _spread(logs.times_lasio), ""),
        *((f"of discovery: {name}", f"{took:.2f} ({took / whole:.0%})", "") for name, took in logs.parts.items()),
    ]
    yield f"{logs.files:,} LAS files of {logs.size_mb:,.0f} MB, {logs.candidates:,} candidates found:"
    yield table(("", "s", "files/s"), rows)


def _line_of(asked: Asked) -> str:
    wanted = f"at most {asked.most:g}" if asked.most is not None else f"more than {asked.above:g}"
    return reached_line(asked.what, wanted, asked.found, asked.reached)


def _spread(of: Spread) -> str:
    return f"{of.median:.3g} ({of.min:.3g} to {of.max:.3g})"
