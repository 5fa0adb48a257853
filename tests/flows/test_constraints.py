"""The whole flow: the engine's batches, stops, processes, and what comes out byte for byte."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from bytewax.inputs import AbortExecution
from bytewax.recovery import RecoveryConfig, init_db_dir
from bytewax.testing import run_main
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.delivery import DeadLetter
from flows.placement import shard_key
from flows.summary import Summary
from rules.errors import StateMismatch
from rules.rule_set import Constraint, RuleSet, Tag
from schemas.alert import Alert
from schemas.violation import Violation
from tests.flows.cluster import SHARDS, rows_of, workload
from tests.flows.recordings import build_flow, outputs, stopping, to_batch, whole
from tests.flows.test_agreement import oracle_of, plain
from tests.kernel import in_oracle_terms
from tests.oracle import Row
from tests.parts.apache_kafka import free_ports
from tests.streams import random_rows, random_rule_sets

START = 1_767_225_600_000_000
PUMP = RuleSet("W-1", 1, (Tag("pump_rate", "spm", 0, 300),), (Constraint("pump-rate", "pump_rate", "spm", high=120.0),))


def dirty(seed: int, wells: int = 3, rows: int = 600) -> tuple[list[RuleSet], list[Row]]:
    rng = random.Random(seed)
    rules = random_rule_sets(rng, wells)
    return rules, random_rows(rng, rules, rows)


def run_whole(rules: list[RuleSet], rows: list[Row], folder: Path, batch: int = 10_000) -> dict[str, bytes]:
    folder.mkdir()
    run_main(build_flow(rules, {0: whole(rows)}, folder, rows=batch))
    return outputs(folder)


def test_that_the_files_say_what_the_oracle_says(tmp_path: Path) -> None:
    rules, rows = dirty(1)
    written = run_whole(rules, rows, tmp_path / "out")
    oracle = oracle_of(rules, rows)
    alerts = [Alert.model_validate_json(line) for line in written["alerts.0000.ndjson"].splitlines()]
    violations = [Violation.model_validate_json(line) for line in written["violations.0000.ndjson"].splitlines()]
    assert len(alerts) > 50
    assert [in_oracle_terms(alert) for alert in alerts] == plain(oracle.alerts)
    assert [in_oracle_terms(violation) for violation in violations] == plain(oracle.violations)


@pytest.mark.parametrize("batch", [1, 7, 100])
def test_that_the_files_are_byte_identical_for_any_batch(tmp_path: Path, batch: int) -> None:
    rules, rows = dirty(2)
    assert run_whole(rules, rows, tmp_path / "small", batch) == run_whole(rules, rows, tmp_path / "large")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.data())
def test_that_a_stop_and_resume_at_any_point_changes_no_byte(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("stops")
    rules, rows = dirty(data.draw(st.integers(0, 20)), rows=300)
    batch = data.draw(st.sampled_from([1, 10, 64]))
    stops = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=4)))
    # Zero: a snapshot after every delivery. An hour: none at all, so that everything comes again.
    interval = data.draw(st.sampled_from([timedelta(0), timedelta(milliseconds=3), timedelta(hours=1)]))
    expected = run_whole(rules, rows, folder / "expected")
    (folder / "store").mkdir()
    (folder / "stopped").mkdir()
    init_db_dir(folder / "store", 1)
    recovery = RecoveryConfig(str(folder / "store"))
    for stop in stops:
        flow = build_flow(rules, {0: stopping(rows, stop, AbortExecution())}, folder / "stopped", rows=batch)
        run_main(flow, epoch_interval=interval, recovery_config=recovery)
    run_main(
        build_flow(rules, {0: whole(rows)}, folder / "stopped", rows=batch),
        epoch_interval=interval,
        recovery_config=recovery,
    )
    assert outputs(folder / "stopped") == expected


def test_that_state_saved_under_other_rules_is_refused(tmp_path: Path) -> None:
    rows = [Row("W-1", "pump_rate", START + second * 1_000_000, 100.0) for second in range(10)]
    (tmp_path / "store").mkdir()
    init_db_dir(tmp_path / "store", 1)
    recovery = RecoveryConfig(str(tmp_path / "store"))
    flow = build_flow([PUMP], {0: stopping(rows, 5, AbortExecution())}, tmp_path, rows=1)
    run_main(flow, epoch_interval=timedelta(0), recovery_config=recovery)
    lower = RuleSet("W-1", 1, PUMP.tags, (Constraint("pump-rate", "pump_rate", "spm", high=90.0),))
    with pytest.raises(StateMismatch, match="must belong to the rules given"):
        run_main(build_flow([lower], {0: whole(rows)}, tmp_path), recovery_config=recovery)


@pytest.mark.kernel
@pytest.mark.parametrize("processes", [1, 2])
def test_that_one_and_two_processes_write_what_the_oracle_says(tmp_path: Path, processes: int) -> None:
    addresses = ";".join(f"127.0.0.1:{port}" for port in free_ports(processes))
    started: list[subprocess.Popen[bytes]] = []
    try:
        for process in range(processes):
            with (tmp_path / f"log.{process}").open("wb") as log:
                command = [sys.executable, "-m", "tests.flows.cluster", str(tmp_path), str(process), addresses]
                started.append(subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True))
        for each in started:
            assert each.wait(300) == 0, "".join(path.read_text() for path in sorted(tmp_path.glob("log.*")))
    finally:
        for each in started:
            if each.poll() is None:
                each.kill()
                each.wait()
    rules, rows = workload()
    for shard in range(SHARDS):
        own = rows_of(rows, shard)
        oracle = oracle_of([rule for rule in rules if rule.well_id in {row.well_id for row in own}], own)
        lines = (tmp_path / f"alerts.{shard:04d}.ndjson").read_bytes().splitlines()
        assert [in_oracle_terms(Alert.model_validate_json(line)) for line in lines] == plain(oracle.alerts)
        lines = (tmp_path / f"violations.{shard:04d}.ndjson").read_bytes().splitlines()
        assert [in_oracle_terms(Violation.model_validate_json(line)) for line in lines] == plain(oracle.violations)


def test_that_readings_come_in_other_units_of_the_same_kind(tmp_path: Path) -> None:
    # 65 spm arrives as 1.0833333 Hz, and must be at the limit.
    limit = RuleSet("W-1", 1, PUMP.tags, (Constraint("pump-rate", "pump_rate", "spm", high=65.0),))
    rows = [Row("W-1", "pump_rate", START + second * 1_000_000, 1.0833333, unit="Hz") for second in range(3)]
    summaries: list[Summary] = []
    run_main(build_flow([limit], {0: whole(rows)}, tmp_path, summaries=summaries))
    (alert,) = [json.loads(line) for line in (tmp_path / "alerts.0000.ndjson").read_text().splitlines()]
    assert (alert["level"], alert["unit"], alert["percent_of_limit"]) == ("red", "spm", 100.0)
    assert alert["value"] == pytest.approx(65.0, rel=1e-6)
    assert summaries[0].tallies[0].breaching == 3


def test_that_readings_in_a_unit_of_another_kind_are_not_judged_and_said_so(tmp_path: Path) -> None:
    rows = [Row("W-1", "pump_rate", START + second * 1_000_000, 130.0, unit="psi") for second in range(4)]
    summaries: list[Summary] = []
    dead: list[DeadLetter] = []
    run_main(build_flow([PUMP], {0: whole(rows)}, tmp_path, summaries=summaries, dead_letters=dead))
    assert outputs(tmp_path) == {"alerts.0000.ndjson": b"", "violations.0000.ndjson": b""}
    assert (summaries[0].tallies[0].bad, summaries[0].tallies[0].view) == (4, "bad")
    assert [(letter.origin, letter.line, letter.count) for letter in dead] == [("rows.csv", 2, 4)]
    assert "must convert to 'spm'" in dead[0].reason


def test_that_samples_of_tags_without_a_constraint_are_counted(tmp_path: Path) -> None:
    rows = [Row("W-1", "flow_in", START, 1.0), Row("W-2", "pump_rate", START, 1.0), Row("W-1", "pump_rate", START, 1.0)]
    summaries: list[Summary] = []
    run_main(build_flow([PUMP], {0: whole(rows)}, tmp_path, summaries=summaries))
    assert (summaries[0].samples, summaries[0].unwatched, summaries[0].tallies[0].judged) == (3, 2, 1)


def test_that_each_line_validates_against_the_committed_schema(tmp_path: Path) -> None:
    from jsonschema import Draft202012Validator, FormatChecker

    rules, rows = dirty(3)
    written = run_whole(rules, rows, tmp_path / "out")
    for name, kind in (("alerts.0000.ndjson", "alert"), ("violations.0000.ndjson", "violation")):
        schema = json.loads((Path(__file__).parents[2] / f"schemas/json/{kind}.schema.json").read_text())
        validator = Draft202012Validator(schema, format_checker=FormatChecker())
        lines = written[name].splitlines()
        assert lines
        for line in lines:
            validator.validate(json.loads(line))


def test_that_shard_keys_never_change() -> None:
    # Recovery state stands under these names.
    assert [shard_key(shard) for shard in range(4)] == ["0.244", "1.967", "2.1388", "3.1316"]


def test_that_rows_survive_the_way_through_columns() -> None:
    _, rows = dirty(4, rows=50)
    assert to_batch(rows).num_rows == len(rows)
