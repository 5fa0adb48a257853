"""The petrophysics and position parts of a profile: what must hold of them, and the defaults they say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Final, TypeGuard, get_args

from scoring.parameters import (
    Archie,
    Cutoffs,
    PetrophysicsDefaults,
    PorosityMethod,
    PositionDefaults,
    Saturation,
    SaturationMethod,
    VshMethod,
)

_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "vsh_method": get_args(VshMethod),
    "porosity_method": get_args(PorosityMethod),
    "method": get_args(SaturationMethod),
}
_PARTS: Final = ("saturation", "cutoffs")
_KEYS: Final = tuple(one.name for one in fields(PetrophysicsDefaults) if one.name != "archie")
_CUTOFF_KEYS: Final = tuple(one.name for one in fields(Cutoffs))
_POSITION_KEYS: Final = tuple(one.name for one in fields(PositionDefaults))

Found = tuple[str, str, str, str]  # path, must, found, remedy


def rock_faults(path: str, raw: Mapping[str, Any]) -> Iterator[Found]:
    """Yield what does not hold of `petrophysics`: every default said, words known, numbers finite and not negative."""
    yield from _all_said(path, raw, _KEYS)
    yield from _values(path, {key: raw[key] for key in raw if key in _KEYS and key not in _PARTS})
    for part, must, may in (("saturation", ("method",), ("rsh",)), ("cutoffs", (), _CUTOFF_KEYS)):
        said = raw.get(part)
        if isinstance(said, Mapping):
            yield from _all_said(f"{path}.{part}", said, must, may)
            yield from _values(f"{path}.{part}", {key: one for key, one in said.items() if key in (*must, *may)})
        elif part in raw:
            yield f"{path}.{part}", "must be an object", repr(said), "Correct it."


def position_faults(path: str, raw: Mapping[str, Any]) -> Iterator[Found]:
    """Yield what does not hold of `position`."""
    yield from _all_said(path, raw, _POSITION_KEYS)
    yield from _values(path, {key: raw[key] for key in raw if key in _POSITION_KEYS}, texts=("error_model",))
    high, medium = raw.get("high_within_m"), raw.get("medium_within_m")
    if _is_number(high) and _is_number(medium) and high >= medium:
        yield f"{path}.high_within_m", f"must be below medium_within_m, {medium!r}", repr(high), "Order the two."


def rock(raw: Mapping[str, Any], archie: Mapping[str, Any]) -> PetrophysicsDefaults:
    """Return the petrophysics defaults of a profile that was checked. archie: its `archie_defaults`."""
    plain = {key: _value(one) for key, one in raw.items() if key not in _PARTS}
    return PetrophysicsDefaults(
        archie=Archie(float(archie["a"]), float(archie["m"]), float(archie["n"])),
        saturation=Saturation(**{key: _value(one) for key, one in raw["saturation"].items()}),
        cutoffs=Cutoffs(**{key: _value(one) for key, one in raw["cutoffs"].items()}),
        **plain,
    )


def position(raw: Mapping[str, Any]) -> PositionDefaults:
    """Return the position defaults of a profile that was checked."""
    return PositionDefaults(**{key: _value(one) for key, one in raw.items()})


def _all_said(path: str, raw: Mapping[str, Any], must: tuple[str, ...], may: tuple[str, ...] = ()) -> Iterator[Found]:
    for key in must:
        if key not in raw:
            yield path, f"must hold {key!r}", "absent", "Add it."
    for key in raw:
        if key not in (*must, *may):
            known = ", ".join((*must, *may))
            yield f"{path}.{key}", "must be a known key", repr(raw[key]), f"Known are {known}."


def _values(path: str, raw: Mapping[str, Any], texts: tuple[str, ...] = ()) -> Iterator[Found]:
    for key, value in raw.items():
        if key in _WORDS:
            if value not in _WORDS[key]:
                yield f"{path}.{key}", f"must be one of {', '.join(_WORDS[key])}", repr(value), "Correct it."
        elif key in texts:
            if not isinstance(value, str) or not value.strip():
                yield f"{path}.{key}", "must be text", repr(value), "Write it out."
        elif not _is_number(value) or (value < 0 and key != "latitude_deg"):
            yield f"{path}.{key}", "must be a number, 0 or more", repr(value), "Correct it."


def _value(said: Any) -> Any:
    return float(said) if _is_number(said) else said


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
