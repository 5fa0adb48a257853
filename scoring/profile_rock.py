"""The petrophysics and position parts of a profile: what must hold of them, and the defaults they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Final, get_args

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
from scoring.profile_values import Found, all_said, is_number, said

_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "vsh_method": get_args(VshMethod),
    "porosity_method": get_args(PorosityMethod),
    "method": get_args(SaturationMethod),
}
_PARTS: Final = ("saturation", "cutoffs")
_KEYS: Final = tuple(one.name for one in fields(PetrophysicsDefaults) if one.name != "archie")
_CUTOFF_KEYS: Final = tuple(one.name for one in fields(Cutoffs))
_POSITION_KEYS: Final = tuple(one.name for one in fields(PositionDefaults))


def rock_faults(path: str, raw: Mapping[str, Any]) -> Iterator[Found]:
    """Yield what does not hold of `petrophysics`: every default said, words known, numbers finite and not negative."""
    yield from all_said(path, raw, _KEYS)
    yield from _values(path, {key: raw[key] for key in raw if key in _KEYS and key not in _PARTS})
    for part, must, may in (("saturation", ("method",), ("rsh",)), ("cutoffs", (), _CUTOFF_KEYS)):
        inside = raw.get(part)
        if isinstance(inside, Mapping):
            yield from all_said(f"{path}.{part}", inside, must, may)
            yield from _values(f"{path}.{part}", {key: one for key, one in inside.items() if key in (*must, *may)})
        elif part in raw:
            yield f"{path}.{part}", "must be an object", said(inside), "Correct it."
    yield from _shale_resistivity(f"{path}.saturation", raw.get("saturation"))


def _shale_resistivity(path: str, saturation: object) -> Iterator[Found]:
    """Yield that rsh is not above 0 where the model needs it: without it Sw would be unknown everywhere."""
    if not isinstance(saturation, Mapping):
        return
    method, rsh = saturation.get("method"), saturation.get("rsh")
    if method in ("simandoux", "indonesia") and (rsh is None or (is_number(rsh) and rsh == 0)):
        remedy = "Add the resistivity of shale in ohm.m, as of a shale near by; or use archie."
        yield f"{path}.rsh", f"must be a number above 0 for {method}", "absent" if rsh is None else said(rsh), remedy


def position_faults(path: str, raw: Mapping[str, Any]) -> Iterator[Found]:
    """Yield what does not hold of `position`."""
    yield from all_said(path, raw, _POSITION_KEYS)
    yield from _values(path, {key: raw[key] for key in raw if key in _POSITION_KEYS}, texts=("error_model",))
    high, medium = raw.get("high_within_m"), raw.get("medium_within_m")
    if is_number(high) and is_number(medium) and high >= medium:
        yield f"{path}.high_within_m", f"must be below medium_within_m, {medium!r}", said(high), "Order the two."


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


def _values(path: str, raw: Mapping[str, Any], texts: tuple[str, ...] = ()) -> Iterator[Found]:
    for key, value in raw.items():
        if key in _WORDS:
            if value not in _WORDS[key]:
                yield f"{path}.{key}", f"must be one of {', '.join(_WORDS[key])}", said(value), "Correct it."
        elif key in texts:
            if not isinstance(value, str) or not value.strip():
                yield f"{path}.{key}", "must be text", said(value), "Write it out."
        elif not is_number(value) or (value < 0 and key != "latitude_deg"):
            yield f"{path}.{key}", "must be a number, 0 or more", said(value), "Correct it."


def _value(raw: Any) -> Any:
    return float(raw) if is_number(raw) else raw
