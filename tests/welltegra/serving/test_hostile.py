"""The server itself, under granian: what one client does must not stop the others."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from connectors.ops import keys, sessions
from connectors.ops.reading import acting_as
from connectors.postgres.config import Postgres
from connectors.postgres.migrate import migrate
from tests.parts.postgres import _database
from tests.parts.served import Served
from tests.system.site import children_of
from welltegra.serving.server import prepare

pytestmark = pytest.mark.slow
READERS = 500
# A busy machine may be slow; whoever is cut off is so after 10 s, and a body after 20 s.
PATIENCE_S = 120.0


@pytest.fixture(scope="module")
def database(postgres_server: str) -> Iterator[Postgres]:
    with _database(postgres_server) as dsn:
        postgres = Postgres(dsn)
        migrate(postgres)
        prepare(postgres, ours=True)
        yield postgres


@pytest.fixture(scope="module")
def served(database: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    toml = f'[postgres]\ndsn = "{database.dsn}"\n[web]\nport = 0\n'
    with Served(tmp_path_factory.mktemp("serve"), toml) as running:
        yield running


@pytest.fixture(scope="module")
def key(database: Postgres) -> str:
    with database.session("") as connection, acting_as(connection, "welltegra_platform"):
        return keys.create(connection, name="reader", project_id=None, role="viewer", created_by="tests", days=1).secret


def address_of(served: Served) -> tuple[str, int]:
    url = httpx.URL(served.origin)
    assert url.port is not None
    return url.host, url.port


def answers(served: Served, key: str) -> bool:
    headers = {"authorization": f"Bearer {key}"}
    return httpx.get(f"{served.origin}/me", headers=headers, trust_env=False, timeout=PATIENCE_S).status_code == 200


def sent(served: Served, *pieces: bytes) -> bytes:
    """Return what comes back for raw bytes."""
    with socket.create_connection(address_of(served), timeout=PATIENCE_S) as client:
        try:
            for piece in pieces:
                client.sendall(piece)
        except OSError:
            pass  # it has heard enough
        found = b""
        try:
            while part := client.recv(65536):
                found += part
        except OSError:
            pass
        return found


def test_that_a_header_of_10_mb_is_cut_off_and_others_are_answered_meanwhile(served: Served, key: str) -> None:
    with socket.create_connection(address_of(served), timeout=PATIENCE_S) as client:
        try:
            client.sendall(b"GET /me HTTP/1.1\r\nHost: x\r\nX-Long: ")
            for _ in range(160):
                client.sendall(b"a" * 65536)
            assert answers(served, key)
            client.sendall(b"\r\n\r\n")
        except OSError:
            pass
        assert answers(served, key)
        try:
            said = client.recv(4096)
        except OSError:
            said = b""
        assert said == b"" or b" 431 " in said or b" 400 " in said, said[:200]


@pytest.mark.parametrize(
    "request_, status",
    [
        (b"GET /me HTTP/1.1\r\nHost: {host}\r\nCookie: " + b"a" * 40_000 + b"\r\nConnection: close\r\n\r\n", 431),
        (b"GET /me?" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n", 414),
        (b"GET /me HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 421),
        (b"GET /me HTTP/1.1\r\nConnection: close\r\n\r\n", 421),
        (b"POST /sign-out HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99999999\r\nConnection: close\r\n\r\n", 413),
        (b"POST /sign-out HTTP/1.1\r\nHost: {host}\r\nContent-Length: -1\r\nConnection: close\r\n\r\n", 400),
        (b"GARBAGE\r\n\r\n", 400),
        (b"GET /\x00 HTTP/1.1\r\nHost: {host}\r\n\r\n", 400),
        (b"GET /me HTTP/1.1\r\nHost: {host}\r\nX: a\r\n\tb: c\x00\r\n\r\n", 400),
    ],
)
def test_that_what_cannot_be_is_refused(request_: bytes, status: int, served: Served, key: str) -> None:
    host = "{}:{}".format(*address_of(served)).encode()
    found = sent(served, request_.replace(b"{host}", host))
    assert found.startswith(f"HTTP/1.1 {status} ".encode()), found[:300]
    if status > 400:
        assert b"application/problem+json" in found
    assert answers(served, key)


def test_that_clients_that_never_finish_do_not_stop_others_and_are_cut_off(served: Served, key: str) -> None:
    with ExitStack() as open_:
        slow = []
        for _ in range(300):
            client = open_.enter_context(socket.create_connection(address_of(served), timeout=PATIENCE_S))
            client.sendall(b"GET /me HTTP/1.1\r\nX-Slow: ")
            slow.append(client)
        assert answers(served, key)
        ended = 0
        until = time.monotonic() + PATIENCE_S
        while ended < len(slow):
            assert time.monotonic() < until, f"{len(slow) - ended} slow clients must be cut off; are not"
            for client in [client for client in slow if client.fileno() >= 0]:
                try:
                    client.sendall(b"a")
                    client.setblocking(False)
                    gone = client.recv(4096) == b""
                except BlockingIOError:
                    gone = False
                except OSError:
                    gone = True
                if gone:
                    ended += 1
                    client.close()
                else:
                    client.setblocking(True)
            time.sleep(0.5)
        assert answers(served, key)


def test_that_a_body_that_never_comes_does_not_stop_others(served: Served, key: str) -> None:
    host = "{}:{}".format(*address_of(served)).encode()
    head = b"POST /well-logs/jobs/reopen-rank HTTP/1.1\r\nHost: " + host + b"\r\nAuthorization: Bearer " + key.encode()
    with ExitStack() as open_:
        for _ in range(200):
            client = open_.enter_context(socket.create_connection(address_of(served), timeout=PATIENCE_S))
            client.sendall(head + b"\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
        assert answers(served, key)


def cut_off(client: socket.socket, within_s: float = PATIENCE_S) -> bool:
    """Return whether a connection that sends nothing more is ended; it is waited for."""
    client.settimeout(within_s)
    try:
        while client.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def test_that_connections_without_a_byte_and_those_that_want_nothing_more_are_cut_off(served: Served, key: str) -> None:
    host = "{}:{}".format(*address_of(served)).encode()
    with ExitStack() as open_:
        idle = [
            open_.enter_context(socket.create_connection(address_of(served), timeout=PATIENCE_S)) for _ in range(300)
        ]
        kept = open_.enter_context(socket.create_connection(address_of(served), timeout=PATIENCE_S))
        kept.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
        assert answers(served, key)
        assert all(cut_off(client) for client in [*idle, kept])


def test_that_a_body_that_drips_is_refused(served: Served, key: str) -> None:
    host = "{}:{}".format(*address_of(served)).encode()
    head = b"POST /well-logs/jobs/reopen-rank HTTP/1.1\r\nHost: " + host + b"\r\nAuthorization: Bearer " + key.encode()
    with socket.create_connection(address_of(served), timeout=PATIENCE_S) as client:
        client.sendall(head + b"\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
        client.setblocking(False)
        until, found = time.monotonic() + PATIENCE_S, b""
        while not found:
            assert time.monotonic() < until, "it must be refused"
            time.sleep(0.5)
            with suppress(OSError):  # it may have been refused meanwhile; what was said can be read all the same
                client.send(b" ")
            with suppress(BlockingIOError):
                found = client.recv(4096)
        client.setblocking(True)
        assert found.startswith(b"HTTP/1.1 408 ")
        assert cut_off(client)


def test_that_who_comes_through_our_proxy_is_who_it_says(database: Postgres, key: str, tmp_path: Path) -> None:
    toml = (
        f'[postgres]\ndsn = "{database.dsn}"\n[web]\nport = 0\nallow = ["10.1.0.0/16", "127.0.0.1"]\n'
        'trusted_proxies = ["127.0.0.0/8"]\n'
    )
    with Served(tmp_path, toml) as running:

        def status(said: str | None) -> int:
            headers = {"authorization": f"Bearer {key}"} | ({} if said is None else {"x-forwarded-for": said})
            return httpx.get(f"{running.origin}/me", headers=headers, trust_env=False, timeout=PATIENCE_S).status_code

        found = [status(said) for said in (None, "10.1.2.3", "192.0.2.1", "10.1.2.3, 192.0.2.1", "192.0.2.1, 10.1.2.3")]
    assert found == [200, 200, 403, 403, 200]


def test_that_500_readers_at_once_are_answered_and_so_is_one_more(served: Served, key: str) -> None:
    headers = {"authorization": f"Bearer {key}"}
    limits = httpx.Limits(max_connections=READERS + 10)

    async def read() -> list[int]:
        async with httpx.AsyncClient(
            base_url=served.origin, headers=headers, limits=limits, timeout=PATIENCE_S, trust_env=False
        ) as many:

            async def stream(opened: asyncio.Semaphore, end: asyncio.Event) -> int:
                async with many.stream("GET", "/projects/p/events") as answer:
                    async for _ in answer.aiter_bytes():
                        opened.release()
                        await end.wait()
                        break
                    return answer.status_code

            opened, end = asyncio.Semaphore(0), asyncio.Event()
            streams = [asyncio.create_task(stream(opened, end)) for _ in range(READERS)]
            for _ in streams:
                await asyncio.wait_for(opened.acquire(), PATIENCE_S)
            assert await asyncio.to_thread(answers, served, key)
            end.set()
            await asyncio.gather(*streams)

            async def ask() -> int:
                while (answer := await many.get("/projects/p/portfolio/facets")).status_code == 503:
                    # So says a busy machine to those who have waited for 30 s.
                    await asyncio.sleep(int(answer.headers["retry-after"]))
                return answer.status_code

            async with asyncio.timeout(PATIENCE_S):
                return await asyncio.gather(*(ask() for _ in range(READERS)))

    assert set(asyncio.run(read())) == {404}
    assert answers(served, key)


@contextmanager
def standing_still(served: Served) -> Iterator[None]:
    """Have the server do nothing meanwhile; what comes waits for it."""
    processes = (served.pid, *children_of(served.pid))
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


def test_that_500_readers_of_one_person_leave_the_next_person_before_them(served: Served, database: Postgres) -> None:
    with database.session("") as connection, acting_as(connection, "welltegra_platform"):
        many, one = (
            keys.create(connection, name=name, project_id=None, role="viewer", created_by="tests", days=1).secret
            for name in ("many", "one")
        )
    host, port = address_of(served)

    # Each is known from here on.
    assert answers(served, many)
    assert answers(served, one)

    async def read() -> list[str]:
        order: list[str] = []
        opened = [await asyncio.open_connection(host, port) for _ in range(READERS + 1)]

        def ask(which: int, secret: str) -> None:
            _, writer = opened[which]
            writer.write(f"GET /me HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {secret}\r\n\r\n".encode())

        async def hear(which: int, name: str) -> None:
            reader, _ = opened[which]
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 "), head
            found = re.search(rb"content-length: (\d+)", head)
            assert found is not None
            await reader.readexactly(int(found[1]))
            order.append(name)

        # However long it takes to ask, nobody is answered before all have asked.
        with standing_still(served):
            for which in range(READERS):
                ask(which, many)
            ask(READERS, one)
        heard = [hear(which, "many") for which in range(READERS)]
        await asyncio.gather(*heard, hear(READERS, "one"))
        for _, writer in opened:
            writer.close()
        return order

    order = asyncio.run(read())
    assert order.index("one") < len(order) // 2, "all of theirs were there first"


# TLS.


def pair(folder: Path, name: str, authority: tuple[Path, Path] | None = None) -> tuple[Path, Path]:
    """Return the files of a certificate and its key, signed by an authority, or by itself and being one."""
    import datetime
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    issuer, signer = subject, private
    if authority is not None:
        issuer = x509.load_pem_x509_certificate(authority[0].read_bytes()).subject
        loaded = serialization.load_pem_private_key(authority[1].read_bytes(), None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        signer = loaded
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
    )
    certificate, key_file = folder / f"{name}.pem", folder / f"{name}-key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, key_file


def test_that_only_tls_1_3_and_certificates_of_our_authority_come_in(
    database: Postgres, key: str, tmp_path: Path
) -> None:
    authority, stranger = pair(tmp_path, "authority"), pair(tmp_path, "stranger")
    ours, theirs = pair(tmp_path, "server", authority), pair(tmp_path, "client", authority)
    forged = pair(tmp_path, "forged", stranger)
    toml = (
        f'[postgres]\ndsn = "{database.dsn}"\n[web]\nport = 0\ntls_certificate = "{ours[0]}"\ntls_key = "{ours[1]}"\n'
        f'client_ca = "{authority[0]}"\n'
    )

    def status(client: tuple[Path, Path] | None, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> int:
        context = ssl.create_default_context(cafile=str(authority[0]))
        context.maximum_version = newest
        if client is not None:
            context.load_cert_chain(*client)
        with httpx.Client(verify=context, trust_env=False, timeout=PATIENCE_S) as asking:
            return asking.get(f"{running.origin}/me", headers={"authorization": f"Bearer {key}"}).status_code

    with Served(tmp_path, toml) as running, ExitStack() as open_:
        assert running.origin.startswith("https://")
        assert status(theirs) == 200
        port = httpx.URL(running.origin).port
        idle = open_.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S))
        context = ssl.create_default_context(cafile=str(authority[0]))
        context.load_cert_chain(*theirs)
        context.set_alpn_protocols(["h2", "http/1.1"])
        shaken = open_.enter_context(
            context.wrap_socket(
                socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S), server_hostname="127.0.0.1"
            )
        )
        assert shaken.selected_alpn_protocol() == "http/1.1"
        for refused in (
            (None, ssl.TLSVersion.TLSv1_3),
            (forged, ssl.TLSVersion.TLSv1_3),
            (theirs, ssl.TLSVersion.TLSv1_2),
        ):
            with pytest.raises(httpx.TransportError):
                status(*refused)
        assert status(theirs) == 200
        assert cut_off(idle), "before the handshake"
        assert cut_off(shaken), "after it"
        with database.session("") as connection, acting_as(connection, "welltegra_gatekeeper"):
            cookie = sessions.create(connection, subject="ann", name="A", roles={}, how="oidc", csrf="c" * 43, hours=1)
        with httpx.Client(verify=context, trust_env=False, timeout=PATIENCE_S, base_url=running.origin) as browser:
            names = ("__Host-welltegra_session", "welltegra_session")
            found = [browser.get("/me", headers={"cookie": f"{name}={cookie}"}).status_code for name in names]
        assert found == [200, 401]
