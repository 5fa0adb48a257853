"""Pure: what was missed of each tag, and what of it still is. No clock: seconds are handed in."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

# A tag that comes and goes all the time has its eldest gaps made one: what lies between is asked for twice.
_MOST_OF_A_TAG: Final = 16


@dataclass(slots=True)
class Gap:
    """Nothing of a tag between two times [us since epoch], both excluded. noted_s: when that was last said.

    dropped: it had come, and there was no room for it. told: somebody has been told. found: samples that history had
    of it, whichever connection asked.
    """

    tag: int
    after: int
    before: int
    noted_s: float
    dropped: bool = False
    told: bool = False
    found: int = 0


class Gaps:
    """The gaps of all tags, from whatever thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: dict[int, list[Gap]] = {}

    def add(self, tag: int, after: int, before: int, now_s: float) -> None:
        """Note that nothing of a tag came between two times."""
        with self._lock:
            self._append(Gap(tag, after, before, now_s))

    def add_dropped(self, tag: int, time: int, now_s: float) -> None:
        """Note that a reading was dropped; those dropped one after another are one gap."""
        with self._lock:
            own = self._of.get(tag)
            if own and own[-1].dropped and not own[-1].told:
                last = own[-1]
                last.after, last.before = min(last.after, time - 1), max(last.before, time + 1)
                last.noted_s = now_s
            else:
                self._append(Gap(tag, time - 1, time + 1, now_s, dropped=True))

    def due(self, before_s: float) -> list[Gap]:
        """Return the gaps that were last noted before then, those of a tag in order."""
        with self._lock:
            return [gap for own in self._of.values() for gap in own if gap.noted_s <= before_s]

    def done(self, gap: Gap) -> None:
        """Forget a gap: it is filled, or never will be."""
        with self._lock:
            own = self._of.get(gap.tag, [])
            # By identity: two may be equal, and one of them yet to be filled.
            own[:] = [other for other in own if other is not gap]
            if not own:
                self._of.pop(gap.tag, None)

    def _append(self, gap: Gap) -> None:
        own = self._of.setdefault(gap.tag, [])
        own.append(gap)
        if len(own) > _MOST_OF_A_TAG:
            eldest, next_eldest = own[0], own.pop(1)
            eldest.after = min(eldest.after, next_eldest.after)
            eldest.before = max(eldest.before, next_eldest.before)
            eldest.found += next_eldest.found
