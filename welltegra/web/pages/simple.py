"""Pages that are one thing each: sign-in, a refusal or error, the list of projects, and the keys of the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
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
    """What went wrong, in the sentence that the API says. kind: forbidden, missing, or error. faults: each one."""

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
    """Every project that one may see."""

    template: ClassVar[str] = "projects.html"
    shell: Shell
    projects: tuple[ProjectRow, ...]


_HEADINGS = {401: "Please sign in", 403: "Your role does not allow this", 404: "There is nothing here for you"}
_KINDS = {401: "forbidden", 403: "forbidden", 404: "missing"}


def error_page(status: int, detail: str, faults: Sequence[str] = (), principal: Principal | None = None) -> ErrorPage:
    """Return the page of an error."""
    heading = _HEADINGS.get(status, "This cannot be shown" if status < 500 else "This went wrong here, not with you")
    return ErrorPage(
        shell(heading, principal), status, _KINDS.get(status, "error"), heading, detail, tuple(faults), "/projects"
    )


def projects_page(projects: Sequence[ProjectRow], principal: Principal) -> ProjectsPage:
    """Return the page of all projects."""
    return ProjectsPage(shell("Projects", principal), tuple(projects))


def sign_in_page(provider: str | None, said: str | None = None) -> SignInPage:
    """Return the page to sign in on."""
    return SignInPage(shell("Sign in", None), provider, said)
