from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.kafka.config import Kafka
from connectors.kafka.partition import partition_of
from connectors.kafka.topics import TopicPlan, create_topics
from tests.parts.apache_kafka import free_ports
from tests.test_layers import REPO
from tests.welltegra.dry_runs import RULES
from welltegra.cli import run

RULE_FILES = REPO / "tests" / "data" / "rules"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules.yaml").write_text(RULES)
    return tmp_path


def test_that_the_numbers_of_a_rule_file_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "check", "rules.yaml"]) == 0
    assert capsys.readouterr() == (
        """\
rules.yaml: W-1, version 1, 1 constraint; no faults.

pump-rate
  watches    pump_rate [spm], period 1 s, range 0 to 300
  red        >= 120 spm at once, until < 118.8 spm for 10 s
  yellow     >= 108 spm for 2 s, until < 106.8 spm for 10 s
  stale      after 5 s without a usable sample
  on red     notify, throttle_pump
  on yellow  notify
  mode       shadow

""",
        "",
    )


def test_that_both_sides_of_a_band_stand_under_one_constraint(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "check", str(RULE_FILES / "pilot.yaml")]) == 0
    band = capsys.readouterr().out.partition("\nwellhead-pressure\n")[2]
    assert band.splitlines()[1:5] == [
        "  red        >= 5000 psi at once, until < 4950 psi for 10 s",
        "  yellow     >= 4500 psi for 2 s, until < 4450 psi for 10 s",
        "  red        <= 100 psi at once, until > 101 psi for 10 s",
        "  yellow     <= 110 psi for 2 s, until > 111 psi for 10 s",
    ]


def test_that_every_file_is_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "other.yaml").write_text(RULES.replace("W-1", "W-2"))
    (folder / "variant.yaml").write_text(RULES.replace("120", "110"))
    assert run(["rules", "check", "rules.yaml", "other.yaml", "variant.yaml"]) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if line.endswith("no faults.")] == [
        "rules.yaml: W-1, version 1, 1 constraint; no faults.",
        "other.yaml: W-2, version 1, 1 constraint; no faults.",
        "variant.yaml: W-1, version 1, 1 constraint; no faults.",
    ]


def test_that_every_fault_of_every_file_is_told_and_nothing_is_shown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bad.yaml").write_text(RULES.replace("high: 120", "high: -1").replace("[notify]", "[shout]"))
    assert run(["rules", "check", "rules.yaml", "bad.yaml", "no.yaml"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split(":")[0] for line in err.splitlines()] == ["bad.yaml line 7", "bad.yaml line 8", "no.yaml"]


# On the cluster

Say = Callable[..., tuple[int, str, str]]
BY = ("--author", "A. Author", "--approver", "B. Approver")


@pytest.fixture
def say(kafka: Kafka, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what runs a command against a cluster that has our topics."""
    monkeypatch.setenv("WELLTEGRA_KAFKA__BOOTSTRAP_SERVERS", kafka.properties["bootstrap.servers"])
    monkeypatch.setenv("WELLTEGRA_KAFKA__TOPIC_PREFIX", kafka.prefix)
    create_topics(kafka, TopicPlan(partitions=4))

    def say(*arguments: str) -> tuple[int, str, str]:
        code = run(["rules", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return say


def write(name: str, well: str, version: int, high: int = 120) -> str:
    text = RULES.replace("well: W-1", f"well: {well}\nversion: {version}").replace("high: 120", f"high: {high}")
    assert f"high: {high}" in text
    Path(name).write_text(text)
    return name


def test_that_rules_are_activated_and_listed(say: Say, kafka: Kafka) -> None:
    assert say("active") == (0, "No rules are active. Activate some with welltegra rules activate.\n", "")
    files = write("a.yaml", "W-1", 1), write("b.yaml", "W-2", 7)
    code, out, err = say("activate", *files, *BY)
    one, two = partition_of("W-1", 4), partition_of("W-2", 4)
    samples = f"{kafka.prefix}well.samples.v1"
    assert (code, err) == (0, "")
    assert out == (
        f"W-1: version 1 of a.yaml activated (none before), at {samples} partition {one} offset 0.\n"
        f"W-2: version 7 of b.yaml activated (none before), at {samples} partition {two} offset {int(one == two)}.\n"
    )
    assert say("activate", write("a.yaml", "W-1", 3, 110), *BY)[1] == (
        f"W-1: version 3 of a.yaml activated (1 before), at {samples} partition {one} offset {1 + int(one == two)}.\n"
    )
    code, out, err = say("active")
    assert (code, err) == (0, "")
    lines = [re.split(r"  +", line) for line in out.splitlines()]
    assert lines[0] == ["well", "version", "effective from", "author", "approver", "sha256"]
    assert [line[:2] + line[3:5] for line in lines[1:]] == [
        ["W-1", "3", "A. Author", "B. Approver"],
        ["W-2", "7", "A. Author", "B. Approver"],
    ]
    assert all(re.fullmatch("[0-9a-f]{12}", line[5]) for line in lines[1:])


def test_that_a_dry_run_tells_what_would_be_done_and_does_nothing(say: Say) -> None:
    name = write("a.yaml", "W-1", 2)
    partition = partition_of("W-1", 4)
    assert say("activate", name, *BY, "--dry-run") == (
        0,
        f"W-1: version 2 of a.yaml would be activated (none before), by partition {partition}.\nNothing was sent.\n",
        "",
    )
    assert "No rules are active" in say("active")[1]


def test_that_what_is_active_already_is_told_again_with_its_own_signatures(say: Say) -> None:
    name = write("a.yaml", "W-1", 2)
    say("activate", name, *BY)
    listed = say("active")[1]
    code, out, _ = say("activate", name, "--author", "C. Third", "--approver", "D. Fourth")
    assert code == 0
    assert re.fullmatch(r"W-1: version 2 of a.yaml was active; its well is told again, at .* offset 1.\n", out)
    assert say("active")[1] == listed
    assert "is active; its well would be told again" in say("activate", name, *BY, "--dry-run")[1]


def test_that_no_version_is_altered_or_taken_back_and_all_such_are_told(say: Say) -> None:
    say("activate", write("a.yaml", "W-1", 5), write("b.yaml", "W-2", 5), *BY)
    listed = say("active")[1]
    files = write("a.yaml", "W-1", 5, 121), write("b.yaml", "W-2", 4), write("c.yaml", "W-3", 1)
    assert say("activate", *files, *BY) == (
        2,
        "",
        (
            "a.yaml: version must be above 5, which is active for 'W-1'; was 5, with other rules. Write `version: 6`.\n"
            "b.yaml: version must be above 5, which is active for 'W-2'; was 4. Write `version: 6`.\n"
        ),
    )
    assert say("active")[1] == listed


def test_that_one_person_or_a_faulty_file_activates_nothing(say: Say) -> None:
    name = write("a.yaml", "W-1", 1)
    code, out, err = say("activate", name, "--author", "A. Author", "--approver", "a. author ")
    assert (code, out) == (2, "")
    assert err.startswith("signature: approver must be a name of 1 to 200 characters without outer blanks")
    code, out, err = say("activate", name, "--author", "A. Author", "--approver", "a.  author")
    assert err == (
        "signature: author and approver must be two people; was 'A. Author' and 'a.  author'."
        " Give the names of two people.\n"
    )
    Path("bad.yaml").write_text(RULES.replace("unit: spm", "unit: SPm", 1))
    code, out, err = say("activate", name, "bad.yaml", *BY)
    assert (code, out) == (2, "")
    assert "bad.yaml line" in err
    assert "No rules are active" in say("active")[1]


def test_that_a_broker_out_of_reach_is_a_sentence(monkeypatch: pytest.MonkeyPatch, say: Say) -> None:
    (port,) = free_ports(1)
    monkeypatch.setenv("WELLTEGRA_KAFKA__BOOTSTRAP_SERVERS", f"127.0.0.1:{port}")
    code, out, err = say("activate", write("a.yaml", "W-1", 1), *BY)
    assert (code, out) == (2, "")
    assert err.startswith(f"Kafka at 127.0.0.1:{port}: must answer within 10 s; did not")
    assert err.count("\n") == 1
