"""Who watches a process of the flow: metrics and health, or nobody."""

from __future__ import annotations

from collections.abc import Collection

from connectors.observer import Observer
from flows.summary import Status


class Watcher(Observer):
    """Told also how each shard stands, after each snapshot."""

    def begun(self) -> None:
        """The process has the lock of its number: from now on it is the one at work, and no spare."""

    def expects(self, shards: Collection[int]) -> None:
        """The brokers have said how many shards there are; these are for this process to judge."""

    def state(self, is_on_disk: bool) -> None:
        """The state is saved on disk, or else, because that is full, in memory."""

    def status(self, status: Status) -> None:
        """A shard stands so."""


NOBODY = Watcher()
