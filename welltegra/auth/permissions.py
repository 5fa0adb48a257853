"""Who may do what: the one table. A route that is not in it is not served, and PostgreSQL's grants check once more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from welltegra.auth.principal import Principal

# What a request's transaction may do; sql/roles.sql says what that is.
Grant = Literal["reader", "reviewer", "profile_keeper", "ranker", "platform", "gatekeeper"]
# project: of the one that the path names, or the body, or the job; platform: of every project; own: whoever is known.
Reach = Literal["public", "own", "project", "platform"]


@dataclass(frozen=True, slots=True)
class Need:
    """What a route needs. least: the least role. scope: what an API key must be for. grant: the role in PostgreSQL."""

    reach: Reach
    least: str = "viewer"
    scope: str = "read"
    grant: Grant = "reader"


def _of_project(least: str, scope: str, grant: Grant) -> Need:
    return Need("project", least, scope, grant)


_PUBLIC: Final = Need("public")
_KNOWN: Final = Need("own")
_VIEW: Final = _of_project("viewer", "read", "reader")
_REVIEW: Final = _of_project("operator", "review", "reviewer")
_EXPORT: Final = _of_project("operator", "export", "reviewer")
_KEEP: Final = _of_project("project_admin", "profiles", "profile_keeper")
_RANK: Final = _of_project("project_admin", "rank", "ranker")
_MEMBERS: Final = _of_project("project_admin", "members", "platform")
_PLATFORM: Final = Need("platform", "platform_admin", "platform", "platform")
_CANONICAL_VIEW: Final = Need("platform", "platform_admin", "platform")
_CANONICAL: Final = Need("platform", "platform_admin", "platform", "profile_keeper")

# By the name of the route, which is that of its function.
ROUTES: Final[dict[str, Need]] = {
    # Signing in, and what everybody may read.
    "openapi": _PUBLIC,
    "static": _PUBLIC,
    "sign_in": _PUBLIC,
    "sign_in_begin": _PUBLIC,
    "sign_in_callback": _PUBLIC,
    "sign_in_local": _PUBLIC,
    "sign_out": _KNOWN,
    "me": _KNOWN,
    # The worklist.
    "portfolio": _VIEW,
    "facets": _VIEW,
    "target": _VIEW,
    "events": _VIEW,
    "runs": _VIEW,
    "compare": _VIEW,
    "review": _REVIEW,
    "review_many": _REVIEW,
    "set_gap": _REVIEW,
    "export": _EXPORT,
    "overrides": _VIEW,
    "state_override": _of_project("operator", "override", "reviewer"),
    "withdraw_override": _of_project("operator", "override", "reviewer"),
    # Ranking.
    "job": _VIEW,
    "jobs": _VIEW,
    "queue_ranking": _RANK,
    # Profiles of a project, and canonical ones.
    "project_profiles": _VIEW,
    "project_profile": _VIEW,
    "project_profile_history": _VIEW,
    "compare_profiles": _VIEW,
    "preview_profile": _of_project("project_admin", "profiles", "reader"),
    "propose_project_profile": _KEEP,
    "activate_project_profile": _KEEP,
    "canonical_profiles": _CANONICAL_VIEW,
    "canonical_profile": _CANONICAL_VIEW,
    "canonical_defaults": _CANONICAL_VIEW,
    "canonical_history": _CANONICAL_VIEW,
    "propose_canonical_profile": _CANONICAL,
    "activate_canonical_profile": _CANONICAL,
    # Who belongs to a project, its keys, and those of every project.
    "members": _MEMBERS,
    "members_history": _MEMBERS,
    "set_member": _MEMBERS,
    "remove_member": _MEMBERS,
    "project_keys": _MEMBERS,
    "create_project_key": _MEMBERS,
    "revoke_project_key": _MEMBERS,
    "platform_keys": _PLATFORM,
    "create_platform_key": _PLATFORM,
    "revoke_platform_key": _PLATFORM,
    # Pages, and the forms on them.
    "page_home": _KNOWN,
    "page_api": _KNOWN,
    "page_projects": _KNOWN,
    "page_project": _VIEW,
    "page_worklist": _VIEW,
    "page_text": _VIEW,
    "page_text_selected": _VIEW,
    "page_rows": _VIEW,
    "page_export": _EXPORT,
    "page_target": _VIEW,
    "page_compare": _VIEW,
    "page_stated": _VIEW,
    "page_rankings": _VIEW,
    "page_profiles": _VIEW,
    "page_profile": _VIEW,
    "page_review": _REVIEW,
    "page_review_many": _REVIEW,
    "page_gap": _REVIEW,
    "page_state": _of_project("operator", "override", "reviewer"),
    "page_withdraw": _of_project("operator", "override", "reviewer"),
    "page_rank": _RANK,
    "page_profile_draft": _of_project("project_admin", "profiles", "reader"),
    "page_profile_propose": _KEEP,
    "page_profile_activate": _KEEP,
    "page_people": _MEMBERS,
    "page_member_set": _MEMBERS,
    "page_member_remove": _MEMBERS,
    "page_key_create": _MEMBERS,
    "page_key_revoke": _MEMBERS,
    "page_platform_keys": _PLATFORM,
    "page_platform_key_create": _PLATFORM,
    "page_platform_key_revoke": _PLATFORM,
    "page_canonical": _CANONICAL_VIEW,
    "page_canonical_profile": _CANONICAL_VIEW,
    "page_canonical_default": _CANONICAL_VIEW,
    "page_canonical_draft": _CANONICAL_VIEW,
    "page_canonical_propose": _CANONICAL,
    "page_canonical_activate": _CANONICAL,
}

SCOPES: Final = tuple(dict.fromkeys(need.scope for need in ROUTES.values() if need.reach in ("project", "platform")))


def missing(names: Iterable[str]) -> list[str]:
    """Return the routes that the table does not have."""
    return sorted({name for name in names if name not in ROUTES})


Verdict = Literal["allowed", "unknown", "forbidden", "not_found"]


def verdict(need: Need, principal: Principal | None, project_id: str | None = None) -> Verdict:
    """Return what becomes of a request.

    project_id: of a route whose reach is `project`; None as long as it is not known, as for a job, and then whoever has
    a role somewhere is let through to where it is. unknown: nobody has said who asks. not_found: a project that is not
    theirs to see, whether it is there or not.
    """
    if need.reach == "public":
        return "allowed"
    if principal is None:
        return "unknown"
    if need.reach == "own":
        return "allowed"
    if need.reach == "platform":
        allowed = principal.everywhere == "platform_admin"
    elif project_id is None:
        allowed = bool(principal.roles)
    elif principal.role_in(project_id) is None:
        return "not_found"
    else:
        allowed = principal.may(project_id, need.least)
    in_scope = principal.scopes is None or need.scope in principal.scopes
    return "allowed" if allowed and in_scope else "forbidden"
