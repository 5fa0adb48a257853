"""The examples of the API: each is what a real server answers, or takes, and says nothing of a machine."""

from __future__ import annotations

import getpass
import json
import os
import re
import socket
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator
from starlette.requests import Request

from connectors.postgres.errors import DatabaseUnreachable
from schemas.profiles import DEFAULT, canonical_profile
from tests.welltegra.api.conftest import As, Site, TestClient
from welltegra.api.app import problem_of
from welltegra.api.examples import FOLDER, PROBLEMS, example_of, problem_examples
from welltegra.api.hub import CHANNEL, KINDS, Details
from welltegra.api.members import Doubted
from welltegra.api.openapi import operations
from welltegra.api.problems import MEDIA_TYPE
from welltegra.api.shield import too_slow
from welltegra.api.wording import EVENTS
from welltegra.auth.errors import SignInFailed, TooManyAttempts
from welltegra.auth.permissions import ROUTES
from welltegra.serving.plan import details_of

# What the project is called in examples; ours has another name.
SHOWN = "kern_reopen_demo"
OVER = "That is all."
WRITING = os.environ.get("WELLTEGRA_EXAMPLES") == "1"
# Of a list so many are shown.
MOST = 2
_JSON = "application/json"


# What is sent where nothing is stored yet; `SHOWN` and the ids in angle brackets are replaced.
def _profile(name: str) -> dict[str, Any]:
    return {**dict(canonical_profile(DEFAULT).raw), "display_name": name}


BODIES: Mapping[str, Any] = {
    "review": {"state": "in_review", "note": "The casing log of May is to be read first."},
    "review_many": {"targets": [{"target_id": "<other>", "version": 0}], "state": "in_review"},
    "set_gap": {"owner": "Petrophysics", "due_date": "2027-03-01"},
    "state_override": {
        "well_id": "<well>", "zone": None, "input": "access", "value": "road_and_permit",
        "reason": "The road was mended in March.",
    },
    "queue_ranking": {"project_id": SHOWN, "profile_key": None, "reason": "New logs."},
    "propose_project_profile": {"profile": _profile("Earthbond reopening, with gas"), "reason": "Gas is sold now."},
    "activate_project_profile": {"reason": "Agreed in the review of the field."},
    "preview_profile": {"profile": _profile("Earthbond reopening, tried")},
    "propose_canonical_profile": {"profile": _profile("Earthbond reopening, for all"), "reason": "A yearly revision."},
    "activate_canonical_profile": {"reason": "Agreed by all fields."},
    "set_member": {"role": "operator"},
    "create_project_key": {"name": "historian", "role": "viewer", "scopes": ["read"], "days": 90},
    "create_platform_key": {"name": "report of all fields", "role": "viewer", "scopes": ["read"], "days": 90},
}  # fmt: skip


class Scene:
    """Asks one operation after the other, and keeps what was said."""

    def __init__(self, described: dict[str, Any], site: Site, as_: As) -> None:
        self._site, self._as = site, as_
        self.described = described
        self.places = {operation["operationId"]: (path, method) for path, method, operation in operations(described)}
        self.known: dict[str, str] = {"project_id": site.ours}
        cookie = f"welltegra_session={site.session({'*': 'platform_admin'})}"
        self._person = {"cookie": cookie, "x-csrf-token": "c" * 43}
        self.said: dict[str, dict[str, Any]] = {}
        # What PostgreSQL told of it, and what of that goes to browsers.
        self.told: list[dict[str, Any]] = []
        self.details: Details = lambda told: told

    def ask(
        self, name: str, who: str = "platform_admin", headers: Mapping[str, str] | None = None, **query: Any
    ) -> Any:
        """Ask an operation with its example as the body; return what it answers."""
        path, method = self.places[name]
        place = re.sub(r"\{(\w+)\}", lambda found: self.known[found[1]], path)
        shown: dict[str, Any] = {}
        sent: dict[str, Any] = {}
        if name in BODIES:
            body = BODIES[name] if WRITING else example_of(name)["request"]
            sent["json"] = self._ours(body, BODIES[name])
            shown["request"] = sent["json"]
        answer = self._as(who).request(method, place, params=query, headers=dict(headers or {}), **sent)
        if answer.status_code == HTTPStatus.FORBIDDEN and "by a person" in answer.text:
            answer = self._as("").request(method, place, params=query, headers=self._person, **sent)
        assert answer.status_code < 300, f"{name}: {answer.status_code} {answer.text[:2000]}"
        assert str(answer.status_code) in self.operation(name)["responses"], name
        found = None
        if answer.status_code != HTTPStatus.NO_CONTENT:
            kind = answer.headers["content-type"].partition(";")[0]
            found = answer.json() if kind == _JSON else answer.text
            # Of a file the head and two rows.
            shown["answer" if kind == _JSON else kind] = found if kind == _JSON else "\n".join(found.split("\n")[:3])
        self.said[name] = shown
        return found

    def operation(self, name: str) -> dict[str, Any]:
        path, method = self.places[name]
        found: dict[str, Any] = self.described["paths"][path][method]
        return found

    def _ours(self, body: Any, marked: Any) -> Any:
        """Return an example with the ids of what is here."""
        text = json.dumps(body).replace(SHOWN, self._site.ours)
        found = json.loads(text)
        # Where the list above has a mark, what was stored has the id of another time.
        for key, mark in _marks(marked):
            _put(found, key, self.known[mark])
        return found


def _marks(body: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(body, dict | list):
        for key, one in body.items() if isinstance(body, dict) else enumerate(body):
            yield from _marks(one, (*at, key))
    elif isinstance(body, str) and re.fullmatch("<[a-z]+>", body):
        yield at, body[1:-1]


def _put(body: Any, at: tuple[Any, ...], value: str) -> None:
    for key in at[:-1]:
        body = body[key]
    body[at[-1]] = value


@pytest.fixture(scope="module")
def scene(app: FastAPI, site: Site, server: TestClient) -> Scene:
    """Return all that was said, operation by operation."""

    def as_(who: str) -> TestClient:
        server.headers.pop("authorization", None)
        if who:
            server.headers["authorization"] = f"Bearer {site.secrets[who]}"
        return server

    scene = Scene(json.loads(json.dumps(app.openapi())), site, as_)
    with psycopg.connect(site.postgres.dsn, autocommit=True) as listening:
        listening.execute(f"LISTEN {CHANNEL}")
        # A ranking that another test asked for and left waiting would be the answer, and nothing would be told.
        listening.execute("DELETE FROM ops.ranking_jobs WHERE project_id = %s", [site.ours])
        try:
            _play(scene)
        finally:
            server.headers.pop("authorization", None)
        # What was told before this is heard before this, however long it takes.
        with psycopg.connect(site.postgres.dsn, autocommit=True) as telling:
            telling.execute("SELECT pg_notify(%s, %s)", [CHANNEL, OVER])
        for one in listening.notifies(timeout=60):
            if one.payload == OVER:
                break
            scene.told.append(json.loads(one.payload))
    scene.details = details_of(app.state.shared.database)
    if WRITING:
        _write(scene, server, site)
        example_of.cache_clear()
        app.openapi_schema = None
        scene.described = json.loads(json.dumps(app.openapi()))
    return scene


def _play(scene: Scene) -> None:
    known = scene.known
    scene.ask("me", "operator")
    rows = scene.ask("portfolio", "viewer", limit=50)["targets"]
    # One with a gap, so that there is one to be closed.
    chosen = next(row for row in rows if row["gap_codes"])
    other = next(row for row in rows if row is not chosen)
    known.update(target_id=chosen["reopening_target_id"], other=other["reopening_target_id"], well=chosen["well_id"])
    scene.ask("portfolio", "viewer", limit=2)
    scene.ask("facets", "viewer")
    version = scene.ask("target", "viewer")["row"]["review_version"]
    scene.ask("review", "operator", {"If-Match": f'"{version}"'})
    scene.ask("review_many", "operator")
    scene.ask("target", "viewer")
    gap = scene.said["target"]["answer"]["gaps"][0]
    known["gap_id"] = str(gap["gap_id"])
    scene.ask("set_gap", "operator", {"If-Match": f'"{gap["version"]}"'})
    scene.ask("target", "viewer")
    scene.ask("export", "operator", format="csv")
    known["override_id"] = str(scene.ask("state_override", "operator")["override_id"])
    scene.ask("overrides", "viewer")
    scene.ask("withdraw_override", "operator")
    runs = scene.ask("runs", "viewer")
    scene.ask("compare", "viewer", before=runs[-1]["run_id"], after=runs[0]["run_id"])
    known["job_id"] = scene.ask("queue_ranking", "project_admin")["job_id"]
    scene.ask("job", "viewer")
    scene.ask("jobs", "viewer")
    profiles = scene.ask("project_profiles", "viewer")
    known["profile_id"] = scene.ask("propose_project_profile", "project_admin")["scoring_profile_id"]
    scene.ask("activate_project_profile", "project_admin")
    scene.ask("project_profile", "viewer")
    scene.ask("project_profile_history", "viewer")
    before = next(one for one in profiles if one["profile_key"] == DEFAULT)["scoring_profile_id"]
    scene.ask("compare_profiles", "viewer", before=before, after=known["profile_id"])
    scene.ask("preview_profile", "project_admin")
    known["profile_id"] = scene.ask("propose_canonical_profile")["scoring_profile_id"]
    scene.ask("activate_canonical_profile")
    scene.ask("canonical_profile")
    scene.ask("canonical_profiles")
    scene.ask("canonical_history")
    scene.ask("canonical_defaults")
    known["subject"] = "7d6f4c1e-ann"
    if "set_member" in scene.places:
        scene.ask("set_member", "project_admin")
        scene.ask("members", "project_admin")
        scene.ask("remove_member", "project_admin", confirm=True)
    if "create_project_key" in scene.places:
        known["key_id"] = scene.ask("create_project_key", "project_admin")["key"]["key_id"]
        scene.ask("project_keys", "project_admin")
        scene.ask("revoke_project_key", "project_admin")
        known["key_id"] = scene.ask("create_platform_key")["key"]["key_id"]
        scene.ask("platform_keys")
        scene.ask("revoke_platform_key")
        scene.ask("members_history", "project_admin")


def _write(scene: Scene, server: TestClient, site: Site) -> None:
    for path in FOLDER.glob("*.json"):
        path.unlink()
    ours = {**scene.said, PROBLEMS: dict(_problems(server, site, scene.known))}
    for name, said in ours.items():
        shown = {key: one if key == "request" else _short(one) for key, one in said.items()}
        text = json.dumps(shown, indent=1, ensure_ascii=False).replace(site.ours, SHOWN)
        # A secret of an example is one that nobody has.
        text = re.sub(r"wtg_[\w-]{43}", "wtg_Qx7Lm2" + "0" * 37, text)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _short(said: Any) -> Any:
    if isinstance(said, dict):
        return {key: _short(one) for key, one in said.items()}
    return [_short(one) for one in said[:MOST]] if isinstance(said, list) else said


def _problems(server: TestClient, site: Site, known: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Yield a refusal of each kind."""
    base = f"/projects/{site.ours}"
    one = f"{base}/reopening-targets/{known['target_id']}/review"
    viewer, operator, admin = (
        {"authorization": f"Bearer {site.secrets[role]}"} for role in ("viewer", "operator", "project_admin")
    )
    asked: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("GET", f"{base}/portfolio/reopening-targets", {}),
        ("PATCH", one, {"headers": viewer, "json": {"state": "accepted"}}),
        ("GET", "/projects/no-such-project/portfolio/facets", {"headers": viewer}),
        ("PUT", f"{base}/portfolio/facets", {"headers": viewer}),
        ("PATCH", one, {"headers": operator | {"If-Match": '"0"'}, "json": {"state": "accepted"}}),
        ("PATCH", one, {"headers": operator, "json": {"state": "accepted"}}),
        ("GET", f"{base}/portfolio/reopening-targets?min_total=much&classification=Z", {"headers": viewer}),
        ("POST", "/well-logs/jobs/reopen-rank", {"headers": admin | {"content-length": "99999999"}, "content": b"{}"}),
        ("POST", "/well-logs/jobs/reopen-rank", {"headers": admin, "files": {"project_id": b"x"}}),
        ("GET", f"{base}/runs?x={'a' * 20_000}", {"headers": viewer}),
        ("GET", "/me", {"headers": {"host": "evil.example"}}),
        ("GET", "/me", {"headers": {"x-long": "a" * 40_000}}),
    )
    for method, place, said in asked:
        answer = server.request(method, place, **said)
        assert answer.headers["content-type"] == MEDIA_TYPE, answer.text[:300]
        yield str(answer.status_code), answer.json()
    # What would take others' attempts, or their database, away: as it would be answered.
    request = Request({"type": "http", "method": "GET", "path": "/me", "headers": []})
    errors = (SignInFailed("it took longer than ten minutes"), TooManyAttempts(3), DatabaseUnreachable("x", "y"))
    for error in (*errors, Doubted("You would no longer administer this project.", final=False), too_slow()):
        problem = problem_of(request, error)
        yield str(int(problem.status)), problem.body()


# What holds of them.


def test_that_every_operation_says_what_it_does_and_shows_how(scene: Scene) -> None:
    lacking = []
    for path, method, operation in operations(scene.described):
        name = operation["operationId"]
        assert len(operation["summary"]) > 10, name
        assert len(operation["description"]) > len(operation["summary"]) + 20, name
        assert operation["tags"], name
        lacking += [
            f"{name}: parameter {one['name']}" for one in operation.get("parameters", ()) if "example" not in one
        ]
        if "requestBody" in operation and "example" not in operation["requestBody"]["content"][_JSON]:
            lacking.append(f"{name}: request")
        (done, answer), *_ = ((status, one) for status, one in operation["responses"].items() if status < "300")
        content = answer.get("content", {})
        assert content or done == "204", f"{method} {path}"
        if content and not any("example" in one for one in content.values()):
            lacking.append(f"{name}: answer")
    assert lacking == []
    assert all(tag["description"] for tag in scene.described["tags"])


def test_that_names_of_operations_are_those_of_the_routes_and_each_is_one_word(scene: Scene) -> None:
    names = [operation["operationId"] for _, _, operation in operations(scene.described)]
    assert len(set(names)) == len(names)
    assert set(names) <= set(ROUTES)
    assert all(re.fullmatch("[a-z_]+", name) for name in names)


def test_that_every_example_is_what_its_schema_says(scene: Scene) -> None:
    found = 0
    for _, _, operation in operations(scene.described):
        name = operation["operationId"]
        for one in operation.get("parameters", ()):
            check(scene, one["schema"], one["example"], f"{name} {one['name']}")
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        answers = [one for status, one in operation["responses"].items() if status < "300"]
        for body in (*bodies, *answers):
            for content in body.get("content", {}).values():
                if "example" in content:
                    check(scene, content["schema"], content["example"], name)
                    found += 1
    assert found > 30
    for status, one in scene.described["components"]["responses"].items():
        content = one["content"][MEDIA_TYPE]
        check(scene, content["schema"], content["example"], status)
        assert content["example"]["status"] == int(status.removeprefix("Problem"))
        assert one["description"]


def test_that_what_is_answered_now_has_the_shape_of_the_example(scene: Scene) -> None:
    found: list[str] = []
    for name, said in scene.said.items():
        shown = example_of(name)
        assert shown.keys() == said.keys(), name
        if "answer" in said:
            (schema,) = (
                answer["content"][_JSON]["schema"]
                for status, answer in scene.operation(name)["responses"].items()
                if status < "300"
            )
            check(scene, schema, said["answer"], name)
            found += [f"{name}: {one}" for one in differences(scene.described, schema, said["answer"], shown["answer"])]
    assert found == []
    assert set(scene.said) == set(scene.places) - {"events"}


def test_that_events_are_told_with_the_words_of_the_example(scene: Scene) -> None:
    shown = {found[1]: json.loads(found[2]) for found in re.finditer(r"event: (\w+)\ndata: (.*)\n\n", EVENTS + "\n")}
    assert set(shown) == set(KINDS)
    told = {one["kind"]: one for one in scene.told if one["kind"] in ("review", "ranking")}
    assert told, "reviews must have been told"
    for kind, one in told.items():
        assert one.keys() == shown[kind].keys()
    (job,) = [found for one in scene.told[::-1] if one["kind"] == "job" if (found := scene.details(one))][:1]
    assert job.keys() == shown["job"].keys()


def test_that_refusals_are_as_the_examples_have_them(scene: Scene, server: TestClient, site: Site) -> None:
    for status, body in _problems(server, site, scene.known):
        assert problem_examples()[status].keys() == body.keys()
        assert len(body["detail"]) > 20


def test_that_examples_say_nothing_of_a_machine() -> None:
    own = [socket.gethostname(), "/tmp", "/home", "/work", str(FOLDER.parents[2])]
    own += [getpass.getuser()] if getpass.getuser() != "root" else []
    for path in FOLDER.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert not [one for one in own if one in text], path.name
        assert "root" not in re.findall(r"\w+", text), path.name


def test_that_a_shape_that_has_changed_is_seen(scene: Scene) -> None:
    said = scene.said["target"]["answer"]
    schema = {"$ref": "#/components/schemas/TargetDetail"}
    assert list(differences(scene.described, schema, said, said)) == []
    gap, *_ = said["gaps"]
    other = {**said, "gaps": [{key: value for key, value in gap.items() if key != "gap_id"}]}
    assert list(differences(scene.described, schema, said, other)) == ["$.gaps: ['gap_id']"] * len(said["gaps"])


def check(scene: Scene, schema: dict[str, Any], example: Any, what: str) -> None:
    whole = {**schema, "components": scene.described["components"]}
    faults = [error.message for error in Draft202012Validator(whole).iter_errors(example)]
    assert faults == [], what


def differences(
    described: dict[str, Any], schema: dict[str, Any], real: Any, shown: Any, at: str = "$"
) -> Iterator[str]:
    """Yield where two answers have not the same keys. Where the schema says that keys are data, they may differ."""
    if "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for one in schema.get("anyOf", ()):
        yield from differences(described, one, real, shown, at)
    match real, shown:
        case dict(), dict() if "properties" in schema:
            if real.keys() != shown.keys():
                yield f"{at}: {sorted(real.keys() ^ shown.keys())}"
            for key in real.keys() & shown.keys() & schema["properties"].keys():
                yield from differences(described, schema["properties"][key], real[key], shown[key], f"{at}.{key}")
        case list(), list() if "items" in schema:
            for one in real if shown else ():
                yield from differences(described, schema["items"], one, shown[0], at)
