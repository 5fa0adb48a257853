"""What each process of a batch does: its share of the parts, and all that comes together in it."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from typing import Any, Final

from connectors.projects import read_project
from flows.reopening import WELLS_IN_A_PART, Part, Steps, get_flow, parts_of
from schemas.scoring_profile import ProfileDocument, parse_profile
from scoring.project import Project
from welltegra.reopening import discovering, ranking
from welltegra.reopening.job import Job
from welltegra.reopening.progress import Tally
from welltegra.reopening.search import CANDIDATES, Found, merged, search
from welltegra.reopening.stated import with_stated
from welltegra.running import run

# Candidates that are given cost nothing to find: larger parts, fewer turns.
_GIVEN_WELLS_IN_A_PART: Final = 5_000


def run_share(job: Job, project: Project | None = None) -> None:
    """Do this process's share of a batch; the process that all comes together in writes it.

    project: as it was read; None to read it here.

    Raises:
        FileFaults: The project cannot be used, or an output cannot be written.
        ConnectorError: The database or the broker cannot be reached, or does not take it.
    """
    read = with_stated(read_project(job.folder), job.stated) if project is None else project
    parts = parts_of(read, _GIVEN_WELLS_IN_A_PART if CANDIDATES in read.tables else WELLS_IN_A_PART)
    document = parse_profile(job.profile)
    steps = _ranking(job, read, document) if job.task == "rank" else _discovery(job, read, document)
    cluster = {"process_id": job.number, "addresses": list(job.addresses)} if job.addresses else {}
    noted: list[Exception] = []
    try:
        run(get_flow(parts, _noting(steps, noted)), **cluster)
    except BaseException:
        # Among several processes the engine tells nobody why it broke off.
        if noted:
            raise noted[0] from None
        raise


def _noting(steps: Steps, noted: list[Exception]) -> Steps:
    """Return the steps, which note what they raise."""

    def note(step: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            try:
                return step(*given)
            except Exception as error:
                noted.append(error)
                raise

        return call

    return Steps(note(steps.discover), note(steps.assess), note(steps.rank), note(steps.write))


def _ranking(job: Job, project: Project, document: ProfileDocument) -> Steps:
    def assess(reservoir: str, found: Sequence[Found]) -> ranking.Portfolio:
        return ranking.assess_and_score(project, reservoir, merged(found), document)

    def write(portfolio: ranking.Portfolio) -> None:
        _leave(job, ranking.write(job, project, document, portfolio))

    return Steps(_searching(job, project, document), assess, lambda all_: ranking.ranked(all_, document), write)


def _discovery(job: Job, project: Project, document: ProfileDocument) -> Steps:
    def write(found: Found) -> None:
        _leave(job, discovering.write(job, project, document, found))

    return Steps(_searching(job, project, document), lambda _, found: merged(found), merged, write)


def _searching(job: Job, project: Project, document: ProfileDocument) -> Any:
    tally = Tally(job.tally)

    def discover(part: Part) -> Found:
        return search(project, part, document.profile, tally)

    return discover


def _leave(job: Job, outcome: Any) -> None:
    job.outcome.write_bytes(pickle.dumps(outcome))
