"""Ids from content: the same place, or the same files, give the same id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import NAMESPACE_DNS, uuid5

_NAMESPACE: Final = uuid5(NAMESPACE_DNS, "welltegra")  # as of all ids of ours: `schemas.ids`


def candidate_id(project_id: str, well_id: str, zone: str, top_md_m: float, base_md_m: float) -> str:
    """Return the id of an interval, the same for the same place to a centimetre."""
    parts = ("candidate", project_id, well_id, zone, f"{top_md_m:.2f}", f"{base_md_m:.2f}")
    return str(uuid5(_NAMESPACE, "|".join(parts)))


def evidence_pack_id(well_id: str, pack: Iterable[str]) -> str:
    """Return the id of what the intervals of a well rest on. pack: kind and sha256, or path, of each; in any order."""
    return str(uuid5(_NAMESPACE, "|".join(["evidence_pack", well_id, *sorted(set(pack))])))
