"""Monthly volumes of each well, produced and injected, as the production plot draws them."""

from __future__ import annotations

from typing import Final

import polars as pl

from scoring.injectors import monthly_injection
from scoring.production import monthly
from scoring.project import Project

_KEY: Final = ("well_id", "month")
_HOURS: Final = 24.0


def monthly_volumes(project: Project) -> pl.DataFrame | None:
    """Return a row a well and month: oil_sm3, water_sm3, gas_sm3, hours_on, water_injected_sm3, gas_injected_sm3.

    Zones are summed; a volume is null where nothing was reported. None where the project has neither table.
    """
    frames = []
    if "production" in project.tables:
        produced = monthly(project.tables["production"], project.as_of)
        produced = produced.with_columns((pl.col("days_on") * _HOURS).alias("hours_on"))
        frames.append(_by_month(produced, {name: name for name in ("oil_sm3", "water_sm3", "gas_sm3", "hours_on")}))
    if "injection" in project.tables:
        injected = monthly_injection(project.tables["injection"], project.as_of)
        frames.append(_by_month(injected, {"water_sm3": "water_injected_sm3", "gas_sm3": "gas_injected_sm3"}))
    if not frames:
        return None
    whole = frames[0]
    for frame in frames[1:]:
        whole = whole.join(frame, on=_KEY, how="full", coalesce=True)
    return whole.sort(_KEY)


def _by_month(rows: pl.DataFrame, names: dict[str, str]) -> pl.DataFrame:
    # Zones in their order, so that the sums do not depend on that of the rows; no report is not a volume of zero.
    sums = [pl.col(name).sort_by("zone").sum().alias(to) for name, to in names.items()]
    known = [
        pl.when(pl.col(name).count() > 0).then(total) for (name, _), total in zip(names.items(), sums, strict=True)
    ]
    return rows.group_by(_KEY).agg(known)
