"""Examples of the API: what was sent to a server with a synthetic field, and what came back, by operation.

`WELLTEGRA_EXAMPLES=1 pytest tests/welltegra/api/test_examples.py` writes them anew; without it, it holds them to what
is answered now.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent
PROBLEMS: Final = "problems"


@cache
def example_of(operation: str) -> dict[str, Any]:
    """Return the examples of an operation: its `request` and its `answer`, where there are any."""
    path = FOLDER / f"{operation}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def problem_examples() -> dict[str, Any]:
    """Return a real refusal for each status, by the status as text."""
    return example_of(PROBLEMS)
