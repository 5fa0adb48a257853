"""What a process that judges half a million tags holds in memory, and what it is made of: one process, one answer.

    python -m benchmarks.memory WELLS

Rule sets come as a loader gives them, one after another, each with strings and numbers of its own.
"""

from __future__ import annotations

import gc
import json
import pickle
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from benchmarks.workload import Field, Kind
    from rules.rule_set import RuleSet

MB = 1e6
_PAGE = 4096


def resident_mb() -> float:
    """Return the memory of this process that is in the machine's [MB]."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / MB


def peak_mb() -> float:
    """Return the most it has been [MB]."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) * 1024 / MB


class Steps:
    """Notes how much each step added."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}
        self._before = 0.0

    def note(self, part: str, *made_of: tuple[str, float]) -> None:
        """Note what was added since the last note: parts of known sizes [bytes], and the rest."""
        gc.collect()
        now = resident_mb()
        rest = now - self._before
        for name, size in made_of:
            self.parts[name] = size / MB
            rest -= size / MB
        self.parts[part] = rest
        self._before = now


@dataclass(frozen=True)
class Memory:
    """The answer [MB]: parts; their sum, held while judging; more while a snapshot is taken; the most at any time."""

    tags: int
    parts_mb: dict[str, float]
    judging_mb: float
    with_snapshot_mb: float
    peak_mb: float
    build_s: float
    snapshot_s: float
    pickle_s: float
    snapshot_mb: float


def measure(wells: int) -> Memory:
    """Return what this process comes to hold."""
    steps = Steps()
    steps.note("Python")
    # Imported here, so that they are measured.
    from benchmarks.workload import Field, batches
    from connectors.delivery import Delivery
    from flows.constraints import get_flow
    from flows.shard import Shard
    from rules.conditions import Conditions
    from rules.limit import LIMIT
    from rules.memory import EXCURSION, MEMORY, TALLY

    assert get_flow.__doc__, "imported with all that the flow needs"
    steps.note("imports: Bytewax, numba, Arrow, pydantic")

    def judge(shard: Shard, field: Field, kind: Kind, seconds: int, after: int = 0, at: int = 0) -> int:
        """Judge some scans of all tags, 10,000 samples a delivery; return the position after them."""
        for first in range(0, field.wells, 1000):
            part = replace(field, first_well=first, wells=min(1000, field.wells))
            for batch in batches(part, kind, seconds, after):
                wire: Literal["arrow", "json"] = "arrow" if kind == "arrow" else "json"
                shard.on_batch([Delivery(0, wire, batch.messages, position=at, next_position=at + 1)])
                at += 1
        return at

    few = Field(0, 10, 0.0)
    small = Shard(None, lambda _shard, _versions: Conditions(few.rule_sets()), False, None)
    judge(small, few, "arrow", 3, 3, judge(small, few, "scans", 3))
    del small
    steps.note("compiled kernel")

    field = Field(0, wells, 1.0)
    slots = field.tags
    shard = Shard(None, lambda _shard, _versions: Conditions(as_loaded(field)), False, None)
    began = time.perf_counter()
    shard.on_batch([Delivery(0, "json", [])])
    build_s = time.perf_counter() - began
    steps.note("rules: names and look-up", ("limits", LIMIT.itemsize * slots))
    judge(shard, field, "arrow", 3, 3, judge(shard, field, "scans", 3))
    steps.note(
        "decoding: buffers, dictionaries",
        ("memory of the last sample", MEMORY.itemsize * slots),
        ("excursions", EXCURSION.itemsize * slots),
        ("tallies", TALLY.itemsize * slots),
    )
    judging_mb = resident_mb()
    began = time.perf_counter()
    saved = shard.snapshot()
    taken = time.perf_counter()
    pickled = pickle.dumps(saved)
    pickled_at = time.perf_counter()
    return Memory(
        slots,
        steps.parts,
        judging_mb,
        resident_mb(),
        peak_mb(),
        build_s,
        taken - began,
        pickled_at - taken,
        len(pickled) / MB,
    )


def as_loaded(field: Field) -> Iterator[RuleSet]:
    """Yield the rule sets as a loader would: one after another, and no two with an object in common."""
    for well in range(field.first_well, field.first_well + field.wells):
        (rule_set,) = replace(field, first_well=well, wells=1).rule_sets()
        yield pickle.loads(pickle.dumps(rule_set))  # noqa: S301  # our own bytes


if __name__ == "__main__":
    print(json.dumps(asdict(measure(int(sys.argv[1])))))
