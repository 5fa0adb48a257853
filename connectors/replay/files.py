"""Opening what we are given, and saying what is wrong with it if it cannot be read at all."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from connectors.errors import Fault, FileFaults

FORMS: Final = (".csv", ".parquet", ".ndjson", ".xml", ".xml.gz")


def form_of(where: str) -> str:
    """Return which of FORMS a file is, by its name.

    Raises:
        FileFaults: It is none of them.
    """
    for form in FORMS:
        if where.lower().endswith(form):
            return form
    if Path(where).is_dir():
        raise FileFaults([Fault(where, None, "samples must be files", "a folder", "Name the files in it.")])
    must, remedy = (
        f"samples must be in one of {', '.join(FORMS)}",
        "Name it for what it is, or export it as one of them.",
    )
    raise FileFaults([Fault(where, None, must, repr("".join(Path(where).suffixes)), remedy)])


@contextmanager
def open_file(where: str, on_bytes: Callable[[int], None] | None = None) -> Iterator[BinaryIO]:
    """Open a file of samples, unpacked. on_bytes: is told the size of each piece read from the disk.

    Raises:
        FileFaults: It is not there, or is no file, or not whole.
    """
    path, must = Path(where), "samples must be a file that can be read"
    try:
        with path.open("rb", buffering=0) as raw:
            plain = io.BufferedReader(raw if on_bytes is None else _Counted(raw, on_bytes))
            if where.lower().endswith(".gz"):
                with gzip.open(plain, "rb") as packed:
                    yield cast(BinaryIO, packed)
            else:
                yield plain
    except (FileNotFoundError, NotADirectoryError):
        raise FileFaults([Fault(where, None, must, "nothing there", "Is the name right?")]) from None
    except IsADirectoryError:
        raise FileFaults([Fault(where, None, must, "a folder", "Name the files in it.")]) from None
    except PermissionError:
        raise FileFaults([Fault(where, None, must, "locked to you", "Ask its owner for the right to read.")]) from None
    except gzip.BadGzipFile as error:
        found, remedy = str(error), "If it is not packed, name it .xml; otherwise copy it anew."
        raise FileFaults([Fault(where, None, "a .gz must be whole", found, remedy)]) from None
    except (EOFError, zlib.error) as error:
        raise FileFaults([Fault(where, None, "a .gz must be whole", str(error), "Copy the file anew.")]) from None
    except OSError as error:
        found = error.strerror or repr(error)
        raise FileFaults([Fault(where, None, must, found, "Copy it to a local disk and try again.")]) from None


class _Counted(io.RawIOBase):
    """A raw file that tells how much is read from it."""

    def __init__(self, raw: io.FileIO, on_bytes: Callable[[int], None]) -> None:
        self._raw = raw
        self._on_bytes = on_bytes

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        size = self._raw.readinto(buffer)
        self._on_bytes(size or 0)
        return size

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()
