"""What can stand in the way of the worklist's tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from connectors.errors import ConnectorError, Fault


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


class ProfileRefused(ConnectorError):
    """A profile is stored, and this version of WellTegra cannot rank by it; every fault in it."""

    def __init__(self, where: str, profile: str, faults: Sequence[str]) -> None:
        self.where, self.profile, self.faults = where, profile, tuple(faults)
        super().__init__(
            f"{where}: the active profile {profile} must hold for this version of WellTegra; does not. Activate a"
            " version that does (see: welltegra profile list), or correct it, propose it and activate that."
            + "".join(f"\n  {fault}" for fault in self.faults)
        )


class TargetMissing(ConnectorError):
    """A project has no such target."""

    def __init__(self, project_id: str, target_ids: Iterable[UUID]) -> None:
        self.project_id, self.target_ids = project_id, tuple(target_ids)
        named = ", ".join(map(str, self.target_ids[:5])) + (", ..." if len(self.target_ids) > 5 else "")
        super().__init__(
            f"reopening target {named}: must be of project {project_id!r}; is not. Open the worklist again."
        )


class InputFaults(ConnectorError):
    """What a person gave cannot be taken; every fault in it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
