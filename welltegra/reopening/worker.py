"""`python -m welltegra.reopening.worker`: a process of a batch, which is sent its job by standard input."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Final

from connectors.errors import ConnectorError
from welltegra.errors import WelltegraError
from welltegra.reopening.job import Job

# None that Python or a signal ends with. The last is for who can go on no more because another process has gone.
FAILED: Final = 68
MISTAKE: Final = 69
CLUSTER_ENDED: Final = 70


def said_by(job: Job) -> Path:
    """Return the file with what a process of a job says on standard error."""
    return job.outcome.with_name(f"said-{job.number}")


def main() -> int:
    """Do the job; return the exit code."""
    # Who started us is ours and of the same user: what it sends is what we pickled.
    job: Job = pickle.load(sys.stdin.buffer)  # noqa: S301  # see above
    # Imported late: a job that does not come needs none of it.
    from welltegra.reopening.share import run_share

    try:
        run_share(job)
    except ConnectorError as error:
        return _say(job, error, MISTAKE)
    except WelltegraError as error:
        return _say(job, error, FAILED)
    except BaseException as error:
        # The engine's own panic, of a class that cannot be imported: a process it was connected to has gone.
        if type(error).__name__ != "PanicException":
            raise
        return CLUSTER_ENDED
    return 0


def _say(job: Job, error: Exception, code: int) -> int:
    # Nothing but the sentence: a library may have written there too.
    said_by(job).write_text(f"{error}\n", encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
