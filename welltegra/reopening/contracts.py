"""A document of a contract where it was asked for: in a file that is whole or as it was, and on Kafka."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from connectors.errors import Fault, FileFaults
from connectors.kafka.config import Kafka
from connectors.kafka.rankings import publish
from connectors.replay.sink import is_stream


def write_whole(path: Path | None, write: Callable[[IO[bytes]], None]) -> None:
    """Have `write` make the file: beside it first, so that nobody ever reads half. None: nowhere.

    Raises:
        FileFaults: It cannot be written.
    """
    if path is None:
        return
    try:
        if is_stream(path):
            with path.open("wb") as file:
                write(file)
            return
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            try:
                write(file)
                file.flush()
                os.fchmod(file.fileno(), 0o666 & ~_umask())
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink()
                raise
    except OSError as error:
        must, remedy = "an output must be a file that can be written", "Free the disk, or name another."
        raise FileFaults([Fault(str(path), None, must, error.strerror or repr(error), remedy)]) from None


def publish_whole(
    kafka: Kafka | None, topic: str, head: Mapping[str, Any], lines: Iterable[tuple[str, str]]
) -> int | None:
    """Publish the document where a broker is set; return in how many messages, None where none is set."""
    return None if kafka is None else publish(kafka, topic, head, lines)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
