"""Overrides: inputs that a person states, with the reason; the next ranking uses them, and says so."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import polars as pl

import sql
from connectors.errors import Fault
from connectors.ops.contributions import profile_of
from connectors.ops.reading import Connection, all_of, one_of
from connectors.ops.said import LONGEST_NAME, LONGEST_NOTE, fault, refuse, text_faults
from connectors.ops.shapes_of_work import Override
from schemas.profiles import canonical_profile
from scoring.overrides import override_faults
from scoring.profile import Profile

# A list to choose from that is longer than this no browser offers in time; what is not in it is typed.
MOST_PLACES: Final = 2000

# As the table `overrides` of a project has them.
COLUMNS: Final = {
    **dict.fromkeys(("well_id", "zone", "input", "value", "reason", "author"), pl.String),
    "date": pl.Date,
}


def state(
    connection: Connection,
    project_id: str,
    well_id: str,
    zone: str | None,
    input: str,  # noqa: A002  # what the design and the file call it
    value: str | float | bool,
    *,
    reason: str,
    author: str,
) -> Override:
    """State an input of a well, or of one of its zones, in place of what the data say; return it.

    Raises:
        InputFaults: There is no such well, zone or input, or its value cannot be; every fault.
    """
    said = _said(value)
    refuse(
        [
            *text_faults("well_id", well_id, LONGEST_NAME),
            *text_faults("zone", zone, LONGEST_NAME, needed=zone is not None),
            *text_faults("input", input, LONGEST_NAME),
            *text_faults("value", said, LONGEST_NAME),
            *text_faults("reason", reason, LONGEST_NOTE),
            *text_faults("author", author, LONGEST_NAME),
        ]
    )
    given = {
        "project_id": project_id,
        "well_id": well_id,
        "zone": zone,
        "input": input,
        "value": said.strip(),
        "reason": reason.strip(),
        "author": author.strip(),
    }
    refuse(_faults(connection, given))
    stated = one_of(connection, Override, "insert_override", given)
    assert stated is not None
    return stated


def withdraw(connection: Connection, project_id: str, override_id: int, by: str) -> bool:
    """Withdraw what was stated; return whether the project had it and it still held."""
    refuse(text_faults("by", by, LONGEST_NAME))
    given = {"project_id": project_id, "override_id": override_id, "withdrawn_by": by}
    return connection.execute(sql.query("withdraw_override"), given).fetchone() is not None


def list_overrides(connection: Connection, project_id: str) -> list[Override]:
    """Return all that was ever stated in a project, the newest first."""
    return all_of(connection, Override, "select_overrides", {"project_id": project_id, "active": False})


def active(connection: Connection, project_id: str) -> list[Override]:
    """Return what holds: not withdrawn, and the last for its well, zone and input; the newest first."""
    return all_of(connection, Override, "select_overrides", {"project_id": project_id, "active": True})


def table(connection: Connection, project_id: str) -> pl.DataFrame:
    """Return what holds as a project's table `overrides` has it, oldest first, for a ranking to use."""
    rows = [
        (one.well_id, one.zone, one.input, one.value, one.reason, one.author, one.stated_at.date())
        for one in reversed(active(connection, project_id))
    ]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def places(connection: Connection, project_id: str) -> list[tuple[str, str | None]]:
    """Return the wells of the current ranking with the zones of their targets, as far as a list can offer them."""
    given = {"project_id": project_id, "most": MOST_PLACES}
    return connection.execute(sql.query("select_places"), given).fetchall()


def _faults(connection: Connection, given: dict[str, Any]) -> list[Fault]:
    found = connection.execute(sql.query("select_stating"), given).fetchone()
    profile, has_well, has_zone = (_canonical(), True, True) if found is None else (profile_of(found[0]), *found[1:])
    faults = []
    if not has_well:
        faults.append(fault("well_id", "must be a well of the project", given["well_id"], "Choose one of its wells."))
    elif not has_zone:
        remedy = "Choose one of its zones, or none for every interval."
        faults.append(fault("zone", "must be a zone of a target of the well", given["zone"], remedy))
    row = {name: given[name] for name in ("well_id", "zone", "input", "value", "reason", "author")}
    said = override_faults(pl.DataFrame([row | {"date": None}], schema=COLUMNS | {"date": pl.String}), profile)
    # The date is ours to give; what is left is of the input or its value.
    where = f"override of {given['input']!r} for well {given['well_id']!r}: "
    for sentence in said:
        field, _, must = sentence.removeprefix(where).partition(" ")
        if field != "date":
            faults.append(fault(field, must.partition("; ")[0], given[field], "Correct it."))
    return faults


@lru_cache(maxsize=1)
def _canonical() -> Profile:
    return canonical_profile().profile


def _said(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else repr(value)
