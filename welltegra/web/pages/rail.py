"""The filter rail: every value of every filter with how many targets would remain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from connectors.ops.shapes import Facets
from welltegra.web.asked import Asked
from welltegra.web.drawings.bars import remaining_bars
from welltegra.web.words import CLASS_WORDS, STATE_WORDS, fixed, plain

_MOST_SHOWN = 12
# What a page can carry; what is beyond these, an address can still ask for.
_MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter. count: how many would remain; sign: `+` where ticking it adds them."""

    value: str
    label: str
    count: int
    chosen: bool
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A filter. kind: checkbox or radio. rest: values that are folded away. extra: how many more there are."""

    title: str
    name: str
    kind: str
    choices: tuple[Choice, ...]
    rest: tuple[Choice, ...] = ()
    extra: int = 0

    @property
    def opened(self) -> bool:
        """Whether one of those folded away is chosen, and so has to be seen."""
        return any(one.chosen for one in self.rest)


@dataclass(frozen=True, slots=True)
class Slider:
    """A lowest value from 0 to 1. counts: how many remain at each step of 0.05, joined by commas, for the script."""

    title: str
    name: str
    value: float
    remain: int
    counts: str
    drawing: Markup


@dataclass(frozen=True, slots=True)
class ProjectLink:
    """A project that one may go to, with the filters that make sense there as well."""

    project_id: str
    href: str
    here: bool


@dataclass(frozen=True, slots=True)
class Rail:
    """The rail. kept: what the form carries along. clear: the list without filters; None where there are none.

    projects: those that one may go to, this one among them; empty where there is no other.
    """

    projects: tuple[ProjectLink, ...]
    action: str
    text: str
    kept: tuple[tuple[str, str], ...]
    above: tuple[Group, ...]
    total: Slider
    between: tuple[Group, ...]
    evidence: Slider
    below: tuple[Group, ...]
    clear: str | None


def rail(asked: Asked, facets: Facets, projects: Sequence[str] = ()) -> Rail:
    """Return the rail of a list. projects: the ids of those that one may go to."""
    f = asked.filters
    others = any(one != asked.project_id for one in projects)
    only = Group(
        "Only",
        "",
        "checkbox",
        (
            Choice("no_spatial_gap", "no spatial gap beyond a warning", facets.no_spatial_gap, f.no_spatial_gap),
            Choice("has_action", "with action", facets.has_action, f.has_action),
        ),
    )
    risk = Group(
        "Depletion risk at most",
        "max_depletion_risk",
        "radio",
        (
            Choice(
                "",
                "any",
                facets.max_depletion_risk.get("severe", 0) + facets.depletion_unknown,
                f.max_depletion_risk is None,
            ),
            *(
                Choice(value, value, count, value == f.max_depletion_risk)
                for value, count in facets.max_depletion_risk.items()
            ),
        ),
    )
    unknown = Group(
        "",
        "",
        "checkbox",
        (Choice("depletion_unknown", "also unknown", facets.depletion_unknown, f.depletion_unknown, "+"),),
    )
    return Rail(
        projects=tuple(
            ProjectLink(one, asked.in_project(one).list_href(), one == asked.project_id) for one in projects if others
        ),
        action=f"{asked.base}/worklist",
        text=f.text or "",
        kept=tuple(asked.kept()),
        above=(
            _group("Field", "field", facets.field, f.field),
            _group("Reservoir", "reservoir", facets.reservoir, f.reservoir),
            _group("Class", "classification", facets.classification, f.classification, _class),
        ),
        total=_slider("Total score at least", "min_total", f.min_total, facets.min_total),
        between=(
            risk,
            unknown,
            _group("Operability", "operability_status", facets.operability_status, f.operability_status),
            _group("Data confidence", "data_confidence", facets.data_confidence, f.data_confidence),
        ),
        evidence=_slider("Evidence complete to", "evidence_min", f.evidence_min, facets.evidence_min),
        below=(only, _group("Review", "review_state", facets.review_state, f.review_state, _state)),
        clear=f"{asked.base}/worklist" if f.any else None,
    )


def _group(title: str, name: str, counts: Mapping[str, int], chosen: Iterable[str], label: object = plain) -> Group:
    wanted = tuple(chosen)
    assert callable(label)
    # What is chosen is always there; and each stays at its place when it is ticked, so that the keyboard stays with it.
    values = [*counts, *(value for value in wanted if value not in counts)]
    listed = [value for k, value in enumerate(values) if k < _MOST_LISTED or value in wanted]
    choices = tuple(Choice(value, label(value), counts.get(value, 0), value in wanted) for value in listed)
    extra = len(values) - len(listed)
    return Group(title, name, "checkbox", choices[:_MOST_SHOWN], choices[_MOST_SHOWN:], extra)


def _slider(title: str, name: str, value: float | None, counts: Mapping[float, int]) -> Slider:
    ordered = sorted(counts.items())
    at = value or 0.0
    remain = next((count for least, count in ordered if least >= at - 1e-9), 0)
    says = f"{title}: of {ordered[0][1] if ordered else 0} at 0.00, {remain} remain at {fixed(at)}"
    joined = ",".join(str(count) for _, count in ordered)
    return Slider(title, name, at, remain, joined, remaining_bars(counts, value, says))


def _class(letter: str) -> str:
    return f"{letter} {CLASS_WORDS.get(letter, '')}"


def _state(state: str) -> str:
    return STATE_WORDS.get(state, plain(state))
