"""What a running ingest tells whoever watches it: metrics, health. Here nobody watches."""

from __future__ import annotations

from connectors.kafka.scan_sink import DeliveryObserver


class IngestObserver(DeliveryObserver):
    """Told what happens, on the thread where it happens.

    Every method must be quick and must not raise.
    """

    def connected(self) -> None:
        """The server has taken us, and sends what it is asked for."""

    def disconnected(self, kind: str, reason: str) -> None:
        """There is no connection, of a kind of errors.KINDS; it is tried again."""

    def heard(self) -> None:
        """The server has answered."""

    def served(self, wanted: int, served: int) -> None:
        """Of `wanted` tags of the map the server serves so many."""

    def sampled(self, good: int, uncertain: int, bad: int) -> None:
        """So many samples came by subscription, by quality."""

    def clock_differs(self, seconds: float) -> None:
        """The server's time of a sample less its source's."""

    def untimed(self, samples: int) -> None:
        """So many samples came without a time of their source."""

    def overflowed(self, samples: int) -> None:
        """So many samples say that others before them did not fit into the server's queue."""

    def gap(self, tags: int, seconds: float) -> None:
        """Of so many tags of a well nothing came for so long."""

    def filled(self, samples: int) -> None:
        """History had so many of the samples that were missed."""

    def unfilled(self, tags: int) -> None:
        """Of so many tags of a well history has nothing of what was missed, or is not to be had."""

    def waiting(self, scans: int, size: int) -> None:
        """So many scans of so many bytes wait for the flow to take them."""

    def given_up(self, scans: int) -> None:
        """So many scans were given up as there was no room for more."""


NOBODY = IngestObserver()
