"""`python -m welltegra.live.child`: a process of the flow under a supervisor, which sends its job by standard input.

Words of its progress go to standard output, a line each; what people are to read goes to standard error. Once it is
active, standard input brings where the state is, a line. It stays open for as long as the supervisor lives: its end is
an order to stop.
"""

from __future__ import annotations

import logging
import os
import pickle
import queue
import signal
import sys
import threading
from pathlib import Path

from connectors.errors import ConnectorError
from rules.errors import RulesError
from welltegra.errors import WelltegraError
from welltegra.invocation import log_as_told
from welltegra.live.job import Job
from welltegra.live.process import run_process
from welltegra.live.serving import watched

MISTAKE, CLUSTER_ENDED = 2, 70

log = logging.getLogger(__name__)


def main() -> int:
    """Do the job; return the exit code."""
    words = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    # The supervisor is ours and of the same user: what it sends is what we pickled.
    job: Job = pickle.load(sys.stdin.buffer)  # noqa: S301  # see above
    log_as_told(job.settings)
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_hear_supervisor, args=(lines,), daemon=True).start()

    def tell(word: str) -> None:
        try:
            print(word, file=words)
        except BrokenPipeError:
            log.warning("supervisor_gone number=%d", job.number)

    try:
        with watched(job) as watcher:
            run_process(job, tell, lambda: Path(lines.get()), watcher)
    except (ConnectorError, RulesError, WelltegraError) as error:
        print(error, file=sys.stderr)
        return MISTAKE
    except BaseException as error:
        # The engine's own panic, of a class that cannot be imported: a process it was connected to has gone.
        if type(error).__name__ != "PanicException":
            raise
        log.warning("cluster_ended number=%d said=%r", job.number, str(error))
        return CLUSTER_ENDED
    return 0


def _hear_supervisor(lines: queue.SimpleQueue[str]) -> None:
    # Not by sys.stdin: a thread that waits in it cannot be left behind when the interpreter ends.
    text = b""
    while said := os.read(0, 4096):
        *whole, text = (text + said).split(b"\n")
        for line in whole:
            lines.put(os.fsdecode(line))
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
