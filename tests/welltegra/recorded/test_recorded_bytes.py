"""Recorded rig telemetry: the same bytes however it is cut and in whatever order it is given; the oracle agrees."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from connectors.units import conversion
from schemas.ids import condition_id
from tests.flows.test_agreement import oracle_of, plain
from tests.kernel import in_oracle_terms
from tests.oracle import Row
from tests.welltegra.recorded.dry_run import EXAMPLES, Judged, dry_run
from tests.welltegra.recorded.raw import curve, parts

pytestmark = pytest.mark.realdata

RULES, TAGS = EXAMPLES / "rules-15-9-F-7.yaml", EXAMPLES / "tags-15-9-F-7.yaml"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Of a rule set's tag: the curve that it is read from, and the unit that this is in.
CURVES = {"pump_rate": ("STRATE2", "Hz"), "cement_pressure": ("CEMPUMPPR", "Pa"), "hook_load": ("HKLD", "N")}


@pytest.fixture(scope="module")
def whole(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """Return the dry run of F-7, its files in order."""
    return dry_run(RULES, TAGS, parts(shared_data, "F-7_CementData"), tmp_path_factory.mktemp("whole"))


@pytest.mark.parametrize("batch", [1, 7, 1_000_000])
def test_that_the_batch_changes_no_byte(batch: int, shared_data: Path, tmp_path: Path, whole: Judged) -> None:
    files = parts(shared_data, "F-7_CementData")
    assert dry_run(RULES, TAGS, files, tmp_path, batch=batch).files == whole.files


def test_that_the_order_in_which_chunks_are_given_changes_no_byte(
    shared_data: Path, tmp_path: Path, whole: Judged
) -> None:
    orders = list(permutations(parts(shared_data, "F-7_CementData")))
    for files in (orders[-1], orders[7], orders[16]):
        assert dry_run(RULES, TAGS, files, tmp_path).files == whole.files


def test_that_the_oracle_says_of_the_raw_rows_what_the_dry_run_says_of_the_files(
    shared_data: Path, whole: Judged
) -> None:
    rules = whole.rule_set
    rows = []
    for tag, (mnemonic, unit) in CURVES.items():
        factor = conversion(unit, rules.tag(tag).unit).factor
        for reading in curve(parts(shared_data, "F-7_CementData"), mnemonic):
            time = (reading.time - EPOCH) // timedelta(microseconds=1)
            rows.append(Row(rules.well_id, tag, time, factor * float(reading.text)))
    oracle = oracle_of([rules], rows)
    names = [condition_id(rules.well_id, constraint.id, constraint.tag) for constraint in rules.constraints]
    for records, expected in ((whole.alerts, oracle.alerts), (whole.violations, oracle.violations)):
        found = [in_oracle_terms(record) for record in records]
        assert Counter(record["condition_id"] for record in found).keys() == set(names)
        for name in names:
            of_condition = [record for record in expected if record["condition_id"] == name]
            assert [record for record in found if record["condition_id"] == name] == plain(of_condition)
    for tally, name in zip(whole.summary.tallies, names, strict=True):
        assert {count: getattr(tally, count) for count in oracle.counts[name] if count != "samples"} == {
            count: number for count, number in oracle.counts[name].items() if count != "samples"
        }
