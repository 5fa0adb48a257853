"""Golden streams: each file of samples tells one story, and what is to be said of it lies beside it, byte for byte.

To write what the flow says now: python -m tests.flows.test_golden --write
The diff is reviewed like code, each changed line against docs/judging.md.
"""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest

from connectors.delivery import DeadLetter
from connectors.errors import Fault
from connectors.replay.parse import open_samples
from connectors.rule_files.source import load_rule_sets
from connectors.units import conversion
from rules.rule_set import RuleSet
from schemas.alert import Alert
from schemas.violation import Violation
from tests.flows.test_agreement import oracle_of, plain
from tests.kernel import in_oracle_terms
from tests.oracle import Row
from welltegra.replay import Outcome, Replay, replay

STREAMS = Path(__file__).parents[1] / "data" / "streams"
NAMES = sorted(path.stem for path in STREAMS.glob("*.csv"))
KINDS = ("alerts", "violations")


def stream(name: str) -> Path:
    return STREAMS / f"{name}.csv"


def rule_sets(name: str) -> tuple[RuleSet, ...]:
    return load_rule_sets([STREAMS / f"{name}.rules.yaml"])


def expected(name: str, kind: str) -> Path:
    return STREAMS / f"{name}.expected.{kind}.ndjson"


def refuse(what: Fault | DeadLetter) -> None:
    raise AssertionError(f"golden streams are readable: {what}")


def judged(name: str, folder: Path, batch: int = 10_000) -> dict[str, bytes]:
    """Return what the flow writes about a stream."""
    files = {kind: folder / f"{kind}.ndjson" for kind in KINDS}
    job = Replay(
        rule_sets=rule_sets(name),
        samples=[stream(name)],
        alerts=files["alerts"],
        violations=files["violations"],
        on_fault=refuse,
        on_dead_letter=refuse,
        batch=batch,
    )
    replay(job, Outcome())
    return {kind: path.read_bytes() for kind, path in files.items()}


@pytest.mark.kernel
@pytest.mark.parametrize("batch", [1, 10_000])
@pytest.mark.parametrize("name", NAMES)
def test_that_the_flow_says_what_is_expected_byte_for_byte(name: str, batch: int, tmp_path: Path) -> None:
    assert judged(name, tmp_path, batch) == {kind: expected(name, kind).read_bytes() for kind in KINDS}


@pytest.mark.parametrize("name", NAMES)
def test_that_the_oracle_says_what_is_expected(name: str) -> None:
    rules = rule_sets(name)
    oracle = oracle_of(rules, rows_of(name, rules))
    alerts = [Alert.model_validate_json(line) for line in expected(name, "alerts").read_bytes().splitlines()]
    assert [in_oracle_terms(alert) for alert in alerts] == plain(oracle.alerts)
    lines = expected(name, "violations").read_bytes().splitlines()
    violations = [Violation.model_validate_json(line) for line in lines]
    assert [in_oracle_terms(violation) for violation in violations] == plain(oracle.violations)


def test_that_each_file_belongs_to_a_stream() -> None:
    assert len(NAMES) >= 10
    endings = [".csv", ".rules.yaml", *(f".expected.{kind}.ndjson" for kind in KINDS)]
    assert {path.name for path in STREAMS.iterdir()} == {f"{name}{ending}" for name in NAMES for ending in endings}


def rows_of(name: str, rules: tuple[RuleSet, ...]) -> list[Row]:
    """Return the samples of a stream as the oracle takes them: values in the tag's unit."""
    tags = {(rule_set.well_id, tag.name): tag for rule_set in rules for tag in rule_set.tags}
    rows = []
    for _, batch in open_samples([stream(name)], None, refuse):
        moments = {column: batch.column(column).cast(pa.int64()).to_pylist() for column in ("time", "received_at")}
        for at, sample in enumerate(batch.to_pylist()):
            tag = tags[sample["well_id"], sample["tag"]]
            factor, offset = conversion(sample["unit"] or tag.unit, tag.unit)
            value = math.nan if sample["value"] is None else factor * sample["value"] + offset
            rows.append(
                Row(
                    sample["well_id"],
                    sample["tag"],
                    moments["time"][at],
                    value,
                    sample["quality"] or "good",
                    moments["received_at"][at],
                    bool(sample["backfill"]),
                )
            )
    return rows


def write() -> None:
    """Write what the flow says now as what is expected of it, and say what that changed."""
    for name in NAMES:
        with tempfile.TemporaryDirectory() as folder:
            for kind, lines in judged(name, Path(folder)).items():
                path = expected(name, kind)
                if not path.exists() or path.read_bytes() != lines:
                    path.write_bytes(lines)
                    print(f"{path.name}: written anew; review the diff")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    write()
