"""How a fault of a document is told: where by its JSON path, what must hold, what was found, what to do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

_LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class ContractFault:
    """One thing wrong in a document, at its JSON path."""

    path: str
    must: str
    found: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}: {self.must}; was {self.found}. {self.remedy}"


def path_of(steps: Sequence[int | str]) -> str:
    """Return a JSON path, such as $.candidates[0].rank; names that are none are quoted."""
    found = "$"
    for step in steps:
        if isinstance(step, int):
            found += f"[{step}]"
        else:
            found += f".{step}" if step.isidentifier() else f"[{step!r}]"
    return found


def said(value: Any) -> str:
    """Return a value as the document has it, cut where it is long."""
    text = str(value) if isinstance(value, Decimal) else json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
