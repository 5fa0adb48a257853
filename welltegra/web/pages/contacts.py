"""Where the oil ends, as far as a target tells."""

from __future__ import annotations

from connectors.ops.shapes import TargetDetail


def contact_tvdss_m(detail: TargetDetail) -> float | None:
    """Return the oil-water contact of a target, or its lowest known oil [m TVDSS]; None where it is not known.

    A ranking keeps how far the middle of the interval lies above it.
    """
    top, base = detail.interval.top_tvdss_m, detail.interval.base_tvdss_m
    one = next((one for one in detail.contributions if one.input == "height_above_contact_m"), None)
    if one is None or top is None or base is None or not isinstance(one.value, int | float):
        return None
    return (top + base) / 2.0 + float(one.value)
