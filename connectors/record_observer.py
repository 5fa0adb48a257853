"""What a running recorder tells whoever watches it: metrics, health. Here nobody watches."""

from __future__ import annotations

from datetime import datetime


class RecordObserver:
    """Told what happens, in the process and on the thread where it happens.

    Every method must be quick and must not raise.
    """

    def stored(self, kind: str, n: int, event_time: datetime | None) -> None:
        """The database has `n` more records: of kind "alert", "violation" or "capture".

        event_time: when what the last of them tells of happened; None for captures, whose violation was told before.
        """

    def behind(self, messages: int) -> None:
        """So many messages of alerts and violations are known to wait to be recorded."""

    def waiting(self, reason: str) -> None:
        """The database takes nothing now, because of this; it is tried again."""

    def reachable(self, reachable: bool) -> None:
        """The database answers, or does not."""


NOBODY = RecordObserver()
