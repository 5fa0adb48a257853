"""Samples and alerts made by hand, for the tests of what is said and drawn about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pyarrow as pa

from schemas.alert import Alert
from schemas.columns import SAMPLE_COLUMNS

START = datetime(2026, 1, 1, tzinfo=UTC)
START_US = int(START.timestamp()) * 1_000_000


def batch(
    seconds: Sequence[float],
    values: Sequence[float | None],
    *,
    well_id: str = "W-1",
    tag: str = "pump_rate",
    unit: str | None = "spm",
    quality: Sequence[str | None] | None = None,
    received: Sequence[float | None] | None = None,
) -> pa.RecordBatch:
    """Return samples of one tag, at seconds after START."""
    count = len(seconds)

    def moments(some: Sequence[float | None]) -> list[int | None]:
        return [None if second is None else START_US + round(second * 1e6) for second in some]

    columns: list[Sequence[Any]] = [
        [well_id] * count,
        [tag] * count,
        moments(seconds),
        values,
        [unit] * count,
        [None] * count if quality is None else quality,
        [None] * count if received is None else moments(received),
        [None] * count,
        list(range(2, count + 2)),
    ]
    arrays = [
        pa.array(column, field.type.value_type).dictionary_encode()
        if pa.types.is_dictionary(field.type)
        else pa.array(column, field.type)
        for column, field in zip(columns, SAMPLE_COLUMNS, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=SAMPLE_COLUMNS)


def alert(transition: str, second: float, **changed: Any) -> Alert:
    """Return an alert of constraint `pump-rate` on `pump_rate` of W-1, `second` s after START."""
    after = {"escalated": "red", "cleared": "normal"}.get(transition, "yellow")
    fields: dict[str, Any] = {
        "episode_id": None,
        "condition_id": '["W-1","pump-rate","pump_rate"]',
        "well_id": "W-1",
        "tag": "pump_rate",
        "constraint_id": "pump-rate",
        "rule_version": 1,
        "mode": "shadow",
        "unit": "spm",
        "limit": 120.0,
        "limit_source": "rule",
        "alert_id": UUID(int=round(second * 1e6)),
        "transition": transition,
        "level": after,
        "previous_level": "normal",
        "view": "live",
        "time": datetime.fromtimestamp(START.timestamp() + second, UTC),
        "value": 110.0,
        "percent_of_limit": 91.66,
        "severity": 500,
        "late": False,
        "suspect": False,
        "quality": "good",
        "cause": None,
        "onset_time": None,
        "breaching_samples": 0,
        "message": "made by hand",
        "recommended_response": None,
    }
    return Alert(**(fields | changed))
