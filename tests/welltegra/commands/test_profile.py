"""`welltegra profile` as it is called: what it says, with which exit code, and what is stored."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectors.ops.profiles import history, profiles
from connectors.postgres.config import Postgres
from schemas.profiles import canonical_profile
from welltegra.cli import run

KEY = "earthbond_reopen_v1"
SHA256 = canonical_profile().sha256
Say = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what runs a command, and returns its exit code, output and errors."""

    def say(*arguments: str) -> tuple[int, str, str]:
        code = run(["profile", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return say


@pytest.fixture
def database(migrated: str, monkeypatch: pytest.MonkeyPatch) -> Postgres:
    """Return a database with our tables and nothing in them, which the settings name."""
    monkeypatch.setenv("WELLTEGRA_POSTGRES__DSN", migrated)
    return Postgres(migrated)


def write(name: str, *changes: tuple[str, str]) -> str:
    """Write the canonical profile with some of its text changed; return the file's name."""
    text = (Path(__file__).parents[3] / "schemas" / "profiles" / f"{KEY}.json").read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    Path(name).write_text(text, "utf-8")
    return name


HEAVY = ('"static": 0.35', '"static": 0.4'), ('"dynamic": 0.3', '"dynamic": 0.25')


# Files


def test_that_a_profile_without_faults_is_named_with_its_content(say: Say) -> None:
    assert say("validate", write("a.json")) == (0, f"a.json: {KEY}, sha256 {SHA256}; no faults.\n", "")


def test_that_every_fault_of_every_file_is_told_with_its_line(say: Say) -> None:
    good = write("good.json")
    bad = write(
        "bad.json",
        ('"static": 0.35', '"static": 0.45'),
        ("[0.3, 0.7]", "[0.1, 1.7]"),
        ('"step_max_m": 0.6', '"step_max_m": -1'),
        ('"severity": "info"', '"severity": "grave"'),
    )
    code, out, err = say("validate", good, bad, "none.json")
    assert (code, out.count("\n")) == (2, 1)
    lines = Path(bad).read_text("utf-8").splitlines()

    def line(part: str) -> int:
        return next(number for number, text in enumerate(lines, 1) if part in text)

    curve, gates = "$.components.static.vsh.curve[1]", "$.gating_rules"
    said = [
        ("weights", "$.weights: weights must sum to 1; was 1.1. Correct the weights."),
        ("1.7", f"{curve}[0] must be above the x before it, 0.15; was 0.1. Sort the points."),
        ("1.7", f"{curve}[1] must be a number from 0 to 1; was 1.7. Correct it."),
        ("step_max", f"{gates}['G1.DEPTH_TRACK'].limits.step_max_m must be a number above 0; was -1. Correct it."),
        ("grave", f"{gates}['G1.UNIT_ALIAS'].severity must be one of info, minor, major, critical; was 'grave'."),
    ]
    for told, (part, sentence) in zip(err.splitlines(), said, strict=False):
        assert told.startswith(f"bad.json line {line(part)}: {sentence}")
    absent = "none.json: a profile must be a file that can be read; was no such file or directory."
    assert [told.startswith(absent) for told in err.splitlines()] == [False] * 5 + [True]


@pytest.mark.parametrize(
    "text, said",
    [
        ('{"a": 1,\n "b" 2}', "x.json line 2: a profile must be JSON; was expecting ':' delimiter, at column 6."),
        ('{"a": 1, "a": 2}', "x.json: $ must be JSON; was key 'a' stands twice in one object."),
        ('{"weights": NaN}', "x.json: $ must be JSON; was NaN is not a JSON number."),
        ("[]", "x.json: $ must be an object; was []."),
        ("", "x.json line 1: a profile must be JSON; was expecting value, at column 1."),
        ('{"weights": 3}', "x.json line 1: $.weights must be an object; was 3."),
        ("[" * 100_000, "x.json: $ must be JSON; was "),
    ],
)
def test_that_a_file_that_is_no_profile_is_told_so(say: Say, text: str, said: str) -> None:
    Path("x.json").write_text(text)
    code, out, err = say("validate", "x.json")
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize(
    "old, new",
    [
        ("EarthBond reopening, version 1", r"Earth\u0000"),
        ("EarthBond reopening, version 1", r"Earth\ud800"),
        ("[0.6, 0]]", f"[{10**30}, 0]]"),
    ],
)
def test_that_what_cannot_be_stored_is_a_fault_of_its_line(say: Say, old: str, new: str) -> None:
    code, out, err = say("validate", write("a.json", (old, new)))
    assert (code, out) == (2, "")
    assert re.match(r"a\.json line \d+: \$\.\S+ must be ", err)
    assert err.count("\n") == 1


def test_that_tabs_do_not_hide_the_lines(say: Say) -> None:
    write("a.json", ('"static": 0.35', '"static": 0.45'))
    Path("a.json").write_text(Path("a.json").read_text("utf-8").replace("  ", "\t"))
    assert "a.json line 5: $.weights: weights must sum to 1" in say("validate", "a.json")[2]


def test_that_a_file_is_shown_without_a_database(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WELLTEGRA_POSTGRES__DSN", "host=127.0.0.1 port=1")
    monkeypatch.setenv("COLUMNS", "900")
    code, out, err = say("show", write("a.json"))
    assert (code, err) == (0, "")
    assert out.splitlines()[:3] == [
        f"EarthBond reopening, version 1: {KEY}, earthbond.reopen.v1",
        f"sha256 {SHA256}",
        "Of the file a.json.",
    ]
    assert re.search(r"\n *vsh .*0\.15: 1, 0\.3: 0\.7, 0\.4: 0\.4, 0\.5: 0\.1, 0\.6: 0 +0\.15 +0\.0525", out)
    assert "G1.DEPTH_TRACK" in out
    assert "sampled_fraction_min 0.95; step_max_m 0.6" in out
    assert "total potential < 0.45" in out
    assert re.search(r"\n *rho_matrix +2\.65 *\n", out)
    for one in canonical_profile().profile.inputs:
        assert one.name in out


def test_that_the_content_shown_is_a_profile_again(say: Say) -> None:
    code, out, _ = say("show", write("a.json"), "--json")
    Path("b.json").write_text(out)
    assert code == 0
    assert say("diff", "a.json", "b.json")[1] == "No difference between a.json and b.json.\n"
    assert list(json.loads(out)) == list(canonical_profile().raw)
    assert '        "curve": [[0.15, 1], [0.3, 0.7], [0.4, 0.4], [0.5, 0.1], [0.6, 0]],\n' in out


def test_that_each_difference_is_shown_by_its_path(say: Say) -> None:
    other = write("b.json", *HEAVY, ("[0.6, 0]]", "[0.7, 0]]"))
    code, out, err = say("diff", write("a.json"), other)
    assert (code, err) == (0, "")
    assert out == (
        "$.weights.static\n  - 0.35\n  + 0.4\n"
        "$.weights.dynamic\n  - 0.3\n  + 0.25\n"
        "$.components.static.vsh.curve\n"
        "  - [[0.15, 1], [0.3, 0.7], [0.4, 0.4], [0.5, 0.1], [0.6, 0]]\n"
        "  + [[0.15, 1], [0.3, 0.7], [0.4, 0.4], [0.5, 0.1], [0.7, 0]]\n"
        "3 differences between a.json and b.json.\n"
    )


def test_that_of_the_actions_only_those_that_differ_are_shown(say: Say) -> None:
    wording = "Complete the evidence pack, then put the target to technical review."
    out = say("diff", write("a.json"), write("b.json", (wording, "Find the papers.")))[1]
    old, new = re.findall(r"\$\.recommended_actions\n  - (.*)\n  \+ (.*)\n", out)
    assert (json.loads(old[0])["action"], old[1]) == (wording, "none")
    assert (new[0], json.loads(new[1])["action"]) == ("none", "Find the papers.")


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_that_the_same_profile_is_drawn_as_the_same_bytes(say: Say, kind: str) -> None:
    write("a.json")
    assert say("show", "a.json", "--plot", f"one.{kind}") == (0, f"one.{kind}: the utilities of {KEY}.\n", "")
    assert say("show", "a.json", "--plot", f"two.{kind}")[0] == 0
    assert Path(f"one.{kind}").read_bytes() == Path(f"two.{kind}").read_bytes()


@pytest.mark.parametrize(
    "name, said",
    [
        ("x.gif", "x.gif: a picture must be .svg, .png, .pdf; was '.gif'. Name it so.\n"),
        (
            "no/x.svg",
            "no/x.svg: the folder of an output must be there; was no folder 'no'. Make it first, or name another.\n",
        ),
    ],
)
def test_that_a_picture_that_cannot_be_is_a_sentence(say: Say, folder: Path, name: str, said: str) -> None:
    assert say("show", write("a.json"), "--plot", name) == (2, "", said)
    assert [path.name for path in folder.iterdir()] == ["a.json"]


# The database


def test_that_the_canonical_profile_is_there_from_the_start(say: Say, database: Postgres) -> None:
    code, out, err = say("list")
    assert (code, err) == (0, "")
    heading, row = (re.split(r"  +", line) for line in out.splitlines())
    (stored,) = profiles(database, None)
    assert heading == ["key", "whose", "active", "id", "author", "stored", "reason"]
    assert row[:5] == [KEY, "canonical", "active", str(stored.scoring_profile_id), "welltegra"]
    by_key, by_id = (say("show", named)[1] for named in (KEY, str(stored.scoring_profile_id)))
    assert by_key == by_id
    assert f"sha256 {SHA256}\nStored as {stored.scoring_profile_id}, canonical, active;\n" in by_key
    # What canonical JSON has lost, the order in which people read it, is there again.
    assert by_key.partition("\n\n")[2] == say("show", write("a.json"))[1].partition("\n\n")[2]


def test_that_a_profile_is_proposed_activated_and_its_history_told(say: Say, database: Postgres) -> None:
    write("heavy.json", *HEAVY)
    code, out, err = say("propose", "heavy.json", "--project", "kern", "--author", "a.b", "--reason", "More rock.")
    (new,) = (one for one in profiles(database, "kern") if one.project_id == "kern")
    version = f"{KEY}, of kern, version {new.scoring_profile_id}"
    advice = f"To rank by it: welltegra profile activate {new.scoring_profile_id} --reason ... --actor ...\n"
    assert (code, out, err) == (0, f"{version} is stored.\n{advice}", "")
    assert (new.is_active, new.author, new.change_reason) == (False, "a.b", "More rock.")

    again = say("propose", "heavy.json", "--project", "kern", "--author", "c.d", "--reason", "Again.")
    assert again == (0, f"{version} was stored already, by a.b; nothing was added.\n{advice}", "")

    canonical = say("show", KEY, "--project", "kern")[1]
    assert f"sha256 {SHA256}\n" in canonical
    decide = ("activate", str(new.scoring_profile_id), "--actor", "e.f", "--reason", "Agreed.")
    assert say(*decide) == (0, f"{version} is active, the first of its key.\n", "")
    assert say(*decide) == (0, f"{version} was active already; nothing was changed.\n", "")
    assert f"sha256 {new.sha256}\n" in say("show", KEY, "--project", "kern")[1]
    assert f"sha256 {SHA256}\n" in say("show", KEY)[1]

    say("propose", write("a.json"), "--project", "kern", "--author", "a.b", "--reason", "Back.")
    back = next(one for one in profiles(database, "kern") if one.change_reason == "Back.")
    out = say("activate", str(back.scoring_profile_id), "--actor", "e.f", "--reason", "Too much.")[1]
    assert out.endswith(f"is active, in place of {new.scoring_profile_id}.\n")

    code, out, err = say("history", KEY, "--project", "kern")
    assert (code, err) == (0, "")
    rows = [re.split(r"  +", line)[1:] for line in out.splitlines()]
    first, second = str(new.scoring_profile_id), str(back.scoring_profile_id)
    assert rows == [
        ["what", "id", "who", "why"],
        ["proposed", first, "a.b", "More rock."],
        ["activated", first, "e.f", "Agreed."],
        ["proposed", second, "a.b", "Back."],
        ["deactivated", first, "e.f", "Too much."],
        ["activated", second, "e.f", "Too much."],
    ]
    out = say("diff", KEY, first, "--project", "kern")[1]
    assert out.endswith(f"2 differences between profile {second} and profile {first}.\n")


def test_that_a_proposal_with_faults_stores_nothing(say: Say, database: Postgres) -> None:
    bad = write("bad.json", ('"static": 0.35', '"static": 0.45'))
    code, out, err = say("propose", bad, "--author", "a.b", "--reason", "More rock.")
    assert (code, out) == (2, "")
    assert err == "bad.json line 5: $.weights: weights must sum to 1; was 1.1. Correct the weights.\n"
    assert profiles(database, None) == []


def test_that_a_canonical_profile_may_be_replaced(say: Say, database: Postgres) -> None:
    say("list")
    out = say("propose", write("heavy.json", *HEAVY), "--author", "a.b", "--reason", "More rock.")[1]
    assert out.startswith(f"{KEY}, canonical, version ")
    (new,) = (one for one in profiles(database, None) if not one.is_active)
    say("activate", str(new.scoring_profile_id), "--actor", "e.f", "--reason", "Agreed.")
    assert [one.scoring_profile_id for one in profiles(database, None) if one.is_active] == [new.scoring_profile_id]
    # Nor does a later run put the one that comes with WellTegra back.
    assert f"sha256 {new.sha256}\n" in say("show", KEY)[1]
    assert [one.action for one in history(database, None, KEY)] == [
        *("proposed", "activated", "proposed", "deactivated", "activated"),
    ]


NOWHERE = "12345678-1234-5678-1234-567812345678"


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["show", "nosuch"], "must have the profile 'nosuch', active and of no project; has not."),
        (["show", "nosuch", "--project", "kern"], "'nosuch', active and of project 'kern', or of none; has not."),
        (["show", NOWHERE], f"must have the profile {NOWHERE}; has not."),
        (["diff", KEY, NOWHERE], f"must have the profile {NOWHERE}; has not."),
        (["history", "nosuch"], "must have the profile 'nosuch', canonical; has not."),
        (["history", KEY, "--project", "kern"], f"must have the profile {KEY!r}, of project 'kern'; has not."),
        (["activate", NOWHERE, "--actor", "a", "--reason", "b"], f"must have the profile {NOWHERE}; has not."),
    ],
)
def test_that_a_profile_that_is_not_there_is_a_sentence(
    say: Say, database: Postgres, arguments: list[str], said: str
) -> None:
    code, out, err = say(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.endswith("See what there is: welltegra profile list\n")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["activate", "v1", "--actor", "a", "--reason", "b"], "must be the id of a version"),
        (["activate", NOWHERE, "--actor", " ", "--reason", "b"], "'--actor': must be a line of text; was ' '."),
        (["activate", NOWHERE, "--actor", "a"], "Missing option '--reason'."),
        (["propose", "a.json", "--author", "a\n", "--reason", "b"], r"'--author': must be a line of text; was 'a\n'."),
        (["propose", "a.json", "--reason", "b"], "Missing option '--author'."),
        (["propose", "none.json", "--author", "a", "--reason", "b"], "none.json: a profile must be a file"),
        (["list", "--project", ""], "'--project': must be a line of text; was ''."),
    ],
)
def test_that_a_mistake_is_a_sentence_and_needs_no_database(
    say: Say, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.setenv("WELLTEGRA_POSTGRES__DSN", "host=127.0.0.1 port=1")
    write("a.json")
    code, out, err = say(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_that_a_database_out_of_reach_is_a_sentence(say: Say) -> None:
    code, out, err = say("list", "--dsn", "host=127.0.0.1 port=1 dbname=x")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "database 'x' at 127.0.0.1:1: must be reachable; is not" in err


def test_that_a_stored_profile_that_this_version_refuses_is_told_so(say: Say, database: Postgres) -> None:
    """An older version of WellTegra may have let pass what this one does not."""
    say("list")
    raw: dict[str, Any] = json.loads(json.dumps(canonical_profile().raw))
    raw["labels"]["data_confidence"]["high"] = 7
    with database.connect() as connection:
        connection.execute("ALTER TABLE ops.reopen_score_profiles DISABLE TRIGGER ALL")
        connection.execute(
            "UPDATE ops.reopen_score_profiles SET content = %s, sha256 = encode(sha256(convert_to(%s, 'UTF8')), 'hex')",
            [json.dumps(raw)] * 2,
        )
    code, out, err = say("show", KEY)
    assert (code, out) == (2, "")
    assert re.match(
        r"profile [0-9a-f-]{36}: \$\.labels\.data_confidence\.high must be a number from 0 to 1; was 7", err
    )

    code, out, err = say("show", KEY, "--json")
    assert (code, json.loads(out)) == (1, raw)
    first, last = err.splitlines()
    assert "$.labels.data_confidence.high must be a number from 0 to 1; was 7" in first
    assert last.endswith("must hold by the checks of today, to rank by it; does not. Propose a corrected version.")

    code, out, err = say("diff", KEY, write("a.json"))
    assert (code, err) == (0, "")
    assert out.startswith("$.labels.data_confidence.high\n  - 7\n  + 0.75\n1 difference between profile ")
