"""A dry run as a person sees it: checked first, then alerts and progress, then the table and the picture."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from rich.console import Console

from connectors.errors import Fault, FileFaults
from connectors.replay.sink import is_standard_output, is_stream
from connectors.rule_files.source import load_rule_sets
from connectors.witsml.config import TagMap
from connectors.witsml.source import load_tag_map
from rules.rule_set import RuleSet
from schemas.alert import Alert
from welltegra import closing
from welltegra.describe.fault_log import FaultLog
from welltegra.errors import NothingJudged
from welltegra.outputs import reserved
from welltegra.replay import Outcome, Replay, replay
from welltegra.running import Stopped
from welltegra.screen import Screen, console_for, say

PICTURES = (".png", ".svg", ".pdf")


@dataclass(frozen=True)
class DryRun:
    """What to run, and where its results go. batch, speed: see welltegra.replay.Replay."""

    rules: Sequence[Path]
    samples: Sequence[Path]
    tag_map: Path | None
    alerts: Path
    violations: Path
    plot: Path | None
    batch: int
    speed: float | None
    max_faults_shown: int


def dry_run(job: DryRun) -> None:
    """Run `job`, and show how it goes and what came of it.

    Raises:
        FileFaults: With all that is wrong with the rules, the tag map and the outputs, before anything is read; or
            with the samples, before anything is written.
        NothingJudged: No sample met any constraint.
        OSError, Stopped: As `replay` does.
    """
    inputs = [*job.rules, *job.samples, *([job.tag_map] if job.tag_map else [])]
    outputs = [job.alerts, job.violations, *([job.plot] if job.plot else [])]
    faults: list[Fault] = []
    with _collected(faults):
        rule_sets = load_rule_sets(job.rules)
    tag_map = None
    if job.tag_map is not None:
        with _collected(faults):
            tag_map = load_tag_map(job.tag_map)
    if job.plot is not None and job.plot.suffix.lower() not in PICTURES:
        must = f"a plot must be named {', '.join(PICTURES)}"
        faults.append(Fault(str(job.plot), None, must, repr(job.plot.suffix), "Name it so."))
    if faults:
        with _collected(faults), reserved(outputs, inputs):
            raise FileFaults(())
        raise FileFaults(faults)
    is_aside = any(is_standard_output(path) for path in (job.alerts, job.violations))
    with reserved(outputs, inputs), console_for(aside=is_aside) as out:
        _run(job, rule_sets, tag_map, out)


def _run(job: DryRun, rule_sets: Sequence[RuleSet], tag_map: TagMap | None, out: Console) -> None:
    faults, outcome = FaultLog(job.max_faults_shown), Outcome()
    screen = Screen(out, rule_sets, sum(path.stat().st_size for path in job.samples if path.is_file()))
    told: list[Alert] = []
    picture = None
    if job.plot is not None:
        from welltegra.report.series import Series

        picture = Series(rule_sets)

    def on_batch(batch: pa.RecordBatch) -> None:
        screen.rows_read(batch.num_rows)
        if picture is not None:
            picture.add(batch)

    def on_alert(alert: Alert) -> None:
        if picture is not None:
            told.append(alert)
        if job.speed is not None:
            screen.alert(alert)

    with screen.shown():
        replay(
            Replay(
                rule_sets=rule_sets,
                samples=job.samples,
                alerts=job.alerts,
                violations=job.violations,
                on_fault=faults,
                on_dead_letter=faults.dead_letter,
                tag_map=tag_map,
                batch=job.batch,
                speed=job.speed,
                on_alert=on_alert,
                on_batch=on_batch,
                on_progress=screen.progress,
                on_bytes=screen.bytes_read,
            ),
            outcome,
        )
    why = closing.nothing_judged(outcome, rule_sets)
    if why is not None:
        say(out, *faults.lines())
        raise NothingJudged(why)
    closing.show(out, outcome, rule_sets, faults)
    if job.plot is not None and picture is not None:
        # Where it may not write at home, it says at length that it works all the same.
        logging.getLogger("matplotlib").setLevel(logging.ERROR)
        from welltegra.report.plot import draw

        with _whole_or_gone(job.plot):
            draw(job.plot, picture, rule_sets, told, title=", ".join(rules.well_id for rules in rule_sets))
        say(out, f"Plot in {job.plot}.")


@contextmanager
def _collected(faults: list[Fault]) -> Iterator[None]:
    """Add the faults of a file to `faults`, and go on."""
    try:
        yield
    except FileFaults as error:
        faults += error.faults


@contextmanager
def _whole_or_gone(path: Path) -> Iterator[None]:
    """Leave no half of a file at `path`."""
    try:
        yield
    except BaseException as error:
        if not is_stream(path):
            path.unlink(missing_ok=True)
        if isinstance(error, OSError) and not error.filename:
            error.filename = str(path)
        if isinstance(error, KeyboardInterrupt):
            raise Stopped("Stopped before the plot was drawn; alerts and violations are complete.") from None
        raise
