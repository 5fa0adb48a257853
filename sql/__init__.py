"""What the database is and what we ask of it, as plain text: schema.sql, roles.sql, migrations, queries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final, Literal, LiteralString, cast

_HERE: Final = files(__name__)
_MIGRATION: Final = re.compile(r"([0-9]{4})_(pre|post)_[a-z0-9_]+\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """A step from an empty database to ours. phase: pre before the new code runs, post once the old has gone."""

    number: int
    phase: Literal["pre", "post"]
    name: str
    text: LiteralString

    @property
    def sha256(self) -> str:
        """What stands in its file, in short."""
        return sha256(self.text.encode()).hexdigest()


@cache
def query(name: str) -> LiteralString:
    """Return the statement in queries/`name`.sql; it opens with what it does and which parameters it takes."""
    return _text("queries", f"{name}.sql")


def schema() -> LiteralString:
    """Return schema.sql: what the database is."""
    return _text("schema.sql")


def roles() -> LiteralString:
    """Return roles.sql: who may do what."""
    return _text("roles.sql")


@cache
def migrations() -> tuple[Migration, ...]:
    """Return the migrations by number."""
    found = []
    for file in (_HERE / "migrations").iterdir():
        if match := _MIGRATION.fullmatch(file.name):
            phase = cast('Literal["pre", "post"]', match[2])
            text = _text("migrations", file.name)
            found.append(Migration(int(match[1]), phase, file.name.removesuffix(".sql"), text))
    return tuple(sorted(found, key=lambda migration: migration.number))


def _text(*path: str) -> LiteralString:
    text: LiteralString = _HERE.joinpath(*path).read_text(encoding="utf-8")  # ours, as much as what stands in code
    return text
