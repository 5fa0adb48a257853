"""One well, many spellings: ids and aliases, matched without spaces, case or a leading "NO "."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from connectors.projects.problems import Problems

_COUNTRY = re.compile(r"^\s*NO\s+", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")


def key(spelling: str) -> str:
    """Return what two spellings of one well have in common: `NO 15/9-F-15 C` and `15/9-f-15c` are `15/9-f-15c`."""
    return _BLANKS.sub("", _COUNTRY.sub("", spelling)).lower()


@dataclass(frozen=True, slots=True)
class WellNames:
    """The canonical id of each key. An alias that two wells claim stands for none of them."""

    ids: Mapping[str, str]

    def resolve(self, spelling: str) -> str | None:
        """Return the well that is spelt so; None if there is none."""
        return self.ids.get(key(spelling))

    def resolve_all(self, spellings: pl.Series) -> pl.Series:
        """Return the well of each spelling, null where there is none."""
        known = {spelling: self.resolve(spelling) for spelling in spellings.unique().drop_nulls()}
        return spellings.replace_strict(known, default=None, return_dtype=pl.String)


def names_of(wells: pl.DataFrame, problems: Problems) -> tuple[WellNames, pl.DataFrame]:
    """Return the names, and the wells with one spelling of each id; an alias of two wells is a problem of both.

    Needs: well_id, aliases. A well may still be on several rows: `locate` compares the places that they state.
    """
    ids: dict[str, str] = {}
    spelt = [ids.setdefault(key(well_id), well_id) for well_id in wells["well_id"]]
    wells = wells.with_columns(pl.Series("well_id", spelt, pl.String))
    claims: defaultdict[str, set[str]] = defaultdict(set)
    for well_id, aliases in wells.select("well_id", "aliases").rows():
        for alias in (aliases or "").split(";"):
            if alias.strip():
                claims[key(alias)].add(well_id)
    for alias, claimants in sorted(claims.items()):
        owners = sorted(claimants | ({ids[alias]} if alias in ids else set()))
        if len(owners) == 1:
            ids[alias] = owners[0]
            continue
        for owner in owners:
            detail = f"alias {alias!r} must be of one well; was of {', '.join(owners)}. Remove it from the others."
            problems.add("identity_problem", detail, well_id=owner)
    return WellNames(ids), wells
