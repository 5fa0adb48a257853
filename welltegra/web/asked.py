"""What an address of the worklist says, and where it leads: a link opens exactly what its sender saw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar
from urllib.parse import quote, urlencode

from connectors.errors import Fault
from connectors.ops.shapes import Filters, QueryFaults, Sort
from welltegra.web.columns import COLUMNS

TABS: Final = {
    "score": "Score Breakdown",
    "interval": "Interval",
    "gaps": "Gaps",
    "evidence": "Evidence",
    "production": "Production / Depletion",
    "spatial": "Spatial",
}
Read = TypeVar("Read")
Pairs = list[tuple[str, str]]
# A slider sends its lowest value, which is no filter.
_SLIDERS: Final = ("min_total", "evidence_min")
_ZEROS: Final = ("0", "0.0", "0.00")
_NO_FILTERS: Final = Filters()
_BY_RANK: Final = Sort()


@dataclass(frozen=True, slots=True)
class Asked:
    """A view of a project's worklist. run: None for the current one. columns: empty for the usual. after: a cursor."""

    project_id: str
    run: str | None = None
    filters: Filters = _NO_FILTERS
    sort: Sort = _BY_RANK
    columns: tuple[str, ...] = ()
    after: str | None = None
    tab: str = "score"

    @classmethod
    def from_query(cls, project_id: str, pairs: Iterable[tuple[str, str]]) -> Asked:
        """Return what a query string asks for. A lowest value of 0 is no filter: a slider sends it.

        Raises:
            QueryFaults: Something in it cannot be; all of it.
        """
        query: dict[str, list[str]] = {}
        for name, value in pairs:
            if not _says_nothing(name, value):
                query.setdefault(name, []).append(value)
        faults: list[Fault] = []
        filters = _read(lambda: Filters.from_query(query), _NO_FILTERS, faults)
        sort = _read(lambda: Sort.parse(_last(query.get("sort"))), _BY_RANK, faults)
        columns = tuple(dict.fromkeys(query.get("column", [])))
        tab = query.get("tab", ["score"])[-1]
        must = f"must be one of {', '.join(COLUMNS)}"
        faults += [_fault("column", must, name) for name in columns if name not in COLUMNS]
        if tab not in TABS:
            faults.append(_fault("tab", f"must be one of {', '.join(TABS)}", tab))
        if faults:
            raise QueryFaults(faults)
        return cls(project_id, _last(query.get("run")), filters, sort, columns, _last(query.get("after")), tab)

    @property
    def base(self) -> str:
        """The address of the project."""
        return f"/projects/{quote(self.project_id, safe='')}"

    def pairs(self) -> Pairs:
        """Return the query string of the list, without place and tab."""
        return [*self.filters.to_query(), *self.kept()]

    def kept(self) -> Pairs:
        """Return what a form of the filters must carry along."""
        sort = [("sort", str(self.sort))] if self.sort != Sort() else []
        run = [("run", self.run)] if self.run else []
        return [*sort, *(("column", name) for name in self.columns), *run]

    def list_href(self, after: str | None = None) -> str:
        """Return the address of the list."""
        return _href(f"{self.base}/worklist", [*self.pairs(), *([("after", after)] if after else [])])

    def target_href(self, target_id: object, tab: str | None = None) -> str:
        """Return the address of a target in this list."""
        chosen = [("tab", tab)] if tab and tab != "score" else []
        return _href(f"{self.base}/worklist/{target_id}", [*self.pairs(), *chosen])

    def text_href(self) -> str:
        """Return the address of the list as text for a spreadsheet."""
        return _href(f"{self.base}/worklist/text", self.pairs())

    def export_href(self, format_: str) -> str:
        """Return the address of the list as a file."""
        sort = [("sort", str(self.sort))] if self.sort != Sort() else []
        run = [("run_id", self.run)] if self.run else []
        pairs = [*self.filters.to_query(), *sort, *run, ("format", format_)]
        return _href(f"{self.base}/reopening-targets/export", pairs)

    def in_project(self, project_id: str) -> Asked:
        """Return the same view of another project, without what is of this one alone: its run, places and wells."""
        filters = replace(self.filters, field=(), reservoir=(), text=None)
        return replace(self, project_id=project_id, run=None, filters=filters, after=None, tab="score")

    def sorted_by(self, column: str) -> Asked:
        """Return the list with this column first and those of before after it; turned round if it is the first one."""
        keys = self.sort.keys
        turned = keys[0][0] == column and not keys[0][1]
        rest = tuple(key for key in keys if key[0] not in (column, "target_rank"))
        return replace(self, sort=Sort(((column, turned), *rest)[:4]), after=None)

    def with_class(self, letter: str | None) -> Asked:
        """Return the list of one class; of every class for None, or where it is the one already."""
        chosen = () if letter is None or self.filters.classification == (letter,) else (letter,)
        return replace(self, filters=replace(self.filters, classification=chosen), after=None)


def is_clean(pairs: Iterable[tuple[str, str]]) -> bool:
    """Return whether a query string has nothing in it that says nothing, as a form sends it for each empty field."""
    return not any(_says_nothing(name, value) for name, value in pairs)


def _says_nothing(name: str, value: str) -> bool:
    return value == "" or (name in _SLIDERS and value in _ZEROS)


def _read(read: Callable[[], Read], otherwise: Read, faults: list[Fault]) -> Read:
    try:
        return read()
    except QueryFaults as error:
        faults += error.faults
        return otherwise


def _href(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _last(values: list[str] | None) -> str | None:
    return (values[-1] or None) if values else None


def _fault(name: str, must: str, found: str) -> Fault:
    return Fault(f"query: {name}", None, must, repr(found[:200]), "Take it from the page.")
