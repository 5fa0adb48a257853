"""Rules as messages, and control records: what comes back is what was signed, and nothing else gets in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import FileFaults
from connectors.rule_files.control import Activate, parse_control
from connectors.rule_files.message import Signature, Signed, read_message, sha256_of, sign
from connectors.rule_files.parse import parse_rules
from schemas.control import ActivateRecord
from schemas.times import time_us

FILES = Path(__file__).parents[2] / "data" / "rules"
PILOT = (FILES / "pilot.yaml").read_text()
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
SIGNATURE = Signature("A. Author", "B. Approver", NOW)


def signed(text: str = PILOT, author: str = "A. Author", approver: str = "B. Approver") -> Signed:
    return sign(text, "pilot.yaml", Signature(author, approver, NOW))


def content() -> dict[str, Any]:
    return json.loads(signed().message.model_dump_json())  # type: ignore[no-any-return]  # JSON has none


def with_sha256(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message whose hash is that of its rules, whatever they are."""
    return message | {"sha256": sha256_of(message["rules"])}


def control(**changed: Any) -> dict[str, Any]:
    record = {"kind": "activate", "well_id": "15/9-F-7", "time": "2026-01-01T12:00:00.000Z", "rule_set": content()}
    return record | changed


@pytest.mark.parametrize("name", ["pilot", "defaults"])
def test_that_a_message_stands_for_the_rules_of_its_file(name: str) -> None:
    text = (FILES / f"{name}.yaml").read_text()
    one = signed(text)
    again = read_message(one.message.model_dump_json().encode(), "here")
    assert again.rule_set == one.rule_set == parse_rules(text, "there")
    assert again.message == one.message
    assert (one.message.well_id, one.message.version) == (one.rule_set.well_id, one.rule_set.version)


def test_that_the_hash_is_of_the_rules_as_canonical_json() -> None:
    # RFC 8785 of a small one, written by hand: keys sorted, 120.0 as 120, no blanks.
    text = "well: W\nversion: 2\ntags:\n  b: {unit: spm}\n  a: {unit: spm}\nconstraints:\n"
    text += "  - {id: c, tag: a, limit: {high: 120.0, unit: spm}}\n"
    canonical = (
        '{"constraints":[{"deadband":0.01,"id":"c","limit":{"high":120,"low":null,"unit":"spm"},"mode":"shadow",'
        '"off_delay":10,"on_red":["notify"],"on_yellow":["notify"],"tag":"a","yellow_from":0.9,"yellow_on_delay":2}],'
        '"tags":{"a":{"period":1,"range":null,"unit":"spm"},"b":{"period":1,"range":null,"unit":"spm"}},'
        '"version":2,"well":"W"}'
    )
    assert signed(text).message.sha256 == hashlib.sha256(canonical.encode()).hexdigest()


def test_that_the_hash_is_of_what_is_judged_and_not_of_how_it_was_written() -> None:
    one = "well: W\ntags: {a: {unit: spm}}\nconstraints: [{id: c, tag: a, limit: {high: 120, unit: spm}}]\n"
    same = "# other\n" + one.replace("well: W\n", "well: W\nversion: 1\n").replace("120,", "120.0,")
    assert signed(one).message.sha256 == signed(same).message.sha256
    assert signed(one).message.sha256 != signed(one.replace("120", "120.00001")).message.sha256


@pytest.mark.parametrize(
    "author, approver",
    [("A. Author", "A. Author"), ("A. Author", "a. AUTHOR"), ("Ann  Lee", "ann lee"), ("Straße", "STRASSE")],
)
def test_that_author_and_approver_are_two(author: str, approver: str) -> None:
    with pytest.raises(FileFaults, match="signature: author and approver must be two people; was"):
        signed(author=author, approver=approver)


@pytest.mark.parametrize("author, approver", [("", "B"), ("A", ""), ("A", " B"), ("A\n", "B"), ("A", "B" * 201)])
def test_that_a_name_is_a_name(author: str, approver: str) -> None:
    with pytest.raises(FileFaults, match=r"signature: (author|approver) must be a name of 1 to 200 characters"):
        signed(author=author, approver=approver)


def test_that_what_a_rule_file_may_not_say_a_message_may_not_either() -> None:
    for name in ("mode_confirm", "limit_by_state"):
        files = sorted(FILES.glob(f"*{name}*.yaml"))
        for path in files:
            with pytest.raises(FileFaults):
                signed(path.read_text())
    with pytest.raises(FileFaults, match="'enforce' needs two signatures"):
        signed(PILOT.replace("advisory", "enforce"))
    with pytest.raises(FileFaults, match="limit_by_state is not available"):
        signed(PILOT.replace("    mode: advisory", "    limit_by_state: {pumping: 100}"))


def rules_with(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    message = content()
    change(message["rules"])
    return with_sha256(message)


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "altered": (content() | {"rules": rules_with(lambda r: r["constraints"].pop())["rules"]}, "sha256 must be that of"),
    "another hash": (content() | {"sha256": 64 * "0"}, "they are not what was approved; was 0000"),
    "no hash": (content() | {"sha256": "x"}, "sha256: string should match"),
    "another well": (content() | {"well_id": "15/9-F-8"}, "must be those in rules, '15/9-F-7' version 3"),
    "another version": (content() | {"version": 4}, "must be those in rules, '15/9-F-7' version 3"),
    "one person": (content() | {"approver": "a. author"}, "must be two people"),
    "no rules": ({key: value for key, value in content().items() if key != "rules"}, "rules: field required"),
    "rules of text": (content() | {"rules": "none"}, "rules: "),
    "more": (content() | {"colour": "red"}, "colour: extra inputs are not permitted; was 'red'"),
    "no time": (content() | {"effective_from": "noon"}, "time must be RFC 3339"),
    "enforce": (rules_with(lambda r: r["constraints"][0].update(mode="enforce")), "needs two signatures"),
    "by state": (rules_with(lambda r: r["constraints"][0].update(limit_by_state={})), "limit_by_state is not avail"),
    "no such unit": (rules_with(lambda r: r["tags"]["pump_rate"].update(unit="SPm")), "closed unit table; was 'SPm'"),
    "no such tag": (rules_with(lambda r: r["constraints"][0].update(tag="x")), "tag must be one of the tags"),
    "an id twice": (rules_with(lambda r: r["constraints"][1].update(id="pump-rate")), "an id of its own"),
    "a wide deadband": (rules_with(lambda r: r["constraints"][0].update(deadband=0.5)), "deadband must be less than"),
    "a limit of text": (rules_with(lambda r: r["constraints"][0]["limit"].update(high="120")), "limit high must be"),
    "a limit too large": (rules_with(lambda r: r["constraints"][0]["limit"].update(high=1e300)), "limit high must lie"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_that_a_message_that_is_not_whole_is_refused_and_why(name: str) -> None:
    message, why = BROKEN[name]
    with pytest.raises(FileFaults, match="topic x partition 0 offset 7: ") as raised:
        read_message(json.dumps(message).encode(), "topic x partition 0 offset 7")
    assert why in str(raised.value)
    reason = parse_control(json.dumps(control(rule_set=message)).encode())
    assert isinstance(reason, str)
    assert why in reason


HOSTILE = [b"", b"\xff", b"[]", b"1", b"null", b'{"kind":', b"[" * 100_000, b'{"a":' * 100_000, b'"\\ud800"', b"{}"]
HOSTILE += [json.dumps(control()).encode()[:-1], b'{"kind": ["activate"]}', b'{"kind": {}}', b'{"kind": "activate"}']
HOSTILE += [
    json.dumps(control()).replace("120.0", number).encode()
    for number in ("NaN", "1e999", "-Infinity", "1" + 5000 * "0", "1" + 400 * "0", "true", '"\\ud800"')
]


@pytest.mark.parametrize("raw", HOSTILE, ids=range(len(HOSTILE)))
def test_that_whatever_comes_as_a_control_record_is_told_and_never_raises(raw: bytes) -> None:
    reason = parse_control(raw)
    assert isinstance(reason, str)
    assert reason.startswith("control record: ")
    with pytest.raises(FileFaults):
        read_message(raw, "here")


def test_that_an_activation_comes_back_as_it_was_sent() -> None:
    message, rule_set = signed()
    record = ActivateRecord(well_id=message.well_id, time=NOW, rule_set=message)
    assert parse_control(record.model_dump_json().encode()) == Activate(
        "15/9-F-7", time_us("2026-01-01T12:00:00Z"), rule_set, message.sha256
    )


@pytest.mark.parametrize(
    "record, why",
    [
        (control(kind="state"), "kind must be activate; was 'state'."),
        (control(kind=None), "kind must be activate; was None."),
        (control(well_id="15/9-F-8"), "well_id must be that of rule_set, '15/9-F-7'; was '15/9-F-8'."),
        (control(time=0), "time: "),
        (control(time="2026-01-01T12:00:00+01:00"), "time must be RFC 3339 in UTC"),
        (control(rule_set=[]), "rule_set: "),
        (control(more=1), "more: extra inputs are not permitted; was 1."),
    ],
)
def test_that_a_control_record_that_says_nothing_we_know_is_told(record: dict[str, Any], why: str) -> None:
    reason = parse_control(json.dumps(record).encode())
    assert isinstance(reason, str)
    assert why in reason
