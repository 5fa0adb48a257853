"""Overrides: inputs that a person states, with reason, author and date, in place of what the data say."""

from __future__ import annotations

from typing import Final

import polars as pl

from scoring.facts import columns
from scoring.profile import Profile

QUARANTINE: Final = "quarantine"
# Facts beside the inputs that a person may state.
_FACTS: Final = ("abandoned", "completion_status")
_YES: Final = ("true", "yes", "1")
_NO: Final = ("false", "no", "0")
# When one input is stated twice, the later date holds; on one date the last of these in order, so that all runs agree.
_ORDER: Final = ("well_id", "zone", "date", "author", "value", "reason")


def inputs_that_may_be_stated(profile: Profile) -> dict[str, str]:
    """Return each name an override may give as its input, and the input whose status it makes `stated`."""
    found: dict[str, str] = {}
    for one in profile.inputs:
        if one.water_cut is not None:
            found |= {one.water_cut.level_input: one.name, one.water_cut.trend_input: one.name}
        elif one.items:
            found |= dict.fromkeys(one.items, one.name)
        else:
            found[one.name] = one.name
    return found | {name: name for name in (*_FACTS, QUARANTINE)}


def override_faults(overrides: pl.DataFrame, profile: Profile) -> list[str]:
    """Return one sentence for each override that cannot be applied: of what input, of what value, by whom."""
    allowed = inputs_that_may_be_stated(profile)
    types = columns(profile)
    faults = []
    for row in overrides.sort(_ORDER, nulls_last=True).iter_rows(named=True):
        where = f"override of {row['input']!r} for well {row['well_id']!r}"
        said = None if row["value"] is None else str(row["value"]).strip()
        if row["input"] not in allowed:
            faults.append(f"{where}: input must be one of {', '.join(sorted(allowed))}; correct the name.")
            continue
        absent = [key for key in ("reason", "author", "date") if row[key] is None]
        faults += [f"{where}: {key} must be given; was absent. Say who stated it, when and why." for key in absent]
        if not _fits(row["input"], said, types, profile):
            faults.append(f"{where}: value must be {_kind(row['input'], types, profile)}; was {said!r}. Correct it.")
    return faults


def with_overrides(targets: pl.DataFrame, overrides: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Return targets with stated values in place, their status `stated`, and who stated them in `<input>_why`.

    A zone that is null means every interval of the well; an override that names the zone goes before one that does not.
    `quarantine` puts a target in quarantine for its reason, or with value no releases it. Overrides of which
    `override_faults` says something are left out.

    Args:
        targets: Targets not yet scored; row order is kept.
        overrides: well_id, zone, input, value (text or number), reason, author, date.
        profile: Says which inputs there are.
    """
    types = columns(profile)
    allowed = inputs_that_may_be_stated(profile)
    text = overrides.with_columns(pl.col("value").cast(pl.String).str.strip_chars()).sort(_ORDER, nulls_last=True)
    good = [
        all(row[key] is not None for key in ("reason", "author", "date"))
        and row["input"] in allowed
        and _fits(row["input"], row["value"], types, profile)
        for row in text.iter_rows(named=True)
    ]
    text = text.filter(pl.Series(good, dtype=pl.Boolean))
    made = targets
    for name in sorted(text["input"].unique().to_list()):
        stated = _latest(made, text.filter(pl.col("input") == name))
        made = _applied(made, stated, name, allowed[name], types)
    return made


def _latest(targets: pl.DataFrame, stated: pl.DataFrame) -> pl.DataFrame:
    """Return for each target, in order, the value that holds and who said it; null where nobody did."""
    note = pl.format("stated by {} on {}: {}", "author", "date", "reason")
    kept = stated.select("well_id", "zone", "value", "reason", note.alias("note"))
    by_zone = kept.filter(pl.col("zone").is_not_null()).unique(["well_id", "zone"], keep="last", maintain_order=True)
    by_well = kept.filter(pl.col("zone").is_null()).unique("well_id", keep="last", maintain_order=True).drop("zone")
    joined = targets.select("well_id", pl.col("zone").cast(pl.String)).join(
        by_zone, on=["well_id", "zone"], how="left", maintain_order="left"
    )
    joined = joined.join(by_well, on="well_id", how="left", suffix="_well", maintain_order="left")
    named = pl.col("value").is_not_null()
    return joined.select(
        pl.when(named).then(pl.col(name)).otherwise(pl.col(f"{name}_well")).alias(name)
        for name in ("value", "reason", "note")
    )


def _applied(
    targets: pl.DataFrame, stated: pl.DataFrame, name: str, owner: str, types: dict[str, pl.DataType]
) -> pl.DataFrame:
    said = stated["value"].is_not_null()
    if name == QUARANTINE:
        value = stated.select(pl.when(pl.col("value").str.to_lowercase().is_in(_YES)).then("reason")).to_series()
        return _put(targets, "quarantine_reason", said, value)
    if types[name] == pl.Boolean():
        value = stated["value"].str.to_lowercase().is_in(_YES)
    else:
        value = stated["value"].cast(types[name])
    made = _put(targets, name, said, value)
    if owner in _FACTS:
        return made
    made = _put(made, f"{owner}_status", said, pl.Series(["stated"]).new_from_index(0, targets.height))
    return _put(made, f"{owner}_why", said, stated["note"])


def _put(targets: pl.DataFrame, name: str, where: pl.Series, value: pl.Series) -> pl.DataFrame:
    old = (
        targets[name] if name in targets.columns else pl.Series([None], dtype=value.dtype).new_from_index(0, len(value))
    )
    return targets.with_columns(value.cast(old.dtype).zip_with(where, old).alias(name))


def _fits(name: str, value: str | None, types: dict[str, pl.DataType], profile: Profile) -> bool:
    if value is None:
        return False
    if name == QUARANTINE or types[name] == pl.Boolean():
        return value.lower() in {*_YES, *_NO}
    if types[name] == pl.Float64():
        return bool(pl.Series([value]).cast(pl.Float64, strict=False).is_finite().fill_null(False)[0])
    table = next((one.table for one in profile.inputs if one.name == name), None)
    return table is None or value in table


def _kind(name: str, types: dict[str, pl.DataType], profile: Profile) -> str:
    if name == QUARANTINE or types[name] == pl.Boolean():
        return "yes or no"
    if types[name] == pl.Float64():
        return "a finite number"
    table = next((one.table for one in profile.inputs if one.name == name), None)
    return "a word" if table is None else f"one of {', '.join(table)}"
