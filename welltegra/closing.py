"""The closing table of a dry run: what was judged, what was found, and what an engineer should look at."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich import box
from rich.console import Console
from rich.table import Table

from flows.summary import Summary, Tally
from rules.rule_set import RuleSet
from welltegra.describe.fault_log import FaultLog
from welltegra.describe.wording import counted, printable
from welltegra.replay import Outcome
from welltegra.screen import say

# A period that is wrong by this factor makes every sample a gap, or every gap unseen.
_PERIOD_FACTOR = 2.0
# So many late samples are not a network: a single sample with a time in the future makes all that follow late.
_LATE_SHARE = 0.05
_WIDTH = 79
# So many duplicates are not parts of a log that overlap by a row: a second log has the tag too.
_DUPLICATE_SHARE = 0.05


def show(console: Console, outcome: Outcome, rule_sets: Sequence[RuleSet], faults: FaultLog) -> None:
    """Print the tables, what is to be said beside them, and what could not be read."""
    summary = outcome.summary
    assert summary is not None, "the table closes a replay that came to its end"
    width = console.width
    # Where they are too wide all the same, the terminal breaks the lines: better than a number that is not shown.
    console.width = max(width, _WIDTH)
    for well_id, of_well in groupby(summary.tallies, key=lambda tally: tally.well_id):
        tallies = list(of_well)
        console.print(f"Well {printable(well_id)}\n", style="bold")
        for table in (_samples_table(tallies), _levels_table(tallies)):
            console.print(table)
            console.print()
    console.width = width
    say(console, *_sentences(outcome, summary, rule_sets, faults))


def nothing_judged(outcome: Outcome, rule_sets: Sequence[RuleSet]) -> str | None:
    """Return why no sample met any constraint, in one sentence; None if some did."""
    summary = outcome.summary
    if summary is None or any(t.judged or t.late or t.duplicate or t.bad for t in summary.tallies):
        return None
    wanted = sorted({(rules.well_id, constraint.tag) for rules in rule_sets for constraint in rules.constraints})
    seen = sorted(outcome.periods.seen())
    if not seen:
        return (
            f"samples: must hold readings of what the rules watch ({_names(wanted)}); hold none. Are the files whole?"
        )
    return (
        f"samples: must have tags that the rules watch ({_names(wanted)}); they have {_names(seen)}. "
        "Name well and tags alike in the rule file and in the samples, or map them with --tags."
    )


def _names(names: Sequence[tuple[str, str]]) -> str:
    shown = ", ".join(f"{tag!r} of {well!r}" for well, tag in names[:6])
    return shown + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def _table(names: Sequence[str]) -> Table:
    """Return a table of a constraint a row, that fits 80 columns; in less room, only names are broken."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("constraint", overflow="fold", min_width=10)
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _samples_table(tallies: Sequence[Tally]) -> Table:
    table = _table(("judged", "late", "duplicate", "bad", "suspect", "breaches", "episodes"))
    for tally in tallies:
        counts = (tally.judged, tally.late, tally.duplicate, tally.bad, tally.suspect, tally.breaching, tally.episodes)
        table.add_row(printable(tally.constraint_id), *(f"{count:,}" for count in counts))
    return table


def _levels_table(tallies: Sequence[Tally]) -> Table:
    table = _table(("normal", "yellow", "red", "not seen"))
    table.add_column("at the end")
    for tally in tallies:
        times = (tally.normal_s, tally.yellow_s, tally.red_s, tally.unseen_s)
        end = tally.level.upper() if tally.view == "live" else f"{tally.level.upper()}, view {tally.view}"
        table.add_row(
            printable(tally.constraint_id),
            *(duration(seconds) for seconds in times),
            end if tally.judged else "never seen",
        )
    return table


def duration(seconds: float) -> str:
    """Return a time as h:mm:ss, however many hours; cut to whole seconds."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:,}:{minute:02d}:{second:02d}"


def _sentences(outcome: Outcome, summary: Summary, rule_sets: Sequence[RuleSet], faults: FaultLog) -> list[str]:
    unwatched = f", {summary.unwatched:,} of them of tags that no constraint watches" if summary.unwatched else ""
    alerts, violations = counted(outcome.alerts, "alert"), counted(outcome.violations, "violation")
    return [
        f"{counted(summary.samples, 'sample')}{unwatched}; {alerts} and {violations} written.",
        *_period_lines(outcome, rule_sets),
        *_order_lines(summary.tallies),
        *(faults.lines() if faults.count else ["No faults: everything in the files was read."]),
    ]


def _period_lines(outcome: Outcome, rule_sets: Sequence[RuleSet]) -> list[str]:
    """Return a line for each tag whose samples come otherwise than its rules say; or that all come as they say."""
    lines, as_said = [], 0
    for rules in rule_sets:
        watched = {constraint.tag for constraint in rules.constraints if constraint.mode != "disabled"}
        for tag in rules.tags:
            name = (rules.well_id, tag.name)
            median, longest = outcome.periods.median_s(*name), outcome.periods.usual_longest_s(*name)
            if tag.name not in watched or median is None or longest is None:
                continue
            what = f"{' '.join(map(printable, name))}: period {tag.period_s:g} s in the rules"
            what += f", median {median:g} s in the samples"
            if longest > _PERIOD_FACTOR * tag.period_s:
                what += f", often {longest:g} s: set period: {longest:g}, or ordinary steps count as gaps and silence"
            elif longest * _PERIOD_FACTOR < tag.period_s:
                what += f", seldom longer than {longest:g} s: set period: {longest:g}, or silence is found late"
            elif longest > _PERIOD_FACTOR * median:
                what += f", often {longest:g} s"
            else:
                as_said += 1
                continue
            lines.append(f"{what}.")
    if as_said:
        tags = "the samples" if not lines else f"the samples of {counted(as_said, 'tag')}"
        lines.insert(0, f"Periods: {tags} come as often as the rules say.")
    return lines


def _order_lines(tallies: Sequence[Tally]) -> list[str]:
    """Return a line for each constraint of which many samples came late, or came again."""
    lines = []
    for tally in tallies:
        name = f"{printable(tally.well_id)} {printable(tally.constraint_id)}"
        total = tally.judged + tally.late + tally.duplicate + tally.bad
        if tally.late > _LATE_SHARE * total:
            lines.append(
                f"{name}: {tally.late:,} of {total:,} samples came after a later one; "
                "a single sample with a time far in the future does that to all that follow it."
            )
        if tally.duplicate > _DUPLICATE_SHARE * total:
            lines.append(
                f"{name}: {tally.duplicate:,} of {total:,} samples had a time that was judged before, "
                "and were no worse. Is the tag read from two logs or files at once?"
            )
    return lines
