"""A ranking in a process of its own: `python -m welltegra.serving.child PARENT`, told by a line of JSON.

In: an Order. Out, a JSON object a line: {"stage", "done", "total"} as it goes on, and last {"outcome"} or {"error"}.
The order comes by standard input because it holds a password, and arguments are for everybody to read.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

from connectors.errors import ConnectorError, Fault, FileFaults
from connectors.ops.profiles import StoredProfile
from connectors.postgres.config import Postgres
from connectors.projects import read_project
from rules.errors import RulesError
from schemas.scoring_profile import ProfileDocument, parse_profile
from scoring.profile_checks import ProfileFaults
from scoring.project import Project
from welltegra.errors import WelltegraError
from welltegra.reopening import ranking
from welltegra.reopening.asking import profile_of
from welltegra.reopening.job import Job, Ranked
from welltegra.reopening.progress import Tally
from welltegra.reopening.search import Found, merged, search
from welltegra.reopening.stated import Stated, with_stated
from welltegra.serving.ending import end_with

log = logging.getLogger(__name__)

TELL_EVERY_S: Final = 0.5
_LONGEST_SAID: Final = 500
_SHOWN: Final = ("target_rank", "well_id", "zone", "event_no", "classification", "total_score")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done. profile_key: None for what project.toml names. preview: a profile to try; nothing is kept.

    read_at: ISO 8601, before `stated` was read, so that what is stated after it is known to be newer than the ranking;
    None for when the project is begun to be read.
    """

    project_id: str
    folder: str
    dsn: str
    requested_by: str
    profile_key: str | None = None
    preview: str | None = None
    stated: tuple[Stated, ...] = ()
    read_at: str | None = None

    def line(self) -> bytes:
        """Return the line that tells a child."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> Order:
        """Return what a line tells."""
        raw = json.loads(line)
        return cls(**{**raw, "stated": tuple(Stated(**one) for one in raw["stated"])})


def run(order: Order, tell: Callable[..., None]) -> dict[str, Any]:
    """Do what is ordered, telling how far it is; return what came of it.

    Raises:
        FileFaults: The project cannot be used, or is not the one that is meant.
        ConnectorError, WelltegraError, ProfileFaults: It failed; the database is as it was.
    """
    tell(stage="reading the project", done=0, total=0)
    # Before anything is read: what comes while it is read may be missed, and must count as newer.
    read_at = datetime.now(UTC) if order.read_at is None else datetime.fromisoformat(order.read_at)
    folder = Path(order.folder).absolute()
    project = with_stated(read_project(folder), order.stated)
    if project.project_id != order.project_id:
        must = f"[projects] {order.project_id} must be the folder of that project"
        remedy = "Set it to that folder, or the id in its project.toml to this one."
        raise FileFaults([Fault("settings", None, must, f"that of {project.project_id!r}", remedy)])
    postgres = Postgres(order.dsn)
    with tempfile.TemporaryDirectory(prefix="welltegra-rank-") as scratch:
        tally, wells = Tally(Path(scratch, "tally")), project.tables["wells"].height
        with _telling(tell, tally, wells):
            if order.preview is not None:
                return _previewed(project, parse_profile(order.preview), tally)
            stored = profile_of(postgres, project, order.profile_key)
            ranked = _ranked(order, folder, project, stored, read_at, Path(scratch))
    return {"run_id": str(ranked.run_id), "new": ranked.new, "counts": ranked.counts, "profile_key": stored.profile_key}


def _ranked(
    order: Order, folder: Path, project: Project, stored: StoredProfile, read_at: datetime, scratch: Path
) -> Ranked:
    import pickle

    from welltegra.reopening.share import run_share

    job = Job(
        task="rank",
        folder=folder,
        dsn=order.dsn,
        scoring_profile_id=stored.scoring_profile_id,
        profile=stored.content,
        requested_by=order.requested_by,
        read_at=read_at,
        tally=scratch / "tally",
        outcome=scratch / "outcome",
    )
    run_share(job, project)
    found: Ranked = pickle.loads(job.outcome.read_bytes())  # noqa: S301 - we wrote it, where nobody else may enter
    return found


def _previewed(project: Project, document: ProfileDocument, tally: Tally) -> dict[str, Any]:
    from flows.reopening import Part, Steps, get_flow, parts_of
    from welltegra.running import run as run_flow

    kept: list[ranking.Portfolio] = []

    def discover(part: Part) -> Found:
        return search(project, part, document.profile, tally)

    def assess(reservoir: str, found: Sequence[Found]) -> ranking.Portfolio:
        return ranking.assess_and_score(project, reservoir, merged(found), document)

    steps = Steps(discover, assess, lambda all_: ranking.ranked(all_, document), kept.append)
    run_flow(get_flow(parts_of(project), steps))
    targets: pl.DataFrame = kept[0].targets
    counts = dict(targets["classification"].value_counts().sort("classification").iter_rows())
    return {"counts": counts, "targets": targets.select(_SHOWN).rows(named=True)}


@contextmanager
def _telling(tell: Callable[..., None], tally: Tally, wells: int) -> Iterator[None]:
    ended = threading.Event()

    def follow() -> None:
        while True:
            done = min(tally.done, wells)
            stage = "reading logs" if done < wells else "assessing, ranking, writing"
            tell(stage=stage, done=done, total=wells)
            if ended.wait(TELL_EVERY_S):
                return

    follower = threading.Thread(target=follow, daemon=True)
    follower.start()
    try:
        yield
    finally:
        ended.set()
        follower.join()


def answer(line: bytes, tell: Callable[..., None]) -> None:
    """Do what a line orders, and tell what came of it: the outcome, or what kept it from one."""
    try:
        outcome = run(Order.parse(line), tell)
    except (ConnectorError, RulesError, WelltegraError, ProfileFaults) as error:
        tell(error=str(error))
    except OSError as error:
        tell(error=f"{error.filename or 'a file'}: must be readable and writable; was not ({error.strerror or error}).")
    except Exception as error:
        log.exception("ranking_broke_off")
        said = " ".join(str(error).split())[:_LONGEST_SAID]
        tell(error=f"The ranking broke off, which is a fault of ours ({type(error).__name__}: {said}); see the log.")
    else:
        tell(outcome=outcome)


def main() -> None:
    """Do what standard input orders. What libraries print goes to standard error; ours alone is standard output."""
    end_with(int(sys.argv[1]))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    logging.basicConfig(level="WARNING")
    guard = threading.Lock()

    def tell(**said: Any) -> None:
        with guard:
            answers.write(json.dumps(said) + "\n")
            answers.flush()

    answer(sys.stdin.buffer.readline(), tell)


if __name__ == "__main__":
    main()
