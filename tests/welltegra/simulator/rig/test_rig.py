"""The rig's wells together: the same seed gives the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.test_layers import REPO

DIGEST = """
import hashlib, sys
from welltegra.simulator.rig.rig import Ask, Rig
rig = Rig(sys.argv[1].split(","), int(sys.argv[2]))
found = hashlib.sha256()
for second in range(900):
    if second == 300:
        rig.ask(Ask("noise", "W-2", "", 60.0, ""))
        rig.write_request("W-2", 80.0)
    for scan in rig.step(second * 1_000_000):
        if scan.well == "W-2":
            found.update(repr(scan).encode())
print(found.hexdigest())
"""


def digest(wells: str, seed: int, hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", DIGEST, wells, str(seed)],
        cwd=REPO,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": f"UTC-{hash_seed}"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_that_a_seed_gives_the_same_bytes_in_any_process_and_beside_any_other_well() -> None:
    first = digest("W-1,W-2", 5, "1")
    assert first == digest("W-2,A,B", 5, "2")
    assert first != digest("W-1,W-2", 6, "1")
