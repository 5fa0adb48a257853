"""Hostile text in every path id and every query parameter of every route that reads: an answer, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from inspect import getsource
from typing import Any
from urllib.parse import quote, quote_from_bytes, urlencode
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from psycopg import sql as pgsql

from connectors.ops import jobs
from connectors.ops.reading import acting_as
from tests.welltegra.api.conftest import As, Site
from welltegra.api.filtering import FILTERED

# As they stand in an address, escaped.
HOSTILE: Mapping[str, str] = {
    "quotes": quote("' OR '1'='1"),
    "end of statement": quote("'; DROP TABLE ops.well_reopening_targets; --"),
    "number and statement": quote("1); DELETE FROM ops.reopening_review_events; --"),
    "dollars": quote("$$; SELECT pg_sleep(40); $$"),
    "placeholder": quote("%(run_id)s %s {0}"),
    "null byte": "a%00b",
    "no UTF-8": "%ff%fe",
    "surrogate": quote_from_bytes("\ud800".encode("utf-8", "surrogatepass")),
    "right to left": quote("\u202eW-001\u2066\U0001f6e2"),
    "huge": "9" * 20_000,
    "traversal": quote("../../../etc/passwd", safe=""),
    "template": quote("{{ 191 * 193 }}{% for x in y %}", safe=""),
    "script": quote('"><script>alert(1)</script><img src=x onerror=alert(2)>', safe=""),
    "scheme": quote("javascript:alert(3)", safe=""),
}
_WORKED_OUT = str(191 * 193)
# What pages of the worklist read of an address beside the filters, as `welltegra.web.asked` has it.
_OF_PAGES = ("sort", "run", "column", "after", "tab")


class Harm(HTMLParser):
    """Collects what a text became that is more than a text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name.startswith("on") or (name != "value" and (value or "").strip().lower().startswith("javascript:")):
                self.found.append(f"<{tag} {name}={value!r}>")
        if (tag == "script" and not any(name == "src" for name, _ in attrs)) or tag == "img":
            self.found.append(f"<{tag} {attrs}>")


def reading_routes(app: FastAPI) -> list[APIRoute]:
    return [route for route in app.router.routes if isinstance(route, APIRoute) and "GET" in (route.methods or ())]


def _reads_a_list(route: APIRoute) -> bool:
    """Return whether a page reads the address of a list as a whole, where FastAPI does not know the names."""
    return route.name.startswith("page_") and "asked_of" in getsource(route.endpoint)


def names_of(route: APIRoute) -> list[str]:
    """Return the names of what a route reads of a query string."""
    more = [str(one["name"]) for one in (route.openapi_extra or {}).get("parameters", [])]
    if _reads_a_list(route):
        more += [*(str(one["name"]) for one in FILTERED["parameters"]), *_OF_PAGES]
    return list(dict.fromkeys([*(one.alias for one in route.dependant.query_params), *more]))


def addresses(route: APIRoute, known: Mapping[str, str], valid: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield addresses of a route with one hostile text in each, and what it is and where."""

    def path(changed: Mapping[str, str]) -> str:
        return re.sub(r"\{(\w+)[^}]*\}", lambda found: {**known, **changed}[found[1]], route.path)

    names = names_of(route)
    for what, text in HOSTILE.items():
        for name in re.findall(r"\{(\w+)", route.path):
            yield path({name: text}), f"{what} in the path as {name}"
        for name in names:
            others = urlencode({one: value for one, value in valid.items() if one in names and one != name})
            yield f"{path({})}?{name}={text}&{others}", f"{what} as {name}"


def state_of(site: Site) -> dict[str, Any]:
    """Return a digest of each table, but for what reading may leave: when a key was used, and who exported what."""
    with site.postgres.session("") as connection:
        tables = connection.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname IN ('ops', 'access', 'public') AND c.relkind IN ('r', 'p')"
        ).fetchall()
        digest = pgsql.SQL(
            "SELECT count(*), sum(hashtextextended((to_jsonb(t) - 'last_used_at')::text, 0)::numeric) FROM {} t"
        )
        return {
            name: connection.execute(digest.format(pgsql.Identifier(schema, name))).fetchone()
            for schema, name in tables
            if name != "worklist_exports"
        }


@pytest.mark.parametrize(
    "text", ["<script>a</script>", "<img src=x>", "<p onclick=a>", "<a href=' JavaScript:a'>b</a>"]
)
def test_that_harm_is_seen(text: str) -> None:
    harm = Harm()
    harm.feed(text)
    assert len(harm.found) == 1


def test_that_hostile_text_is_text_on_every_route_that_reads(
    app: FastAPI, site: Site, as_: As, target: dict[str, Any]
) -> None:
    admin = as_("platform_admin")
    with site.postgres.session("") as connection, acting_as(connection, "welltegra_ranker"):
        job, _ = jobs.enqueue(connection, site.ours, "tests")
    run = admin.get(f"/projects/{site.ours}/runs").json()[0]["run_id"]
    profile = admin.get("/scoring-profiles").json()[0]
    known = {
        "project_id": site.ours,
        "target_id": target["reopening_target_id"],
        "job_id": str(job.job_id),
        "profile_id": profile["scoring_profile_id"],
        "key": profile["profile_key"],
    }
    valid = {"before": run, "after": run, "format": "csv"}
    before = state_of(site)
    wrong: list[str] = []
    tried = 0
    for route in reading_routes(app):
        # A stream of a project that is there never ends: who sees no other has no stream of one that is not.
        client = as_("viewer" if route.name == "events" else "platform_admin")
        given = {**valid, **({"after": ""} if _reads_a_list(route) else {})}
        for place, said in addresses(route, known, given):
            answer = client.get(place)
            tried += 1
            shown = f"{route.name}, {said}: {answer.status_code} {answer.text[:200]!r}"
            if answer.status_code >= 500 or "Traceback" in answer.text or _WORKED_OUT in answer.text:
                wrong.append(shown)
            if answer.headers.get("content-type", "").startswith("text/html"):
                harm = Harm()
                harm.feed(answer.text)
                if harm.found:
                    wrong.append(f"{shown} {harm.found[:3]}")
            elif answer.headers.get("x-content-type-options") != "nosniff":
                wrong.append(f"{shown}: a browser may take it for a page")
            if not re.fullmatch(r"(/(?!/).*)?", answer.headers.get("location", "")):
                wrong.append(f"{shown}: leads to {answer.headers['location']!r}")
    assert wrong == []
    assert sum(map(_reads_a_list, reading_routes(app))) >= 4
    assert tried > 100 * len(HOSTILE)
    assert state_of(site) == before


@pytest.mark.parametrize("text", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", "javascript:a"])
def test_that_where_a_form_leads_back_to_is_here(text: str, site: Site, as_: As) -> None:
    as_("operator")
    answer = as_("operator").post(
        f"/projects/{site.ours}/worklist/review",
        data={"back": text, "state": "accepted", "note": "", "target": f"{uuid4()}:0"},
    )
    assert answer.status_code < 500
    assert answer.headers.get("location", "/x").startswith("/")
    assert not answer.headers.get("location", "/x").startswith(("//", "/\\"))
    assert 'href="https://elsewhere' not in answer.text
    assert 'href="javascript:' not in answer.text
