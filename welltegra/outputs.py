"""The files a run writes: found out to be writable before it starts, and its own until it ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from connectors.errors import Fault, FileFaults
from connectors.replay.sink import is_stream
from welltegra.running import Stopped


@contextmanager
def reserved(outputs: Sequence[Path], inputs: Sequence[Path] = ()) -> Iterator[None]:
    """Keep other runs from writing `outputs` meanwhile. What is in them stays, until the run writes them anew.

    A file that this made is gone again if the run fails, or is stopped, before it wrote anything.

    Raises:
        FileFaults: With every output that cannot be written, is written by another run, is read by this one, or is
            another output as well.
    """
    faults: list[Fault] = []
    made: list[Path] = []
    taken: list[Path] = []
    with ExitStack() as held:
        for path in outputs:
            try:
                fault = _misplaced(path, inputs, taken) or _reserve(path, held, made)
            except OSError as error:
                fault = _unwritable(path, error)
            faults += [fault] if fault is not None else []
            taken.append(path)
        try:
            if faults:
                raise FileFaults(faults)
            yield
        except Stopped:
            # It had begun to write: what it had to say until then may be nothing.
            raise
        except BaseException:
            for path in made:
                if path.exists() and not path.stat().st_size:
                    path.unlink()
            raise


def _misplaced(path: Path, inputs: Sequence[Path], taken: Sequence[Path]) -> Fault | None:
    if path.is_dir():
        return Fault(str(path), None, "an output must be a file", "a folder", "Name a file in it.")
    if not path.parent.is_dir():
        must, remedy = "the folder of an output must be there", "Make it first, or name another."
        return Fault(str(path), None, must, f"no folder {str(path.parent)!r}", remedy)
    if any(_same(path, other) for other in inputs):
        must = "an output must not be a file that is read"
        return Fault(str(path), None, must, "an input too", "Name another.")
    if any(_same(path, other) for other in taken) and not is_stream(path):
        return Fault(str(path), None, "each output must be a file of its own", "named twice", "Name another.")
    return None


def _same(one: Path, other: Path) -> bool:
    """Return whether two names are of one file, there already or not; links are followed."""
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


def _reserve(path: Path, held: ExitStack, made: list[Path]) -> Fault | None:
    if is_stream(path):
        return None  # to open a pipe is to wait for its reader
    new = not path.exists()
    file = held.enter_context(path.open("ab"))
    if new:
        made.append(path)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        must, remedy = "an output must be written by one run at a time", "Wait for it to end, or name another."
        return Fault(str(path), None, must, "in use by another run", remedy)
    except OSError:
        pass  # a file system without locks
    return None


def _unwritable(path: Path, error: OSError) -> Fault:
    found = (error.strerror or repr(error)).lower()
    return Fault(str(path), None, "an output must be writable", found, "Change its permissions, or name another.")
