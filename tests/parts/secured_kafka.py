"""Apache Kafka behind TLS and passwords: one broker, with a listener for each way in."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from tests.parts.apache_kafka import ApacheKafka, free_ports
from welltegra.embedded.broker import HOST

USER, PASSWORD = "rig", "correct-horse"
GUEST = "guest"  # the same password, and no rights
KEY_PASSWORD = "battery-staple"

_LISTENERS = """\
listeners=PLAINTEXT://127.0.0.1:@PORT@,CONTROLLER://127.0.0.1:@CONTROLLER_PORT@,\
SCRAM://127.0.0.1:{scram},MUTUAL://127.0.0.1:{mutual},ELSEWHERE://127.0.0.1:{elsewhere}
advertised.listeners=PLAINTEXT://127.0.0.1:@PORT@,\
SCRAM://127.0.0.1:{scram},MUTUAL://127.0.0.1:{mutual},ELSEWHERE://127.0.0.1:{elsewhere}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SCRAM:SASL_SSL,MUTUAL:SSL,ELSEWHERE:SSL
ssl.keystore.type=PEM
ssl.keystore.location={folder}/broker.keystore.pem
ssl.truststore.type=PEM
ssl.truststore.location={folder}/ca.pem
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.scram.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.scram.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.mutual.ssl.client.auth=required
listener.name.elsewhere.ssl.keystore.type=PEM
listener.name.elsewhere.ssl.keystore.location={folder}/elsewhere.keystore.pem
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:rig;User:CN=client
"""


@dataclass(frozen=True, slots=True)
class Doors:
    """The ways in, as host:port, and the folder of the certificates.

    plain: without anything. scram: TLS and a password. mutual: TLS with a certificate of the client's. elsewhere: TLS
    with a certificate that names another host.
    """

    plain: str
    scram: str
    mutual: str
    elsewhere: str
    folder: Path


class SecuredKafka:
    """A broker of its own; as a context manager, its Doors."""

    def __init__(self, folder: Path) -> None:
        self._certificates = folder / "certificates"
        scram, mutual, elsewhere = free_ports(3)
        more = _LISTENERS.format(scram=scram, mutual=mutual, elsewhere=elsewhere, folder=self._certificates)
        self._server = ApacheKafka(folder, more, java="-XX:TieredStopAtLevel=1")
        self.doors = Doors(
            self._server.bootstrap,
            f"{HOST}:{scram}",
            f"{HOST}:{mutual}",
            f"{HOST}:{elsewhere}",
            self._certificates,
        )

    def __enter__(self) -> Doors:
        make_certificates(self._certificates)
        self._server.__enter__()
        try:
            self._add_users()
        except BaseException:
            self._server.stop()
            raise
        return self.doors

    def __exit__(self, *_error: object) -> None:
        self._server.stop()

    def _add_users(self) -> None:
        admin = AdminClient({"bootstrap.servers": self._server.bootstrap})
        credential = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
        users: list[Any] = [UserScramCredentialUpsertion(name, credential, PASSWORD.encode()) for name in (USER, GUEST)]
        for future in admin.alter_user_scram_credentials(users).values():
            future.result(120)


def make_certificates(folder: Path) -> None:
    """Write what the doors show, what a client needs, and authorities: ours as ca.pem, a stranger as stranger.pem."""
    folder.mkdir(parents=True)
    for authority in ("ca", "stranger"):
        _openssl(folder, f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={authority} {_files(authority)}")
    _sign(folder, "broker", "IP:127.0.0.1")
    _sign(folder, "elsewhere", "DNS:kafka.example")
    _sign(folder, "client", "DNS:client")
    _openssl(folder, f"pkcs8 -topk8 -in client.key -out client.locked.key -passout pass:{KEY_PASSWORD}")


def _sign(folder: Path, name: str, alternative: str) -> None:
    (folder / "extensions").write_text(f"subjectAltName={alternative}\n", encoding="ascii")
    _openssl(folder, f"req -newkey rsa:2048 -nodes -subj /CN={name} -keyout {name}.key -out {name}.csr")
    signing = "-CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile extensions"
    _openssl(folder, f"x509 -req -in {name}.csr {signing} -out {name}.pem")
    # Kafka wants key and certificate in one file.
    parts = [(folder / file).read_bytes() for file in (f"{name}.key", f"{name}.pem", "ca.pem")]
    (folder / f"{name}.keystore.pem").write_bytes(b"".join(parts))


def _files(name: str) -> str:
    return f"-keyout {name}.key -out {name}.pem"


def _openssl(folder: Path, words: str) -> None:
    done = subprocess.run(["openssl", *words.split()], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"openssl {words}: {done.stderr}"
