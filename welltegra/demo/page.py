"""The page of the field that the demo ranks: where it is, and a browser that opens it where somebody looks on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_LINK: Final = re.compile(r"https?://\S+/sign-in/\S+")


class Page:
    """Follows the log of the server for the links that sign in. opens: whether a browser is to be opened, once."""

    def __init__(self, log: Path, *, opens: bool) -> None:
        self._log, self._opens = log, opens

    @property
    def link(self) -> str | None:
        """The last one, as each is good once; None before there is one."""
        said = self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""
        links = _LINK.findall(said)
        return str(links[-1]) if links else None

    def open_once(self) -> None:
        """Open it in a browser, the first time that there is a link."""
        if not self._opens or (link := self.link) is None:
            return
        self._opens = False
        threading.Thread(target=_open, args=(link,), name="browser", daemon=True).start()


def _open(link: str) -> None:
    # In a process of its own, without our terminal: a browser may talk on it, or want it for itself.
    subprocess.run(
        [sys.executable, "-m", "webbrowser", link],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        check=False,
    )


def has_desktop(environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether a browser that is opened here is seen by whoever started us."""
    if "SSH_CONNECTION" in environment:
        return False
    return sys.platform == "darwin" or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
