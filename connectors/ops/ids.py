"""Ids from content: the same input gives the same run, target and key, whoever asks."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha1
from typing import Final
from uuid import UUID, uuid5

from schemas.ids import NAMESPACE

# Between the parts of a name: no well is called by it, so no two lists of parts make one name.
_BETWEEN: Final = "\x1f"


def id_of(*parts: str) -> UUID:
    """Return the id of the thing that `parts` name together."""
    return uuid5(NAMESPACE, _BETWEEN.join(parts))


def ids_of(prefix: Iterable[str], names: Iterable[str]) -> list[str]:
    """Return `id_of(*prefix, name)` of each name, as text; a name may itself be of several parts, made by `joined`."""
    start = sha1(NAMESPACE.bytes, usedforsecurity=False)
    start.update("".join(part + _BETWEEN for part in prefix).encode())
    found = []
    for name in names:
        digest = start.copy()
        digest.update(name.encode())
        raw = bytearray(digest.digest()[:16])
        raw[6] = raw[6] & 0x0F | 0x50  # RFC 9562, 5.5: version 5, variant 10
        raw[8] = raw[8] & 0x3F | 0x80
        text = raw.hex()
        found.append(f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}")
    return found


def joined(*parts: str) -> str:
    """Return several parts as one name."""
    return _BETWEEN.join(parts)


def discovery_id(project_id: str, input_sha256: str, profile_key: str, profile_sha256: str, code_version: str) -> UUID:
    """Return the id of a search for bypassed pay."""
    return id_of("discovery", project_id, input_sha256, profile_key, profile_sha256, code_version)


def run_id(project_id: str, input_sha256: str, profile_key: str, profile_sha256: str, code_version: str) -> UUID:
    """Return the id of a ranking run: the same profile, input and code are the same run."""
    return id_of("run", project_id, input_sha256, profile_key, profile_sha256, code_version)
