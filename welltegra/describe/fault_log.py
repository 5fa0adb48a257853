"""What could not be read: counted by file, the first few kept whole. A file can have a fault on each of its rows."""

from __future__ import annotations

from typing import Final

from connectors.delivery import DeadLetter
from connectors.errors import Fault
from welltegra.describe.wording import counted

SHOWN: Final = 20


class FaultLog:
    """Hand it to a reader as its `on_fault`. kept: the first `shown` faults. by_file: how many each file has."""

    def __init__(self, shown: int = SHOWN) -> None:
        self._shown = shown
        self.kept: list[str] = []
        self.by_file: dict[str, int] = {}
        self._more = 0

    def __call__(self, fault: Fault) -> None:
        self._note(fault.where, str(fault), 1)

    def dead_letter(self, letter: DeadLetter) -> None:
        """Take what the flow could not judge, as its `on_dead_letter`."""
        place = letter.origin if letter.line is None else f"{letter.origin} line {letter.line}"
        samples = f" {counted(letter.count, 'sample')}, this the first." if letter.count > 1 else ""
        self._note(letter.origin, f"{place}: {letter.reason}{samples}", letter.count)

    def _note(self, where: str, sentence: str, count: int) -> None:
        self.by_file[where] = self.by_file.get(where, 0) + count
        if len(self.kept) < self._shown:
            self.kept.append(sentence)
        else:
            self._more += count

    @property
    def count(self) -> int:
        """Return how many there were."""
        return sum(self.by_file.values())

    def lines(self) -> list[str]:
        """Return what to show: each file with its count, then the first faults, then how many more there are."""
        counts = [f"{where}: {counted(count, 'fault')}" for where, count in self.by_file.items()]
        files = counts[: self._shown]
        if len(counts) > len(files):
            files.append(f"... and {counted(len(counts) - len(files), 'more file', 'more files')}")
        return [*files, *self.kept, *([f"... and {self._more:,} more"] if self._more else [])]
