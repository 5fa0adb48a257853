"""The recordings as they lie in the files: the standard library, the text of each cell, and exact fractions.

Nothing of ours is used, so that what is counted here can prove what the dry run counts.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

# Units of the curves in units of the limits. psi: 0.45359237 kg x 9.80665 m/s2 on a square inch, of 0.0254 m.
SPM = Fraction(60)
PSI = Fraction(254, 10_000) ** 2 / (Fraction(45_359_237, 10**8) * Fraction(980_665, 10**5))
KN = Fraction(1, 1000)
LITRES_PER_MIN = Fraction(60_000)

# A reading is at its limit if a millionth of the limit is all that it lacks: the design, section 2.
LACKING = Fraction(1, 10**6)


@dataclass(frozen=True, slots=True)
class Reading:
    """One row of one curve: when, and what the cell says."""

    time: datetime
    text: str

    def at_or_above(self, limit: int, factor: Fraction) -> bool:
        """Return whether it is at or above a limit; `factor` takes it to the limit's unit."""
        return Fraction(self.text) * factor >= limit * (1 - LACKING)

    def at_or_below(self, limit: int, factor: Fraction) -> bool:
        """Return whether it is at or below a limit; `factor` takes it to the limit's unit."""
        return Fraction(self.text) * factor <= limit * (1 + LACKING)


def parts(folder: Path, log: str) -> list[Path]:
    """Return the files of a log, such as "F-7_CementData", the earliest first."""
    return sorted((folder / "volve_witsml" / "logs").glob(f"{log}_*.xml.gz"))


def curve(paths: Sequence[Path], mnemonic: str) -> list[Reading]:
    """Return every row of a curve, in the order of the files."""
    return [
        Reading(datetime.fromisoformat(cells[header.index("Time")]), cells[header.index(mnemonic)])
        for path in paths
        for header, cells in _rows(path)
    ]


def _rows(path: Path) -> Iterator[tuple[list[str], list[str]]]:
    with gzip.open(path) as stream:
        root = ElementTree.parse(stream).getroot()  # noqa: S314  # recordings that we chose
    for data in root.iterfind(".//{*}logData"):
        header = data.findtext("{*}mnemonicList", "").split(",")
        for row in data.iterfind("{*}data"):
            yield header, (row.text or "").split(",")
