"""`welltegra topics`: what it makes and finds, and one clear sentence for each way in that is closed."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # it lists no names
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from connectors.kafka.config import Kafka
from tests.parts.secured_kafka import GUEST, KEY_PASSWORD, PASSWORD, USER, Doors
from welltegra.cli import run

WRONG = "swordfish"
SECRETS = (PASSWORD, KEY_PASSWORD, WRONG)

Say = Callable[..., tuple[int, str, str]]


class Keeper(logging.Handler):
    def __init__(self, kept: list[logging.LogRecord]) -> None:
        super().__init__()
        self._kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        self._kept.append(record)


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Say]:
    """Return what runs a command under [kafka] settings, and looks for secrets in all that it said and logged."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.upper().startswith("WELLTEGRA_")]:
        monkeypatch.delenv(name)
    logged: list[logging.LogRecord] = []
    handler = Keeper(logged)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)

    def say(*arguments: str, **kafka: str) -> tuple[int, str, str]:
        for key, value in kafka.items():
            monkeypatch.setenv(f"WELLTEGRA_KAFKA__{key.upper()}", value)
        code = run(list(arguments))
        said = capsys.readouterr()
        everything = said.out + said.err + "".join(map(str, (record.getMessage() for record in logged)))
        assert [secret for secret in SECRETS if secret in everything] == []
        return code, said.out, said.err

    yield say
    root.removeHandler(handler)
    root.setLevel(level)


def test_that_create_makes_the_topics_and_check_finds_them(say: Say, kafka: Kafka) -> None:
    where = {"bootstrap_servers": kafka.properties["bootstrap.servers"], "topic_prefix": kafka.prefix}
    code, out, err = say("topics", "check", **where)
    assert (code, out) == (1, "")
    assert err.count("must be there") == 9
    code, out, err = say("topics", "create", **where)
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == f"{kafka.prefix}well.samples.v1: made"
    assert say("topics", "check", **where) == (0, "The topics are as they must be.\n", "")
    assert say("topics", "create", **where)[1].count(": was there\n") == 9


def test_that_create_tells_what_differs_in_what_was_there(
    say: Say, kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = {"bootstrap_servers": kafka.properties["bootstrap.servers"], "topic_prefix": kafka.prefix}
    say("topics", "create", **where)
    monkeypatch.setenv("WELLTEGRA_TOPICS__PARTITIONS", "16")
    code, out, err = say("topics", "create", **where)
    assert code == 1
    assert out.count(": was there\n") == 9
    assert err.count("must have 16 partitions; was 8.") == 4


# Ways in.


def by_password(doors: Doors) -> dict[str, str]:
    return {
        "bootstrap_servers": doors.scram,
        "security_protocol": "sasl_ssl",
        "sasl_username": USER,
        "sasl_password": PASSWORD,
        "ssl_ca_location": str(doors.folder / "ca.pem"),
        "topic_prefix": "by-password.",
    }


def by_certificate(doors: Doors) -> dict[str, str]:
    return {
        "bootstrap_servers": doors.mutual,
        "security_protocol": "ssl",
        "ssl_ca_location": str(doors.folder / "ca.pem"),
        "ssl_certificate_location": str(doors.folder / "client.pem"),
        "ssl_key_location": str(doors.folder / "client.locked.key"),
        "ssl_key_password": KEY_PASSWORD,
        "topic_prefix": "by-certificate.",
    }


@pytest.mark.kafka
@pytest.mark.parametrize("way", [by_password, by_certificate])
def test_that_topics_are_made_and_checked_by_password_and_by_certificate(
    say: Say, secured_kafka: Doors, way: Callable[[Doors], dict[str, str]]
) -> None:
    assert say("topics", "create", **way(secured_kafka))[::2] == (0, "")
    assert say("topics", "check", **way(secured_kafka))[::2] == (0, "")


@pytest.mark.kafka
@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"sasl_password": WRONG}, f"must accept user '{USER}' by SCRAM-SHA-512; did not (sasl_ssl://"),
        (
            {"sasl_mechanism": "SCRAM-SHA-256"},
            "broker's supported mechanisms: SCRAM-SHA-512). Check kafka.sasl_username",
        ),
        ({"ssl_ca_location": "stranger.pem"}, "must show a certificate that we can trust; did not (self-signed cert"),
        ({"ssl_ca_location": ""}, "must show a certificate that we can trust; did not (self-signed certificate in"),
    ],
    ids=["a wrong password", "a mechanism that is not offered", "another authority", "the system's authorities"],
)
def test_that_what_is_wrong_with_a_password_or_an_authority_is_said(
    say: Say, secured_kafka: Doors, changed: dict[str, str], sentence: str
) -> None:
    if name := changed.get("ssl_ca_location"):
        changed = {"ssl_ca_location": str(secured_kafka.folder / name)}
    code, out, err = say("topics", "check", **{**by_password(secured_kafka), **changed})
    assert (code, out) == (2, "")
    assert err.startswith(f"Kafka at {secured_kafka.scram}: ")
    assert sentence in err
    assert err.count("\n") == 1


@pytest.mark.kafka
def test_that_a_certificate_for_another_host_is_said(say: Say, secured_kafka: Doors) -> None:
    code, _, err = say(
        "topics", "check", **{**by_certificate(secured_kafka), "bootstrap_servers": secured_kafka.elsewhere}
    )
    assert code == 2
    assert err == (
        f"Kafka at {secured_kafka.elsewhere}: must show a certificate that we can trust; did not (IP address mismatch,"
        " certificate is not valid for '127.0.0.1'). Is kafka.ssl_ca_location who signed it, and is it for the name in"
        " kafka.bootstrap_servers?\n"
    )


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.kafka.topics.check_topics.__defaults__", (2.0,))


@pytest.mark.kafka
@pytest.mark.usefixtures("impatient")
def test_that_a_certificate_that_is_asked_for_and_not_given_is_said(say: Say, secured_kafka: Doors) -> None:
    code, _, err = say(
        "topics",
        "check",
        bootstrap_servers=secured_kafka.mutual,
        security_protocol="ssl",
        ssl_ca_location=str(secured_kafka.folder / "ca.pem"),
    )
    assert code == 2
    assert "must answer within 2 s; did not (" in err
    assert "If it asks for a certificate, set kafka.ssl_certificate_location and kafka.ssl_key_location." in err


@pytest.mark.kafka
@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("protocol", ["plaintext", "ssl"])
def test_that_the_wrong_protocol_is_said(say: Say, secured_kafka: Doors, protocol: str) -> None:
    door = secured_kafka.mutual if protocol == "plaintext" else secured_kafka.plain
    code, _, err = say("topics", "check", bootstrap_servers=door, security_protocol=protocol)
    assert code == 2
    assert f"Is a broker running there, and is its port for security_protocol '{protocol}'?" in err


@pytest.mark.kafka
def test_that_a_wrong_password_of_the_key_is_said_before_anybody_is_called(say: Say, secured_kafka: Doors) -> None:
    code, _, err = say("topics", "check", **{**by_certificate(secured_kafka), "ssl_key_password": WRONG})
    assert code == 2
    assert err == (
        "settings: kafka.ssl_key_location must be a key that can be used; was"
        f" '{secured_kafka.folder / 'client.locked.key'}'."
        " Is the key that of the certificate, and kafka.ssl_key_password its password?\n"
    )


@pytest.mark.kafka
def test_that_a_user_without_rights_is_told_so(say: Say, secured_kafka: Doors) -> None:
    say("topics", "create", **by_password(secured_kafka))
    guest = {**by_password(secured_kafka), "sasl_username": GUEST}
    code, _, err = say("topics", "check", **guest)
    assert code == 1
    assert err.count("must be there, and this user must see it; was not.") == 9
    code, _, err = say(
        "topics",
        "create",
        **guest,
    )
    assert code == 2
    assert "must let this user make the topic by-password.well." in err
    assert err.endswith("Grant it CREATE on the topic.\n")


@pytest.mark.kafka
def test_that_a_user_who_may_see_topics_and_not_their_settings_is_told_so(say: Say, secured_kafka: Doors) -> None:
    seen = {**by_password(secured_kafka), "topic_prefix": "seen."}
    say("topics", "create", **seen)
    admin = AdminClient({"bootstrap.servers": secured_kafka.plain})
    may_see = AclBinding(
        ResourceType.TOPIC,
        "seen.",
        ResourcePatternType.PREFIXED,
        f"User:{GUEST}",
        "*",
        AclOperation.DESCRIBE,
        AclPermissionType.ALLOW,
    )
    for future in admin.create_acls([may_see]).values():
        future.result(30)
    until = time.monotonic() + 60
    while True:
        code, _, err = say("topics", "check", **{**seen, "sasl_username": GUEST})
        # The broker hears of it a moment after the controller has said yes.
        if "must see it" not in err or time.monotonic() > until:
            break
    assert code == 1
    assert err.splitlines()[0] == (
        "topic seen.well.samples.v1: this user must be allowed to read its settings; was denied."
        " Grant it DESCRIBE_CONFIGS on the topic."
    )
    assert err.count("\n") == 9


@pytest.mark.kafka
def test_that_config_show_masks_the_passwords(say: Say, secured_kafka: Doors) -> None:
    say("config", "show", **by_password(secured_kafka))
    say("config", "show", "--json", **by_certificate(secured_kafka), properties=f'{{"sasl.password": "{WRONG}"}}')
