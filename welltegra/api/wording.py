"""The words of the API's description that belong to no single route: who may ask, what an answer means, examples."""

from __future__ import annotations

from typing import Any, Final

from scoring.vocabulary import LABELS
from welltegra.auth.permissions import Need

ABOUT: Final = """\
Reopening targets of a project, ranked by its scoring profile, with the reason for each rank, what is missing, and what
people said of it.

**Who asks** says so by `Authorization: Bearer` and a token of the identity provider or an API key; a browser by its
session. A project that is not yours to see is not found, whether it is there or not.

**The list of targets** goes on where its `Link` header says, or with `next_cursor` as `cursor`: in the same ranking,
also if another becomes current meanwhile. So do the lists of rankings, of jobs and of who let whom in, with the last
one's id as `before`. **Reads** of JSON carry an `ETag`; sent as `If-None-Match`, what has not
changed is 304, without a body. **HEAD** answers as GET does, without a body, where GET does no more than to read. A
**review**, and who closes a gap, name the version that was read in `If-Match`, so that nothing of two people is lost.

**Errors** are of one shape everywhere (RFC 9457): `detail` is a sentence that says what must hold, what was found and
what to do; `errors` lists every fault with its place.
"""

HOW: Final[dict[str, dict[str, str]]] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of the provider, for our audience; or an API key.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "welltegra_session",
        "description": "A browser that is signed in; __Host- before the name on https. Changes also need X-CSRF-Token.",
    },
}

TAGS: Final = {
    "worklist": "The ranked targets of a project: the list, one target with its reasons, exports, events.",
    "review": "What people say of targets, and who closes a gap. Nothing of two people is lost.",
    "overrides": "Inputs that a person knows and no file says; the next ranking uses them.",
    "ranking": "Rankings in the background: asked for, followed.",
    "profiles": "Scoring profiles: the weights and curves by which targets are ranked. A version never changes.",
    "members": "Who has a role in a project, and who gave it to them.",
    "keys": "API keys for programs: shown once, confined to scopes, good for some days.",
    "sign-in": "Who one is here.",
}

# What an answer means that is no error: of one operation, or of all.
DONE: Final = {
    "200": "What was asked for.",
    "201": "What was stored.",
    "204": "Done; there is no more to say.",
    "304": "What `If-None-Match` names still holds.",
    "queue_ranking.202": "The job that waits or runs.",
    "export.200": "The file, as it is made.",
    "events.200": "The stream: `job` (how far it is), `ranking` (a new one is current), `review` (somebody's).",
    "review.200": "The review as it stands now, with its new version.",
}

REFUSED: Final = {
    "400": "It cannot be read.",
    "401": "Nobody has said who asks, or was not believed.",
    "403": "Who asks has not the role, or the key not the scope.",
    "404": "It is not there, or not yours to see.",
    "405": "The address is there, and is asked in another way.",
    "408": "The body did not come in time.",
    "409": "It is not done without being confirmed, or not at all.",
    "412": "Somebody else was first: `detail` says what stands now; of a review also who said so, when, and why.",
    "413": "The body is too long.",
    "414": "The address is too long.",
    "415": "A form of another kind than pages send: urlencoded, in UTF-8.",
    "421": "The host is not one that the server goes by.",
    "422": "It can be read, and cannot be: `errors` names every fault with its place.",
    "428": "`If-Match` is needed, and absent.",
    "429": "The address tries too often, or the person exports too much at a time; `Retry-After` says when again.",
    "431": "The headers are too long.",
    "500": "It went wrong here; the server's log says why.",
    "503": "The database, the provider or room for it is not there now; `Retry-After` says when to try again.",
}

# Of a stream the first lines: how soon to come again when it ends, and an event of each kind.
EVENTS: Final = """\
retry: 2000

event: job
data: {"kind": "job", "project_id": "kern_reopen_demo", "job_id": "0d6c8a4e-55b1-4f5e-a1c8-7f7d2b9c3e61", \
"state": "running", "stage": "reading logs", "done": 120, "total": 900, "run_id": null, "error": null}

event: ranking
data: {"kind": "ranking", "project_id": "kern_reopen_demo", "run_id": "4f9b1c6e-7a53-5d1e-9a40-2f3b6c7d8e90"}

event: review
data: {"kind": "review", "project_id": "kern_reopen_demo"}

"""
_RUN: Final = "4f9b1c6e-7a53-5d1e-9a40-2f3b6c7d8e90"
_EARLIER: Final = "b1f3a9d2-3c64-5f0e-8d17-6a2e9c40b7f5"
# By the parameter's name; where one name means two things, by operation and name.
PARAMETERS: Final[dict[str, Any]] = {
    "project_id": "kern_reopen_demo",
    "target_id": "9a1d2b7e-0a53-5d1e-9a40-2f3b6c7d8e90",
    "export.target_id": ["9a1d2b7e-0a53-5d1e-9a40-2f3b6c7d8e90"],
    "run_id": _RUN,
    "before": _EARLIER,
    "after": _RUN,
    "members_history.before": 12,
    "runs.before": _RUN,
    "jobs.before": "0d6c8a4e-55b1-4f5e-a1c8-7f7d2b9c3e61",
    "job_id": "0d6c8a4e-55b1-4f5e-a1c8-7f7d2b9c3e61",
    "gap_id": 41,
    "override_id": 7,
    "profile_id": "6a0c2f0e-7a53-5d1e-9a40-2f3b6c7d8e90",
    "key_id": "0b8f2a54-4a4e-4b56-9c1e-2d8f6f0c7a11",
    "key": "earthbond_reopen_v1",
    "profile_key": "earthbond_reopen_v1",
    "subject": "7d6f4c1e-ann",
    "limit": 50,
    "format": "xlsx",
    "confirm": False,
    "If-Match": '"0"',
    "set_gap.If-Match": '"9c1e2d8f6f0c7a110b8f2a544a4e4b56"',
    "field": ["Kern Ridge"],
    "reservoir": ["Upper"],
    "classification": ["A", "B"],
    "min_total": 0.6,
    "max_depletion_risk": "moderate",
    "depletion_unknown": "1",
    "evidence_min": 0.5,
    "no_spatial_gap": "1",
    "has_action": "1",
    "operability_status": [LABELS["operability_status"][0]],
    "data_confidence": [LABELS["data_confidence"][0]],
    "review_state": ["unreviewed"],
    "text": "KR-A",
    "sort": "classification,-total_score",
}


def needs(need: Need) -> str:
    """Return who may ask, as a sentence."""
    key = f"of an API key, the scope `{need.scope}`"
    match need.reach:
        case "public":
            return "Anybody may ask."
        case "own":
            return "Whoever is known may ask."
        case "platform":
            return f"Needs the role `{need.least}` in every project; {key}."
        case "project":
            return f"Needs the role `{need.least}` in the project, or a greater one; {key}."
