"""Rule files that were named, and the rules that are active: whether each can be loaded."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from connectors.errors import ConnectorError, Fault, FileFaults
from connectors.kafka.config import Kafka
from connectors.kafka.rules import RuleBook, look_into_rules
from connectors.rule_files.source import load_rules
from welltegra.describe.wording import counted
from welltegra.doctor.result import Result, not_asked, of_error, of_fault, ok, warning

FILES: Final = "rule files"
ACTIVE: Final = "active rules"

# A field of 50,000 wells takes longer than anybody waits for an answer.
_LOADS_FOR_S: Final = 3.0


def look_at_files(paths: Sequence[Path]) -> Iterator[Result]:
    """Yield every fault of the rule files, or how many there are. One by one: they may be variants for one well."""
    if not paths:
        yield not_asked(FILES, "none were named.", "Name them: welltegra doctor FILE...")
        return
    faults: list[Fault] = []
    constraints = 0
    for path in paths:
        try:
            constraints += len(load_rules(path).constraints)
        except FileFaults as error:
            faults += error.faults
    for fault in faults:
        yield of_fault(FILES, fault)
    if not faults:
        yield ok(FILES, f"{counted(len(paths), 'file')}, {counted(constraints, 'constraint')}; no faults.")


def look_at_active(kafka: Kafka) -> Iterator[Result]:
    """Yield what is wrong with the rules on the cluster, or how many wells have some. The cluster must be in reach."""
    try:
        book, faults = look_into_rules(kafka)
    except ConnectorError as error:
        yield from of_error(ACTIVE, error)
        return
    wells = len(book.versions_of(0, 1))
    loaded, unloadable = _load(book)
    faults += unloadable
    for fault in faults:
        yield of_fault(ACTIVE, fault)
    if faults:
        return
    if not wells:
        yield warning(
            ACTIVE, "no well has rules, so nothing is judged.", "Activate some: welltegra rules activate FILE..."
        )
    elif loaded < wells:
        yield ok(ACTIVE, f"{counted(wells, 'well')}; the first {loaded:,} were loaded, and have no faults.")
    else:
        yield ok(ACTIVE, f"{counted(wells, 'well')}; no faults.")


def _load(book: RuleBook) -> tuple[int, list[Fault]]:
    """Return how many wells' rules were loaded in the time there is, and their faults."""
    until, loaded, faults = time.monotonic() + _LOADS_FOR_S, 0, list[Fault]()
    for well, version in book.versions_of(0, 1).items():
        if time.monotonic() > until:
            break
        try:
            loaded += sum(1 for _ in book.rule_sets_of(0, 1, {well: version}))
        except FileFaults as error:
            faults += error.faults
    return loaded, faults
