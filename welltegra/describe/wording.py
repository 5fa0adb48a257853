"""How numbers, times and lengths of time are written for people."""

from __future__ import annotations

import json

import numpy as np
import yaml

from schemas.times import to_datetime

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_WHOLE_FROM, _POWER_FROM, _POWER_BELOW = 1e5, 1e9, 1e-4


def number(value: float) -> str:
    """Return five digits of a number; all that stand before the point, up to nine; then a power of ten."""
    size = abs(value)
    if size == 0.0:
        return "0"
    if size >= _POWER_FROM or size < _POWER_BELOW:
        mantissa, _, power = f"{value:.4e}".partition("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{int(power)}"
    if size >= _WHOLE_FROM:
        return f"{value:,.0f}"
    text = np.format_float_positional(float(f"{value:.5g}"), trim="-")
    return f"{int(text):,}" if text.lstrip("-").isdigit() else text


def share(part: float) -> str:
    """Return a share [0, 1] in percent; 0 % and 100 % are none and all, never nearly."""
    percent = 100.0 * part
    if percent in {0.0, 100.0}:
        return f"{percent:.0f} %"
    if percent < 0.1:
        return "< 0.1 %"
    if percent > 99.9:
        return "> 99.9 %"
    return f"{percent:.1f} %"


def when(time_us: int) -> str:
    """Return a time, UTC, to the second or as fine as it is."""
    return to_datetime(time_us).isoformat(sep=" ").replace("+00:00", "Z")


def plain(seconds: float) -> str:
    """Return a number of seconds with three digits, as YAML and people read it."""
    return np.format_float_positional(float(f"{seconds:.3g}"), trim="-")


def length(seconds: float) -> str:
    """Return a length of time in its two largest units."""
    if seconds < 2 * _MINUTE:
        return f"{plain(seconds)} s"
    whole = round(seconds)
    for size, name, smaller, smaller_name in ((_DAY, "d", _HOUR, "h"), (_HOUR, "h", _MINUTE, "min")):
        if whole >= size:
            rest = (whole % size) // smaller
            return f"{whole // size} {name}" + (f" {rest} {smaller_name}" if rest else "")
    rest = whole % _MINUTE
    return f"{whole // _MINUTE} min" + (f" {rest} s" if rest else "")


def counted(count: int, thing: str, things: str | None = None) -> str:
    """Return `3 rows`, `1 row`."""
    return f"{count:,} {thing if count == 1 else things or thing + 's'}"


def printable(name: str) -> str:
    """Return a name from a file as it is, or escaped if it holds what a terminal would obey."""
    return name if name.isprintable() else json.dumps(name)


def yaml_scalar(text: str) -> str:
    """Return text as it must stand in a flow mapping of YAML: in quotes where it could be taken for something else."""
    dumped: str = yaml.safe_dump([text], default_flow_style=True, width=10_000, allow_unicode=True)
    return dumped.strip()[1:-1]
