"""What people state in place of data: each with its reason, and the form to state another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import quote

from connectors.ops.shapes import Override, TargetRow
from scoring.vocabulary import INPUTS
from welltegra.auth.principal import Principal
from welltegra.web.pages.shell import Shell, shell
from welltegra.web.words import input_words


@dataclass(frozen=True, slots=True)
class StatedForm:
    """What is in the form; faults of what was sent."""

    well_id: str = ""
    zone: str = ""
    input: str = ""
    value: str = ""
    reason: str = ""
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatedPage:
    """inputs: by component, each with its words. back: to the target that one came from."""

    template: ClassVar[str] = "stated.html"
    shell: Shell
    action: str
    overrides: tuple[Override, ...]
    inputs: Mapping[str, Sequence[tuple[str, str]]]
    form: StatedForm
    back: str | None
    may_state: bool
    categories: Mapping[str, Sequence[str]] = field(default_factory=dict)


def stated_page(
    project_id: str,
    principal: Principal,
    overrides: Sequence[Override],
    form: StatedForm,
    target: TargetRow | None = None,
    categories: Mapping[str, Sequence[str]] | None = None,
) -> StatedPage:
    """Return the page. target: which one came from. categories: of inputs that are words, the words."""
    base = f"/projects/{quote(project_id, safe='')}"
    return StatedPage(
        shell=shell(f"{project_id} · Stated inputs", principal, project_id, "Stated inputs"),
        action=f"{base}/stated",
        overrides=tuple(overrides),
        inputs={component: [(name, input_words(name)) for name in names] for component, names in INPUTS.items()},
        form=form,
        back=None if target is None else f"{base}/worklist/{target.reopening_target_id}",
        may_state=principal.may(project_id, "operator"),
        categories=categories or {},
    )
