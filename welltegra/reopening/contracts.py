"""A document of a contract where it was asked for: in a file that is whole or as it was, and on Kafka."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from connectors.errors import Fault, FileFaults
from connectors.kafka.config import Kafka
from connectors.kafka.rankings import publish


def write_whole(path: Path | None, write: Callable[[IO[bytes]], None]) -> None:
    """Have `write` make the file: beside it first, so that nobody ever reads half. None: nowhere.

    Raises:
        FileFaults: It cannot be written.
    """
    if path is None:
        return
    # One name, so that what a killed run leaves is written over by the next; the output is reserved to one at a time.
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.unlink(missing_ok=True)
        with beside.open("xb") as file:
            try:
                write(file)
                file.close()
                beside.replace(path)
            except BaseException:
                beside.unlink()
                raise
    except OSError as error:
        must = "an output must be a file that can be written"
        raise FileFaults([Fault(str(path), None, must, error.strerror or repr(error), _remedy(error))]) from None


def _remedy(error: OSError) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return "Free the disk, or name another."
        case errno.ENOENT | errno.ENOTDIR:
            return "Make its folder first, or name another."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return "Allow this user to write in its folder, or name another."
        case errno.ENAMETOOLONG:
            return "Name it shorter."
        case _:
            return "Name another."


def publish_whole(
    kafka: Kafka | None, topic: str, head: Mapping[str, Any], lines: Iterable[tuple[str, str]]
) -> int | None:
    """Publish the document where a broker is set; return in how many messages, None where none is set."""
    return None if kafka is None else publish(kafka, topic, head, lines)
