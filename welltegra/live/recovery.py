"""The folder with the state of the flow between two runs, and what must not change while it stands."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import msgspec
from bytewax.recovery import RecoveryConfig, init_db_dir

from connectors.errors import Fault, FileFaults
from welltegra.settings.model import Settings

log = logging.getLogger(__name__)

_ABOUT: Final = "flow.json"
_STATE: Final = "state"
# Snapshots replace one another, but both are there for a while; and a new file is larger than what is in it.
_ROOM_BYTES: Final = 4 << 20
MEMORY: Final = Path("/dev/shm")  # noqa: S108  # a folder of our own in it, that only we may enter


class Recovery:
    """The recovery folder.

    folder: on a disk that outlives the machine's next start. most_processes: into how many parts the state is cut when
    the folder is made. memory: where the state goes while that disk is full, None for nowhere.
    """

    def __init__(self, folder: Path, most_processes: int, memory: Path | None = MEMORY) -> None:
        self.folder, self._most_processes, self._memory = folder, most_processes, memory

    @property
    def _stand_in(self) -> Path | None:
        """Where the state goes while the disk is full: of this state alone, not of one that an emptied folder had."""
        about = self.folder / _ABOUT
        if self._memory is None or not about.exists():
            return None
        return self._memory / f"welltegra-{os.getuid()}-{_read(about).id}"

    def prepare(self) -> None:
        """Have the folder; FileFaults if that cannot be."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / ".writable").touch()
        except OSError as error:
            must, remedy = (
                "the recovery folder must be one that we can write to",
                "Set constraints.recovery to another.",
            )
            raise FileFaults([Fault(str(self.folder), None, must, error.strerror or repr(error), remedy)]) from None

    def check(self, topic: str, topic_id: str, partitions: int, processes: int) -> None:
        """Find out whether the state is that of the flow on `topic`; say whose it is if it is nobody's yet.

        Raises:
            FileFaults: The folder is another topic's, also one's of the same name, or was made for other partitions or
                fewer processes.
        """
        about = self.folder / _ABOUT
        if not about.exists():
            _write(about, _About(topic, topic_id, partitions, self._most_processes, uuid4().hex))
        made = _read(about)
        faults = [
            Fault(str(about), None, f"{name} must be what the state was made for, {was!r}", repr(now), how)
            for name, was, now, how in (
                ("topic", made.topic, topic, "Set another constraints.recovery for another topic."),
                (
                    "topic_id",
                    made.topic_id,
                    topic_id,
                    "The topic was made anew: begin with an empty folder, or set another constraints.recovery.",
                ),
                (
                    "partitions",
                    made.partitions,
                    partitions,
                    "Wells move to other partitions, but their state cannot: see docs/operations.md.",
                ),
            )
            if was != now
        ]
        if processes > made.most_processes:
            must = f"the state must be shared by {made.most_processes} processes or fewer"
            faults.append(Fault(str(about), None, must, str(processes), "See docs/operations.md, rescale."))
        if faults:
            raise FileFaults(faults)

    def first_versions(self, shard: int, latest: Mapping[str, int]) -> Mapping[str, int]:
        """Return the versions of rules by which a shard was first built: `latest` if this is the first time."""
        path = self.folder / f"first-{shard}.json"
        try:
            if not path.exists():
                _write(path, dict(latest))
        except OSError as error:
            log.warning("first_rules_not_kept shard=%d reason=%r", shard, error.strerror)
            return latest
        return msgspec.json.decode(path.read_bytes(), type=dict[str, int])

    def place(self) -> Path:
        """Return where the state is to be for the next run; only while none runs.

        In the folder; in memory while its disk is full, because a flow that cannot save its state does not run at all.
        What is in memory is lost with the machine, and nothing else is: the flow goes on from the older state on disk.
        """
        state, stand_in = self.folder / _STATE, self._stand_in
        with self._alone():
            self._make(state)
        if stand_in is None:
            return state
        newest = stand_in if stand_in.is_dir() else state
        needed = 2 * _size(newest) + _ROOM_BYTES
        if _has_room(self.folder, needed):
            if newest is stand_in:
                log.warning("state_on_disk_again folder=%s", self.folder)
                _copy(stand_in, state)
                # Aside first: half of it would be taken for the newest.
                shutil.rmtree(stand_in.rename(stand_in.with_suffix(".old")))
            return state
        if newest is state:
            if not _has_room(stand_in.parent, needed):
                return state
            log.error("disk_full folder=%s state_in=%s remedy=free_some_space_and_restart", self.folder, stand_in)
            _copy(state, stand_in)
        return stand_in

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep supervisors of other machines from making the folder at the same time."""
        with (self.folder / "folder.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def is_on_disk(self, place: Path) -> bool:
        """Return whether `place` is in the folder."""
        return place.parent == self.folder

    def _make(self, state: Path) -> None:
        if state.is_dir():
            return
        if (before := state.with_name(f"{_STATE}.old")).is_dir():
            before.rename(state)  # stopped between the two renames of a copy
            return
        made = state.with_suffix(".new")
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        init_db_dir(made, self._most_processes)
        made.rename(state)


class _About(msgspec.Struct):
    """What the state in a folder was made for. id: another folder's has another."""

    topic: str
    topic_id: str
    partitions: int
    most_processes: int
    id: str


def _read(about: Path) -> _About:
    try:
        return msgspec.json.decode(about.read_bytes(), type=_About)
    except msgspec.DecodeError as error:
        must = "must say what the state beside it was made for"
        remedy = "Move the folder away, or set another constraints.recovery: what the topic still holds is judged anew."
        raise FileFaults([Fault(str(about), None, must, str(error), remedy)]) from None


def _write(path: Path, content: object) -> None:
    """Write a file, whole or not at all, so that it outlives a power cut."""
    written = path.with_name(f"{path.name}.{os.getpid()}")
    with written.open("wb") as file:
        file.write(msgspec.json.encode(content) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    written.replace(path)


def recovery_of(settings: Settings, several_machines: bool = False) -> Recovery:
    """Return the recovery folder of the settings. What several machines share goes into the memory of none."""
    constraints = settings.constraints
    return Recovery(constraints.recovery, constraints.most_processes, None if several_machines else MEMORY)


def config(place: Path) -> RecoveryConfig:
    """Return what the engine needs to know of the state in `place`."""
    return RecoveryConfig(str(place), timedelta(0))


def _copy(source: Path, target: Path) -> None:
    """Put a copy of a folder at `target`, whole or not at all."""
    made = target.with_name(f"{target.name}.new")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(mode=0o700)
    for path in source.iterdir():
        shutil.copyfile(path, made / path.name)
    before = target.with_name(f"{target.name}.old")
    shutil.rmtree(before, ignore_errors=True)
    if target.is_dir():
        target.rename(before)
    made.rename(target)
    shutil.rmtree(before, ignore_errors=True)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def _has_room(folder: Path, size: int) -> bool:
    """Return whether `size` bytes more can be written in a folder: tried, because a quota shows nowhere else."""
    path = folder / f".room-{os.getpid()}"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        return False
    try:
        os.posix_fallocate(descriptor, 0, size)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)
        path.unlink(missing_ok=True)
