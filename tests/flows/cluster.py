"""One process of a cluster on seeded rows: `python -m tests.flows.cluster FOLDER PROCESS ADDRESSES`."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from bytewax.testing import cluster_main

from rules.rule_set import RuleSet
from tests.flows.recordings import build_flow, shard_of, whole
from tests.oracle import Row
from tests.streams import random_rows, random_rule_sets

SHARDS = 4


def workload() -> tuple[list[RuleSet], list[Row]]:
    """Return rules and rows, the same in every process."""
    rng = random.Random(42)
    rules = random_rule_sets(rng, 40)
    return rules, random_rows(rng, rules, 8000)


def rows_of(rows: list[Row], shard: int) -> list[Row]:
    """Return the rows of a shard's wells, in their order."""
    return [row for row in rows if shard_of(row.well_id, SHARDS) == shard]


if __name__ == "__main__":
    rules, rows = workload()
    shards = {shard: whole(rows_of(rows, shard)) for shard in range(SHARDS)}
    flow = build_flow(rules, shards, Path(sys.argv[1]), rows=500)
    cluster_main(flow, sys.argv[3].split(";"), int(sys.argv[2]))
