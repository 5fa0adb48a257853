"""A version of a well's rules as it stands on Kafka: what is watched, who wrote it and who approved it."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.rule_file import Name, RuleFile
from schemas.times import UtcTime

MOST_VERSION: Final = 2**31 - 1


class RuleSetMessage(BaseModel):
    """One immutable version of one well's rules, on `well.rules.v1` (compacted; key: well_id)."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, title="well.rules.v1 rule set")

    well_id: Annotated[Name, Field(description="The well, as in `rules`.")]
    version: Annotated[int, Field(ge=1, le=MOST_VERSION, description="Above that of every version before.")]
    effective_from: Annotated[UtcTime, Field(description="When it was activated.")]
    author: Annotated[Name, Field(description="Who wrote it.")]
    approver: Annotated[Name, Field(description="Who approved it: not the author.")]
    sha256: Annotated[
        str, Field(pattern=r"^[0-9a-f]{64}$", description="Of `rules` as canonical JSON (RFC 8785), in hexadecimal.")
    ]
    rules: Annotated[RuleFile, Field(description="The rule file, with every default written out.")]

    @model_validator(mode="after")
    def _has_two_people(self) -> RuleSetMessage:
        if is_same_person(self.author, self.approver):
            raise ValueError(f"author and approver must be two people; was {self.author!r} and {self.approver!r}")
        return self

    @model_validator(mode="after")
    def _is_of_its_rules(self) -> RuleSetMessage:
        if (self.well_id, self.version) != (self.rules.well, self.rules.version):
            rules = f"{self.rules.well!r} version {self.rules.version}"
            raise ValueError(
                f"well_id and version must be those in rules, {rules}; was {self.well_id!r} {self.version}"
            )
        return self


def is_same_person(one: str, other: str) -> bool:
    """Return whether two names are the same but for case, spacing and the way letters are encoded."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
