"""The same targets give the same bytes, whatever their order and however many threads there are."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import polars as pl

from schemas.profiles import default_profile
from scoring.explain import what_would_change
from scoring.rank import rank
from scoring.scores import score
from tests.scoring.targets import random_targets

REPO = Path(__file__).resolve().parents[2]
COUNT, SEED = 5000, 31


def digest(given: pl.DataFrame) -> str:
    """Return a hash of everything that scoring says of targets."""
    scored = score(given, default_profile())
    ranked = rank(scored.targets)
    ranked = ranked.with_columns(what_would_change(ranked, default_profile()))
    text = ranked.write_ndjson() + scored.gaps.write_ndjson()
    return hashlib.sha256(text.encode()).hexdigest()


def test_that_the_order_of_rows_changes_no_byte() -> None:
    given = random_targets(COUNT, SEED)
    wanted = digest(given)
    assert digest(given.reverse()) == wanted
    assert digest(given.sample(fraction=1.0, shuffle=True, seed=1)) == wanted


def test_that_the_number_of_threads_changes_no_byte() -> None:
    program = "from tests.scoring.test_determinism import *; print(digest(random_targets(COUNT, SEED)))"
    found = set()
    for threads in ("1", "2", "5"):
        environment = {**os.environ, "POLARS_MAX_THREADS": threads}
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=REPO, env=environment, capture_output=True, text=True, check=True
        )
        found.add(done.stdout)
    assert len(found) == 1
