"""A simulated day of a well: written, judged as it comes, and compared with what was planned into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from connectors.rule_files.describe import describe
from connectors.rule_files.source import load_rule_sets
from rules.rule_set import MICROSECONDS, RuleSet
from schemas.alert import Alert
from welltegra import closing, planned
from welltegra.describe.fault_log import FaultLog
from welltegra.describe.wording import length, number
from welltegra.outputs import reserved
from welltegra.replay import Outcome, Replay, replay
from welltegra.screen import Screen, console, say
from welltegra.settings.model import DaySettings, ReplaySettings
from welltegra.simulator.schedule import DAY_START
from welltegra.simulator.well_day import DAY_RULES, WellDay, write_well_day

# Samples judged in a second once nothing holds them back, about; only the progress bar goes by it.
_UNPACED_ROWS_PER_S = 60_000


def play(how: DaySettings, replaying: ReplaySettings) -> None:
    """Write the day into its folder, judge it, and show all that.

    Raises:
        FileFaults: A file in the folder cannot be written.
        OSError, Stopped: As `replay` does.
    """
    out = console()
    rule_sets = load_rule_sets([DAY_RULES])
    alerts, violations = how.folder / "alerts.ndjson", how.folder / "violations.ndjson"
    with _named(how.folder):
        how.folder.mkdir(parents=True, exist_ok=True)
    day_file = how.folder / "well-day.csv"
    with reserved([day_file, alerts, violations]):
        out.print("A simulated day of a well, judged as it comes", style="bold")
        with _named(day_file):
            day = write_well_day(day_file, how.seed)
        _introduce(out, day, rule_sets, how)
        told: list[Alert] = []
        faults, outcome = FaultLog(replaying.max_faults_shown), Outcome()
        screen = Screen(out, rule_sets, day.path.stat().st_size, _share(day, how))

        def on_alert(alert: Alert) -> None:
            told.append(alert)
            screen.alert(alert)

        with screen.shown():
            replay(
                Replay(
                    rule_sets=rule_sets,
                    samples=[day.path],
                    alerts=alerts,
                    violations=violations,
                    on_fault=faults,
                    on_dead_letter=faults.dead_letter,
                    batch=replaying.batch,
                    speed=how.speed,
                    paced_minutes=how.paced_minutes,
                    on_alert=on_alert,
                    on_progress=screen.progress,
                ),
                outcome,
            )
    out.print()
    closing.show(out, outcome, rule_sets, faults)
    out.print()
    say(out, *planned.sentences(planned.compare(day.events, told)))
    say(out, f"Alerts are in {alerts}, violations in {violations}.")


def _introduce(out: Console, day: WellDay, rule_sets: Sequence[RuleSet], how: DaySettings) -> None:
    paced = 60 * how.paced_minutes
    limits = [
        f"{row.constraint_id}: yellow {_from(row.side)} {number(row.yellow_at)}, "
        f"RED {_from(row.side)} {number(row.limit)} {row.unit}"
        for rules in rule_sets
        for row in describe(rules)
    ]
    speed = f"{number(how.speed)} times life, in {length(paced / how.speed)}"
    lines = [
        ("samples", f"{day.rows:,} rows in {day.path}, seed {how.seed}"),
        ("rules", str(DAY_RULES)),
        *(("", limit) for limit in limits),
        ("pace", f"the first {length(paced)} at {speed}; then the rest at once"),
        ("to stop", "Ctrl-C"),
    ]
    for label, text in lines:
        say(out, f"  {label:<9}{text}")
    out.print()


def _from(side: str) -> str:
    return "from" if side == "high" else "down from"


def _share(day: WellDay, how: DaySettings) -> Callable[[int, int], float]:
    """Return the share of the time that has gone, by the rows delivered and the arrival of the last [us]."""
    start_us = int(DAY_START.timestamp()) * MICROSECONDS
    paced_s = 60 * how.paced_minutes
    rest_s = day.rows / _UNPACED_ROWS_PER_S

    def share(rows: int, arrival: int) -> float:
        day_s = (arrival - start_us) / MICROSECONDS
        gone_s = min(day_s, paced_s) / how.speed + (rows / day.rows * rest_s if day_s > paced_s else 0.0)
        return gone_s / (paced_s / how.speed + rest_s)

    return share


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Have an error of the disk say what it was about."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise
