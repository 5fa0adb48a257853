"""The description of a tag as JSON: every figure of the printed one, and nothing rounded."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from schemas.times import format_time
from welltegra.describe.figures import TagDescription
from welltegra.describe.text import suggestion, unit_fault


def as_record(tag: TagDescription) -> dict[str, Any]:
    """Return one tag as JSON writes it. Times are RFC 3339, lengths of time in seconds, shares in [0, 1]."""
    clock, gaps, outside = tag.clock, tag.clock.gaps, tag.outside
    return {
        "well_id": tag.well_id,
        "tag": tag.tag,
        "unit": tag.unit,
        "rows": clock.rows,
        "readings": tag.readings,
        "uncertain": tag.uncertain,
        "bad": tag.bad,
        "without_reading": tag.without_reading,
        "first_time": format_time(clock.first),
        "last_time": format_time(clock.last),
        "median_step_s": clock.median_step_s,
        "share_of_median_step": clock.steady,
        "period_s": clock.period_s,
        "periods": [
            asdict(period) | {"longest_run_from": format_time(period.longest_run_from)} for period in clock.periods
        ],
        "gaps": None
        if gaps is None
        else asdict(gaps) | {"longest_from": None if gaps.longest_from is None else format_time(gaps.longest_from)},
        "repeated": clock.repeated,
        "repeated_otherwise": tag.repeated_otherwise,
        "earlier": clock.earlier,
        "constant": tag.is_constant,
        "spread": None if tag.spread is None else asdict(tag.spread),
        "outside": None if outside is None else asdict(outside) | {"furthest_at": format_time(outside.furthest_at)},
        "unit_fault": unit_fault(tag),
        "rule_file": suggestion(tag) if unit_fault(tag) is None else None,
    }
