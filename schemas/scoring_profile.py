"""Scoring profiles as documents: parsed from text, in canonical form, and known by their content."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import rfc8785

from scoring.profile import Profile
from scoring.profile_checks import ProfileFault, ProfileFaults
from scoring.profile_values import shown

# Laid out to be read, as a page's form has it, it is up to three times as long.
MOST_BYTES: Final = 64_000
_LARGEST_WHOLE: Final = 2**53 - 1  # beyond it two readers of one JSON may read two numbers


@dataclass(frozen=True, slots=True)
class ProfileDocument:
    """A scoring profile that holds: its parsed JSON, the profile it says, and the sha256 of its canonical form."""

    raw: Mapping[str, Any]
    profile: Profile
    sha256: str


def parse_profile(text: str | bytes) -> ProfileDocument:
    """Return the profile that a JSON text says.

    Raises:
        ProfileFaults: It is not JSON, repeats a key, or does not hold; every fault, each with its path.
    """
    try:
        raw = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ProfileFaults([ProfileFault("$", "must be JSON", str(error), "Correct the text.")]) from error
    return document(raw)


def document(raw: object) -> ProfileDocument:
    """Return the profile that parsed JSON says; ProfileFaults where it does not hold, or could not be kept."""
    profile = Profile.from_json(raw)
    assert isinstance(raw, Mapping)
    faults = tuple(_unstorable(raw))
    if faults:
        raise ProfileFaults(faults)
    content = canonical(raw)
    if len(content) > MOST_BYTES:
        must = f"must be at most {MOST_BYTES} bytes in canonical form"
        raise ProfileFaults([ProfileFault("$", must, str(len(content)), "Shorten its texts, tables and lists.")])
    return ProfileDocument(raw, profile, sha256(content).hexdigest())


def canonical(raw: Mapping[str, Any]) -> bytes:
    """Return a profile's JSON in canonical form (RFC 8785): the same content is the same bytes."""
    return rfc8785.dumps(dict(raw))


def _unstorable(value: object, path: str = "$") -> Iterator[ProfileFault]:
    """Yield what neither PostgreSQL nor canonical JSON can hold, of what the profile's own rules let pass."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            inside = f"{path}.{shown(key)}"
            yield from _unstorable(key, inside)
            yield from _unstorable(one, inside)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _unstorable(one, f"{path}[{index}]")
    elif isinstance(value, str) and ("\0" in value or _has_surrogate(value)):
        yield ProfileFault(path, "must be text that can be stored", ascii(value)[:80], "Remove the odd character.")
    elif isinstance(value, int) and abs(value) > _LARGEST_WHOLE:
        yield ProfileFault(path, f"must be at most {_LARGEST_WHOLE}, above or below 0", str(value)[:80], "Correct it.")


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = sorted({key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1})
        raise ValueError(f"key {twice[0]!r} stands twice in one object")
    return made


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is not a JSON number")
