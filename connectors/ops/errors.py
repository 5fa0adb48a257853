"""What can stand in the way of the worklist's tables."""

from __future__ import annotations

from connectors.errors import ConnectorError


class RankingRefused(ConnectorError):
    """The database does not take a ranking: something in it cannot be."""

    def __init__(self, where: str, reason: str) -> None:
        self.where, self.reason = where, reason
        super().__init__(
            f"{where}: every row of a ranking must fit its table; PostgreSQL said {reason!r}. Nothing of it was"
            " written, and the ranking before it stands. Is this version of WellTegra whole? See: welltegra doctor"
        )


class ProfileMissing(ConnectorError):
    """There is no such profile."""

    def __init__(self, where: str, wanted: str) -> None:
        self.where, self.wanted = where, wanted
        super().__init__(f"{where}: must have the profile {wanted}; has not. See what there is: welltegra profile list")
