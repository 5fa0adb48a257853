"""What the rules can refuse."""

from __future__ import annotations


class RulesError(Exception):
    """The rules were handed something they cannot judge by."""


class StateMismatch(RulesError):
    """A saved memory belongs to other rules than those now given."""

    def __init__(self, shard: str, saved: str, given: str) -> None:
        self.shard, self.saved, self.given = shard, saved, given
        super().__init__(
            f"recovery state of {shard!r}: must belong to the rules given; was saved under {saved}, given are {given}. "
            "Start with an empty recovery folder, or with the rules of the saved state."
        )
