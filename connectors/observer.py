"""What a running flow tells whoever watches it: metrics, health, the screen. Here nobody watches."""

from __future__ import annotations

from datetime import datetime


class Observer:
    """Told what happens, in the process where it happens, on the engine's thread but for `kafka`.

    Every method must be quick and must not raise.
    """

    def turned(self) -> None:
        """The engine came round: it is alive, though perhaps nothing came."""

    def built(self, shard: int, position: int) -> None:
        """A shard's samples are read from `position` on."""

    def read(self, shard: int, messages: int, position: int, behind: int | None) -> None:
        """Messages of samples were read; the next is at `position`, and `behind` more are known to wait."""

    def caught_up(self, shard: int) -> None:
        """A shard has read all that was there when it started."""

    def lost(self, shard: int, messages: int) -> None:
        """Messages of samples were deleted by retention before they were judged."""

    def fenced(self, topic: str, shard: int, ids: int, seconds: float) -> None:
        """A sink found `ids` records that may come again, which took so long."""

    def dropped(self, topic: str) -> None:
        """A record came again, and was not written again."""

    def published(self, topic: str, happened: datetime | None) -> None:
        """The broker has a record of what happened then; None where that is not known."""

    def flushed(self, topic: str, seconds: float) -> None:
        """For a snapshot, a sink has waited so long for the broker to have everything."""

    def kafka(self, reachable: bool, reason: str) -> None:
        """The brokers can be reached, or not, and what the client said; called from any thread."""


NOBODY = Observer()
