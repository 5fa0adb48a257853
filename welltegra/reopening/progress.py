"""How far a batch is, across its processes: a byte in a file for each well that is done."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_LOOK_S: Final = 0.1


class Tally:
    """Counts wells that are done; any process that has the path may add to it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.touch()

    def add(self, wells: int) -> None:
        """Count so many more. An append of a few bytes is whole, whoever else appends."""
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(descriptor, b"." * wells)
        finally:
            os.close(descriptor)

    @property
    def done(self) -> int:
        """How many were counted."""
        return self._path.stat().st_size


@contextmanager
def shown(console: Console, what: str, total: int, done: Callable[[], int]) -> Iterator[None]:
    """Show a bar while the work goes on: `what`, wells done of all, time. Nothing where there is no terminal."""
    if not console.is_terminal:
        yield
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    ended = threading.Event()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=total)

        def follow() -> None:
            while not ended.wait(_LOOK_S):
                now = done()
                progress.update(task, completed=now, description=what if now < total else "assessing, ranking, writing")

        follower = threading.Thread(target=follow, daemon=True)
        follower.start()
        try:
            yield
        finally:
            ended.set()
            follower.join()
