"""The process that was asked for a ranking: it prepares the job, shows how far it is, and says what came of it."""

from __future__ import annotations

import getpass
import os
import pickle
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Literal

from rich.console import Console

from connectors.errors import Fault, FileFaults
from connectors.ops.errors import ProfileRefused
from connectors.ops.profiles import StoredProfile, active_profile, ensure_canonical
from connectors.postgres.config import Postgres
from connectors.projects import read_project
from connectors.replay.sink import is_standard_output, is_stream
from schemas.profiles import KEYS, canonical_profile
from schemas.scoring_profile import parse_profile
from scoring.profile_checks import ProfileFaults
from scoring.project import Project
from welltegra.describe.wording import counted, printable
from welltegra.kafka_settings import kafka_of
from welltegra.outputs import reserved
from welltegra.reopening import closing, cluster
from welltegra.reopening.database import database
from welltegra.reopening.job import Discovered, Job, Ranked
from welltegra.reopening.progress import Tally, shown
from welltegra.reopening.stated import stated_in, with_stated
from welltegra.screen import say
from welltegra.settings.model import Settings

PROBLEMS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for. dsn: None for what the settings name. profile: None for what project.toml names."""

    task: Literal["rank", "discover"]
    folder: Path
    dsn: str | None = None
    json: Path | None = None
    zones: Path | None = None
    processes: int = 1
    profile: str | None = None


def ask(settings: Settings, asked: Asked, console: Console) -> Ranked | Discovered:
    """Rank a project, or discover; show how far it is, and print what came of it.

    Raises:
        FileFaults: The project cannot be used, or an output cannot be written.
        ConnectorError, WelltegraError: It failed; the database is as it was.
    """
    outputs = [path for path in (asked.json, asked.zones) if path is not None]
    if asked.zones is not None and asked.zones.suffix not in (".csv", ".parquet"):
        must, remedy = "--zones must name a .csv or .parquet file", "Name it so."
        raise FileFaults([Fault(str(asked.zones), None, must, repr(asked.zones.suffix), remedy)])
    project = read_project(asked.folder)
    show_problems(console, project)
    with (
        reserved(outputs),
        database(dsn_of(settings, asked.dsn), settings.reopening.folder) as postgres,
        tempfile.TemporaryDirectory(prefix="welltegra-rank-") as scratch,
    ):
        stored = profile_of(postgres, project, asked.profile)
        stated = stated_in(postgres, project.project_id) if asked.task == "rank" else ()
        project = with_stated(project, stated)
        made = {path: place_of(path, Path(scratch, f"output-{number}")) for number, path in enumerate(outputs)}
        job = Job(
            task=asked.task,
            folder=asked.folder.absolute(),
            dsn=postgres.dsn,
            scoring_profile_id=stored.scoring_profile_id,
            profile=stored.content,
            requested_by=getpass.getuser(),
            read_at=datetime.now(UTC),
            tally=Path(scratch, "tally"),
            outcome=Path(scratch, "outcome"),
            json=None if asked.json is None else made[asked.json],
            zones=None if asked.zones is None else made[asked.zones],
            kafka=kafka_of(settings) if "bootstrap_servers" in settings.kafka.model_fields_set else None,
            stated=stated,
            addresses=cluster.addresses(asked.processes),
        )
        tally, wells = Tally(job.tally), project.tables["wells"].height
        what = f"reading {counted(wells, 'well')}"
        with shown(console, what, wells, lambda: tally.done):
            do(job, project)
        # Ours: the process that wrote it left it in a folder that nobody else may enter.
        outcome: Ranked | Discovered = pickle.loads(job.outcome.read_bytes())  # noqa: S301  # see above
        for path, place in made.items():
            if place.is_relative_to(scratch):
                with place.open("rb") as whole, writing(path) as stream:
                    shutil.copyfileobj(whole, stream)
    if isinstance(outcome, Ranked):
        own = settings.reopening.folder if dsn_of(settings, asked.dsn) is None else None
        closing.show_ranked(console, project.project_id, outcome, own)
    else:
        closing.show_discovered(console, project.project_id, outcome)
    return outcome


def do(job: Job, project: Project) -> None:
    """Do a job: in this process, or in as many as it has addresses.

    Raises:
        As `ask`.
    """
    if job.addresses:
        cluster.run_all(job)
        return
    # Imported late: a project that cannot be read is told sooner, and other processes do it themselves.
    from welltegra.reopening.share import run_share

    run_share(job, project)


def place_of(output: Path, scratch: Path) -> Path:
    """Return where an output is made, for any process: where it was asked for, links followed.

    A stream is passed on from `scratch`: /dev/stdout is another thing in each process.
    """
    return scratch.with_suffix(output.suffix) if is_stream(output) else output.resolve()


def writing(stream: Path) -> BinaryIO:
    """Return a stream to write on: standard output itself, where it is that, so that others may go on where we end."""
    return os.fdopen(os.dup(1), "wb") if is_standard_output(stream) else stream.open("wb")


def dsn_of(settings: Settings, asked: str | None) -> str | None:
    """Return the database to use: the one asked for, else the one that is set; None for one of our own."""
    if asked is not None:
        return asked
    return settings.postgres.dsn.get_secret_value() if "dsn" in settings.postgres.model_fields_set else None


def profile_of(postgres: Postgres, project: Project, asked: str | None) -> StoredProfile:
    """Return the profile that a project is ranked by: the active one of the key asked for, else of the project's key.

    Raises:
        ProfileMissing: There is none of that key, neither the project's own nor a canonical one.
        ProfileRefused: There is one, stored by another version of WellTegra, and this one refuses it.
    """
    for key in KEYS:
        ensure_canonical(postgres, canonical_profile(key))
    found = active_profile(postgres, project.project_id, asked or project.profile)
    try:
        parse_profile(found.content)
    except ProfileFaults as error:
        named = f"{found.profile_key!r}, version {found.scoring_profile_id},"
        raise ProfileRefused(postgres.where, named, [str(fault) for fault in error.faults]) from error
    return found


def show_problems(console: Console, project: Project) -> None:
    """Print what is wrong with what was read and did not stop it: at most PROBLEMS_SHOWN, and how many more."""
    rows = project.problems.select("well_id", "detail").rows()
    lines = [detail if well_id is None else f"{printable(well_id)}: {detail}" for well_id, detail in rows]
    say(console, *lines[:PROBLEMS_SHOWN])
    if len(lines) > PROBLEMS_SHOWN:
        say(console, f"... and {counted(len(lines) - PROBLEMS_SHOWN, 'problem')} more; all are gaps of the ranking.")


@contextmanager
def connected(settings: Settings, dsn: str | None) -> Iterator[Postgres]:
    """Yield the database with the canonical profiles in it."""
    with database(dsn_of(settings, dsn), settings.reopening.folder) as postgres:
        for key in KEYS:
            ensure_canonical(postgres, canonical_profile(key))
        yield postgres
