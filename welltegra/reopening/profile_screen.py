"""Profiles on the terminal: the versions there are, what one says, and what was done with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click
from rich import box
from rich.table import Table

from connectors.ops.profiles import Audited, StoredProfile
from welltegra.describe.wording import printable
from welltegra.reopening.profile_tables import Section, sections
from welltegra.reopening.profiles import NamedProfile
from welltegra.screen import console


def show_versions(versions: Iterable[StoredProfile]) -> None:
    """Print versions, one a line."""
    _columns(("key", "whose", "active", "id", "author", "stored", "reason"), *map(_row, versions))


def show_profile(found: NamedProfile) -> None:
    """Print what a profile says, table by table."""
    for line in _heading(found):
        click.echo(line)
    for section in sections(found.document):
        click.echo(f"\n{section.title}")
        _print(section)


def show_history(done: Iterable[Audited]) -> None:
    """Print what was done, one act a line."""
    rows = [
        (
            f"{one.at:%Y-%m-%d %H:%M:%S}Z",
            one.action,
            str(one.scoring_profile_id),
            *map(printable, (one.actor, one.reason)),
        )
        for one in done
    ]
    _columns(("at", "what", "id", "who", "why"), *rows)


def said(stored: StoredProfile) -> str:
    """Return what a sentence calls a version."""
    return f"{printable(stored.profile_key)}, {_whose(stored)}, version {stored.scoring_profile_id}"


def _heading(found: NamedProfile) -> Iterator[str]:
    profile, stored = found.document.profile, found.stored
    yield f"{printable(profile.display_name)}: {printable(profile.profile_key)}, {printable(profile.scoring_version)}"
    yield f"sha256 {found.document.sha256}"
    if stored is None:
        yield f"Of the file {found.where}."
        return
    active = "active" if stored.is_active else "not active"
    yield f"Stored as {stored.scoring_profile_id}, {_whose(stored)}, {active};"
    yield f"by {printable(stored.author)} on {stored.created_at:%Y-%m-%d}: {printable(stored.change_reason)}"


def _row(stored: StoredProfile) -> tuple[str, ...]:
    return (
        printable(stored.profile_key),
        _whose(stored),
        "active" if stored.is_active else "",
        str(stored.scoring_profile_id),
        printable(stored.author),
        f"{stored.created_at:%Y-%m-%d}",
        printable(stored.change_reason),
    )


def _whose(stored: StoredProfile) -> str:
    return "canonical" if stored.project_id is None else f"of {printable(stored.project_id)}"


def _columns(*rows: tuple[str, ...]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for cells in rows:
        click.echo("  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip())


def _print(section: Section) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in section.columns:
        table.add_column(heading, overflow="fold")
    for row in section.rows:
        table.add_row(*map(printable, row))
    console().print(table)
