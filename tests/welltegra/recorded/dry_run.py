"""The dry run as the command does it, with its counts and records at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from connectors.rule_files.source import load_rule_sets
from connectors.witsml.source import load_tag_map
from flows.summary import Summary, Tally
from rules.rule_set import RuleSet
from schemas.alert import Alert
from schemas.violation import Violation
from welltegra.describe.fault_log import FaultLog
from welltegra.replay import Outcome, Replay, replay

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"


@dataclass(frozen=True)
class Judged:
    """What a dry run left. alerts, violations: the files, and the bytes of them."""

    rule_set: RuleSet
    summary: Summary
    alerts: list[Alert]
    violations: list[Violation]
    files: tuple[bytes, bytes]

    def tally(self, constraint_id: str) -> Tally:
        (found,) = [tally for tally in self.summary.tallies if tally.constraint_id == constraint_id]
        return found

    def alerts_of(self, constraint_id: str, *transitions: str) -> list[Alert]:
        """Return the alerts of a constraint; of these transitions alone, if any are named."""
        return [
            alert
            for alert in self.alerts
            if alert.constraint_id == constraint_id and (not transitions or alert.transition in transitions)
        ]

    def violations_of(self, constraint_id: str) -> list[Violation]:
        return [violation for violation in self.violations if violation.constraint_id == constraint_id]


def dry_run(rules: Path, tags: Path | None, samples: Sequence[Path], folder: Path, batch: int = 10_000) -> Judged:
    """Judge `samples`; every row must be readable."""
    faults = FaultLog()
    outcome = Outcome()
    rule_sets = load_rule_sets([rules])
    alerts, violations = folder / "alerts.ndjson", folder / "violations.ndjson"
    job = Replay(
        rule_sets=rule_sets,
        samples=samples,
        alerts=alerts,
        violations=violations,
        on_fault=faults,
        on_dead_letter=faults.dead_letter,
        tag_map=None if tags is None else load_tag_map(tags),
        batch=batch,
    )
    replay(job, outcome)
    assert faults.lines() == []
    assert outcome.summary is not None
    return Judged(
        rule_sets[0],
        outcome.summary,
        [Alert.model_validate_json(line) for line in alerts.read_bytes().splitlines()],
        [Violation.model_validate_json(line) for line in violations.read_bytes().splitlines()],
        (alerts.read_bytes(), violations.read_bytes()),
    )
