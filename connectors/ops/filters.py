"""Pure: what may be asked of the worklist, read from a query string: filters, order, and where a page goes on."""

from __future__ import annotations

import base64
import binascii
import json
import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Literal, Self
from uuid import UUID

from connectors.errors import ConnectorError, Fault, did_you_mean, nearest
from scoring.vocabulary import CLASSES, LABELS

REVIEW_STATES: Final = ("unreviewed", "in_review", "accepted", "deferred", "rejected", "needs_data")
# From the least to the greatest; what is unknown has no place among them.
DEPLETION_RISKS: Final = ("low", "moderate", "high", "severe")
# Columns that a table can be sorted by, and how: by number, by text, or by the place of a word among these.
SORTABLE: Final[Mapping[str, Literal["integer", "number", "text"] | tuple[str, ...]]] = {
    "target_rank": "integer",
    "classification": CLASSES,
    "total_score": "number",
    "total_potential": "number",
    "static_score": "number",
    "dynamic_score": "number",
    "operability_score": "number",
    "confidence_score": "number",
    "evidence_completeness": "number",
    "unswept_volume_m3": "number",
    "well_id": "text",
    "well_name": "text",
    "field": "text",
    "reservoir": "text",
    "remaining_payload_class": LABELS["remaining_payload_class"],
    "depletion_risk": LABELS["depletion_risk"],
    "operability_status": LABELS["operability_status"],
    "data_confidence": LABELS["data_confidence"],
    "review_state": REVIEW_STATES,
}
_MOST_COLUMNS: Final = 4
_MOST_VALUES: Final = 100
_LONGEST: Final = 200
_YES: Final = ("1", "true", "yes", "on")
_NO: Final = ("0", "false", "no", "off")
_WORDS: Final = {
    "classification": CLASSES,
    "operability_status": LABELS["operability_status"],
    "data_confidence": LABELS["data_confidence"],
    "review_state": REVIEW_STATES,
}

Query = Mapping[str, str | Sequence[str]]


class QueryFaults(ConnectorError):
    """What was asked for cannot be; every fault in it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, slots=True)
class Filters:
    """Which targets are wanted; what is empty, None or False is no filter.

    max_depletion_risk: leaves out what is unknown, unless depletion_unknown. min_total, evidence_min: [-], 0 to 1.
    no_spatial_gap: without an open spatial gap stronger than a warning. text: part of the well's id or name.
    """

    field: tuple[str, ...] = ()
    reservoir: tuple[str, ...] = ()
    classification: tuple[str, ...] = ()
    min_total: float | None = None
    max_depletion_risk: str | None = None
    depletion_unknown: bool = False
    operability_status: tuple[str, ...] = ()
    data_confidence: tuple[str, ...] = ()
    evidence_min: float | None = None
    no_spatial_gap: bool = False
    has_action: bool = False
    review_state: tuple[str, ...] = ()
    text: str | None = None

    @classmethod
    def from_query(cls, query: Query) -> Self:
        """Return the filters of a query string, by name one value or several; other names are not ours to judge.

        An empty value is none: a form sends one for each field that is left empty.

        Raises:
            QueryFaults: A value cannot be; all of them.
        """
        faults: list[Fault] = []
        found = {one.name: _READ[one.name](one.name, _values(query, one.name), faults) for one in fields(cls)}
        if faults:
            raise QueryFaults(faults)
        return cls(**found)

    def to_query(self) -> list[tuple[str, str]]:
        """Return the filters as pairs of a query string, in a fixed order: the same filters, the same link."""
        pairs: list[tuple[str, str]] = []
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, tuple):
                pairs += [(one.name, each) for each in value]
            elif value is True:
                pairs.append((one.name, "1"))
            elif value is not None and value is not False:
                pairs.append((one.name, value if isinstance(value, str) else f"{value:g}"))
        return pairs

    @property
    def any(self) -> bool:
        """Whether something is filtered at all."""
        return bool(self.to_query())


FILTER_NAMES: Final = tuple(one.name for one in fields(Filters))


@dataclass(frozen=True, slots=True)
class Sort:
    """An order: columns and whether each descends. What is null comes last; target_rank always ends it."""

    keys: tuple[tuple[str, bool], ...] = (("target_rank", False),)

    @classmethod
    def parse(cls, text: str | None) -> Self:
        """Return the order of a text such as `classification,-total_score`; a minus descends. None: by rank.

        Raises:
            QueryFaults: A column is not to be sorted by, or stands twice, or there are too many.
        """
        names = [name for name in (text or "").split(",") if name]
        if not names:
            return cls()
        keys = [(name.removeprefix("-"), name.startswith("-")) for name in names]
        faults = [
            _fault("sort", "a column must be one that the table can be sorted by", name, _remedy(name, SORTABLE))
            for name, _ in keys
            if name not in SORTABLE
        ]
        if len({name for name, _ in keys}) < len(keys):
            faults.append(_fault("sort", "a column must stand once", text, "Leave the second out."))
        if len(keys) > _MOST_COLUMNS:
            must = f"there must be at most {_MOST_COLUMNS} columns"
            faults.append(_fault("sort", must, str(len(keys)), "Leave the last ones out."))
        if faults:
            raise QueryFaults(faults)
        return cls(tuple(keys))

    def __str__(self) -> str:
        """Return the text that `parse` reads."""
        return ",".join(f"-{name}" if descending else name for name, descending in self.keys)

    @property
    def whole(self) -> tuple[tuple[str, bool], ...]:
        """The keys, and after them the rank, which no two targets of a run share."""
        names = [name for name, _ in self.keys]
        if "target_rank" in names:
            return self.keys[: names.index("target_rank") + 1]
        return (*self.keys, ("target_rank", False))


Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page goes on: after the row with these values of `sort.whole`, in this run."""

    run_id: UUID
    sort: Sort
    values: tuple[Value, ...]

    def __str__(self) -> str:
        """Return the text that goes into a link."""
        raw = json.dumps([str(self.run_id), str(self.sort), *self.values], separators=(",", ":"), ensure_ascii=False)
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the place that a link says. It may come from anyone: only plain values of the right kind pass.

        Raises:
            QueryFaults: It is none.
        """
        try:
            raw = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
            run, order, *values = raw
            sort = Sort.parse(order)
            kinds = [SORTABLE[name] for name, _ in sort.whole]
            if len(values) != len(kinds) or not all(map(_is, values, kinds)) or values[-1] is None:
                raise ValueError
            return cls(UUID(run), sort, tuple(values))
        except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error, QueryFaults):
            must, remedy = "cursor must be one that this list has given", "Begin with the first page."
            raise QueryFaults([_fault("cursor", must, text[:_LONGEST], remedy)]) from None


def _is(value: Any, kind: str | tuple[str, ...]) -> bool:
    if value is None:
        return True
    if kind == "text":
        return isinstance(value, str) and is_storable(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if kind == "number":
        # An integer may be larger than any number that a column holds.
        return abs(value) <= sys.float_info.max
    # A rank, or the place of a word.
    return isinstance(value, int) and 0 < value < 2**31


def _values(query: Query, name: str) -> list[str]:
    given = query.get(name, ())
    return [value for value in ([given] if isinstance(given, str) else given) if value != ""]


def _names(name: str, values: list[str], faults: list[Fault]) -> tuple[str, ...]:
    if len(values) > _MOST_VALUES:
        must = f"there must be at most {_MOST_VALUES} values"
        faults.append(_fault(name, must, str(len(values)), "Leave some out."))
        return ()
    faults += [_unstorable(name, value) for value in values if not is_storable(value)]
    return tuple(dict.fromkeys(values))


def _words(name: str, values: list[str], faults: list[Fault]) -> tuple[str, ...]:
    known = _WORDS[name]
    must = f"must be one of {', '.join(known)}"
    faults += [_fault(name, must, value, _remedy(value, known)) for value in values if value not in known]
    # In the order of the vocabulary: the same filters, the same link.
    return tuple(word for word in known if word in values)


def _last(name: str, values: list[str], faults: list[Fault]) -> str | None:
    if len(values) > 1:
        faults.append(_fault(name, "must be given once", repr(len(values)), "Leave the others out."))
    return values[-1] if values else None


def _risk(name: str, values: list[str], faults: list[Fault]) -> str | None:
    value = _last(name, values, faults)
    if value is not None and value not in DEPLETION_RISKS:
        must = f"must be one of {', '.join(DEPLETION_RISKS)}"
        faults.append(_fault(name, must, value, _remedy(value, DEPLETION_RISKS)))
    return value


def _fraction(name: str, values: list[str], faults: list[Fault]) -> float | None:
    value = _last(name, values, faults)
    if value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1:
        faults.append(_fault(name, "must be a number from 0 to 1", value, "Write it like 0.45."))
    return number


def _flag(name: str, values: list[str], faults: list[Fault]) -> bool:
    value = (_last(name, values, faults) or "0").lower()
    if value not in (*_YES, *_NO):
        faults.append(_fault(name, "must be yes or no", value, "Write 1 or 0."))
    return value in _YES


def _text(name: str, values: list[str], faults: list[Fault]) -> str | None:
    value = _last(name, values, faults)
    if value is not None and not is_storable(value):
        faults.append(_unstorable(name, value))
    return value if value is None else value.strip() or None


def is_storable(value: str, longest: int = _LONGEST) -> bool:
    """Return whether a text can stand in a database: without NUL, without half of a surrogate pair, not endless."""
    return len(value) <= longest and not any(one == "\0" or "\ud800" <= one <= "\udfff" for one in value)


def _unstorable(name: str, value: str) -> Fault:
    must = f"must be text of at most {_LONGEST} characters without NUL"
    return _fault(name, must, value[:_LONGEST], "Shorten it.")


def _remedy(word: str, known: Iterable[str]) -> str:
    return did_you_mean(nearest(word[:_LONGEST], known)) or f"Write one of {', '.join(known)}."


def _fault(name: str, must: str, found: str | None, remedy: str) -> Fault:
    return Fault(f"query: {name}", None, must, repr(found), remedy)


_READ: Final[Mapping[str, Callable[[str, list[str], list[Fault]], Any]]] = {
    "field": _names,
    "reservoir": _names,
    "classification": _words,
    "min_total": _fraction,
    "max_depletion_risk": _risk,
    "depletion_unknown": _flag,
    "operability_status": _words,
    "data_confidence": _words,
    "evidence_min": _fraction,
    "no_spatial_gap": _flag,
    "has_action": _flag,
    "review_state": _words,
    "text": _text,
}
