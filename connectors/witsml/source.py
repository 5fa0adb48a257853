"""Tag maps on disk."""

from __future__ import annotations

import stat
from os import PathLike, fspath
from pathlib import Path

from connectors.errors import Fault, FileFaults
from connectors.rule_files.config import BOUNDS
from connectors.witsml.config import TagMap, parse_tag_map


def load_tag_map(path: str | PathLike[str]) -> TagMap:
    """Return the tag map in the file at `path`; FileFaults with every fault in it."""
    where, must = fspath(path), "a tag map must be a file that can be read"
    try:
        # A pipe that nobody writes to would be waited for without end.
        if not stat.S_ISREG(Path(where).stat().st_mode) and not Path(where).is_dir():
            raise FileFaults([Fault(where, None, must, "a pipe or a device", "Save it as a file, and name that.")])
        with Path(where).open("rb") as file:
            content = file.read(BOUNDS.max_bytes + 1)
    except FileNotFoundError:
        fault = Fault(where, None, must, "not there", "Is the path right?")
    except IsADirectoryError:
        fault = Fault(where, None, must, "a folder", "Name the file in it.")
    except PermissionError:
        fault = Fault(where, None, must, "closed to this user", "Change its permissions, or run as its owner.")
    except OSError as error:
        fault = Fault(where, None, must, error.strerror or repr(error), "Copy it to a local disk and try again.")
    except ValueError as error:
        fault = Fault(where, None, must, str(error), "Is the path right?")
    else:
        if len(content) > BOUNDS.max_bytes:
            most = f"a tag map must have no more than {BOUNDS.max_bytes} bytes"
            raise FileFaults([Fault(where, None, most, "larger", "Is this a tag map?")])
        try:
            return parse_tag_map(content.decode("utf-8-sig"), where)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            found = f"the byte 0x{content[error.start]:02X}"
            fault = Fault(where, line, "a tag map must be UTF-8 text", found, "Save it again as UTF-8.")
    raise FileFaults([fault])
