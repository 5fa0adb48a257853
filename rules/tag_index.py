"""Index of each watched tag by well and name: looked up for every sample, so quick, and one for each tag, so small."""

from __future__ import annotations

from collections.abc import Mapping

UNWATCHED = -1

# The tags of one well: tag `name` has the index `base + offsets[name]`.
WellTags = tuple[int, dict[str, int]]
NO_TAGS: WellTags = (0, {})


class TagIndex:
    """Wells with the same tags in the same order, which most of a field are, share their offsets.

    wells: the tags of each well; a dict of tuples, because the loop over samples can afford no call of ours.
    """

    def __init__(self) -> None:
        self.wells: dict[str, WellTags] = {}
        self._shared: dict[tuple[tuple[str, int], ...], dict[str, int]] = {}

    def add(self, well_id: str, indices: Mapping[str, int]) -> None:
        """Take in the index of each tag of a well, by name."""
        base, known = self.wells.get(well_id, (min(indices.values(), default=0), {}))
        offsets = known | {name: index - base for name, index in indices.items()}
        self.wells[well_id] = (base, self._shared.setdefault(tuple(offsets.items()), offsets))

    def find(self, well_id: str, name: str) -> int:
        """Return the index of a tag, UNWATCHED for one that no constraint watches."""
        base, offsets = self.wells.get(well_id, NO_TAGS)
        offset = offsets.get(name)
        return UNWATCHED if offset is None else base + offset

    def drop(self, well_id: str) -> None:
        """Forget the tags of a well, if it has any."""
        self.wells.pop(well_id, None)

    def move(self, start: int, by: int) -> None:
        """Add `by` to every index from `start` on; the tags of a well move together."""
        if by == 0:
            return
        for well_id, (base, offsets) in self.wells.items():
            if base >= start and offsets:
                self.wells[well_id] = (base + by, offsets)
