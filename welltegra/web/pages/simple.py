"""Pages that are one thing each: sign-in, a refusal or error, the list of projects, and the keys of the keyboard."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from connectors.ops.shapes import ProjectRow
from welltegra.auth.principal import Principal
from welltegra.web.pages.shell import Shell, shell


@dataclass(frozen=True, slots=True)
class SignInPage:
    """provider: where the identity provider's sign-in begins; None for the link on the terminal. said: why again."""

    template: ClassVar[str] = "sign_in.html"
    shell: Shell
    provider: str | None
    said: str | None


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What went wrong, in the sentence that the API says. kind: forbidden, missing, or error. faults: those beside."""

    template: ClassVar[str] = "error.html"
    shell: Shell
    status: int
    kind: str
    heading: str
    detail: str
    faults: tuple[str, ...]
    back: str


@dataclass(frozen=True, slots=True)
class ProjectsPage:
    """Every project that one may see. administered: the ids of those that one lets people into. subject: who looks.

    here: the ids of those that lie where this server knows, and can be ranked here.
    """

    template: ClassVar[str] = "projects.html"
    shell: Shell
    projects: tuple[ProjectRow, ...]
    administered: frozenset[str]
    subject: str
    here: frozenset[str]


_HEADINGS = {401: "Please sign in", 403: "Your role does not allow this", 404: "There is nothing here for you"}
# Of a browser nobody asks for a token; the API has its own sentence.
_SIGN_IN = "Nobody is signed in here, or the session is over. Nothing of yours was sent: sign in, and do it again."
_KINDS = {401: "forbidden", 403: "forbidden", 404: "missing"}


def error_page(status: int, detail: str, faults: Sequence[str] = (), principal: Principal | None = None) -> ErrorPage:
    """Return the page of an error."""
    if status == 401:
        detail, faults = _SIGN_IN, ()
    heading = _HEADINGS.get(status, "This cannot be shown" if status < 500 else "This went wrong here, not with you")
    # Of an address people need not know that it is a query.
    detail, *others = (said.removeprefix("query: ") for said in (detail, *faults))
    further = tuple(fault for fault in dict.fromkeys(others) if fault != detail)
    return ErrorPage(
        shell(heading, principal), status, _KINDS.get(status, "error"), heading, detail, further, "/projects"
    )


def projects_page(projects: Sequence[ProjectRow], principal: Principal, here: Collection[str] = ()) -> ProjectsPage:
    """Return the page of all projects. here: the ids of those that can be ranked here."""
    administered = frozenset(one.project_id for one in projects if principal.may(one.project_id, "project_admin"))
    around = shell("Projects", principal, here="Projects")
    return ProjectsPage(around, tuple(projects), administered, principal.subject, frozenset(here))


def sign_in_page(provider: str | None, said: str | None = None) -> SignInPage:
    """Return the page to sign in on."""
    return SignInPage(shell("Sign in", None), provider, said)
