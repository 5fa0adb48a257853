"""Which addresses a process listens on, as the kernel tells."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

# 127.0.0.1 as the kernel writes it, and the same for a program that speaks IPv6 to all.
LOOPBACK: Final = "0100007F"
LOOPBACK_IN_SIX: Final = "0000000000000000FFFF00000100007F"
_LISTENING: Final = "0A"

needs_proc = pytest.mark.skipif(
    not Path("/proc/net/tcp").is_file(), reason="NOT PROVEN: where it listens; the kernel here does not tell"
)


def listeners(pid: int) -> set[tuple[str, int]]:
    """Return the addresses, as the kernel writes them, and ports that a process listens on."""
    sockets = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            sockets.add(str(link.readlink()))
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            cells = line.split()
            if cells[3] == _LISTENING and f"socket:[{cells[9]}]" in sockets:
                address, port = cells[1].split(":")
                found.add((address, int(port, 16)))
    return found
