"""`python -m welltegra.reopening.worker`: a further process of a batch, which is sent its job by standard input."""

from __future__ import annotations

import pickle
import sys

from connectors.errors import ConnectorError
from welltegra.errors import WelltegraError
from welltegra.reopening.job import Job
from welltegra.reopening.share import run_share

FAILED, CLUSTER_ENDED = 1, 70


def main() -> int:
    """Do the job; return the exit code."""
    # Who started us is ours and of the same user: what it sends is what we pickled.
    job: Job = pickle.load(sys.stdin.buffer)  # noqa: S301  # see above
    try:
        run_share(job)
    except (ConnectorError, WelltegraError) as error:
        print(error, file=sys.stderr)
        return FAILED
    except BaseException as error:
        # The engine's own panic, of a class that cannot be imported: a process it was connected to has gone.
        if type(error).__name__ != "PanicException":
            raise
        return CLUSTER_ENDED
    return 0


if __name__ == "__main__":
    sys.exit(main())
