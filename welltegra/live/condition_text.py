"""Metrics of single conditions, as text.

There may be thousands, and judging waits while they are written: by the library it would wait ten times as long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from flows.summary import State
from rules.memory import LEVELS, VIEWS

_LEVEL: Final = "welltegra_condition_level"
_VIEW: Final = "welltegra_condition_view"
_VERSION: Final = "welltegra_rules_version"
# Of a label's value, as Prometheus reads it.
_ESCAPED: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


def condition_text(states: Sequence[State], versions: Mapping[str, int]) -> str:
    """Return level and view of each condition, and the version of the rules of each of their wells."""
    labels = [_labels(state.well_id, state.constraint_id, state.tag) for state in states]
    return "".join(
        (
            _head(_LEVEL, "0 normal, 1 yellow, 2 red; of the first conditions only."),
            *(f"{_LEVEL}{of} {LEVELS.index(state.level)}\n" for of, state in zip(labels, states, strict=True)),
            _head(_VIEW, "0 live, 1 stale, 2 bad; of the first conditions only."),
            *(f"{_VIEW}{of} {VIEWS.index(state.view)}\n" for of, state in zip(labels, states, strict=True)),
            _head(_VERSION, "Version of the rules that a well is judged by."),
            *(f"{_VERSION}{_well(well)} {version}\n" for well, version in versions.items()),
        )
    )


def _head(name: str, meaning: str) -> str:
    return f"# HELP {name} {meaning}\n# TYPE {name} gauge\n"


@lru_cache(maxsize=100_000)
def _labels(well_id: str, constraint_id: str, tag: str) -> str:
    values = (text.translate(_ESCAPED) for text in (constraint_id, tag, well_id))
    return '{{constraint_id="{}",tag="{}",well_id="{}"}}'.format(*values)


@lru_cache(maxsize=100_000)
def _well(well_id: str) -> str:
    return f'{{well_id="{well_id.translate(_ESCAPED)}"}}'
