"""`python -m tests.welltegra.demo.recording FOLDER` puts what terminals show of a demo into docs/demo.md; needs tmux.

FOLDER: a copy of the repository that is set up and has no welltegra-demo yet.
"""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.system.site import wait_until
from tests.test_layers import REPO

PAGE: Final = REPO / "docs" / "demo.md"
_COLUMNS, _LINES = 100, 34
# Good once, and of no use to a reader.
_TOKEN: Final = re.compile(r"(?<=token=)\w+")
_BLOCK: Final = re.compile(r"^```text\n.*?^```$", re.MULTILINE | re.DOTALL)
_TMUX: Final = ("tmux", "-f", "/dev/null", "-L", "welltegra-recording")


class Terminal:
    """A terminal of a new user, in a folder."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        shell = "env -i HOME=$HOME PATH=/usr/bin:/bin TERM=screen-256color LANG=C.UTF-8 sh"
        size = ["-x", str(_COLUMNS), "-y", str(_LINES)]
        _tmux("new-session", "-d", "-s", name, *size, "-c", str(folder), shell)
        self.type("PS1='$ '; clear")
        wait_until(lambda: self.text == "$", "the shell")

    def type(self, line: str) -> None:
        _tmux("send-keys", "-t", self._name, "-l", line)
        self.press("Enter")

    def press(self, key: str) -> None:
        _tmux("send-keys", "-t", self._name, key)

    @property
    def text(self) -> str:
        """What it shows now, without the empty lines at its end."""
        lines = _tmux("capture-pane", "-p", "-t", self._name).splitlines()
        return "\n".join(line.rstrip() for line in lines).rstrip()

    def wait_for(self, words: str) -> str:
        """Return what it shows once that matches `words`."""
        wait_until(lambda: re.search(words, self.text, re.DOTALL) is not None, f"{words}; shows {self.text}", 120.0)
        return self.text


def record(folder: Path) -> list[str]:
    """Return what was seen, piece by piece, as docs/demo.md shows it."""
    seen = []
    demo, other = Terminal("demo", folder), Terminal("other", folder)
    demo.type("make demo")
    demo.wait_for(r"ready: ingest, constraints, record")
    demo.wait_for(r"ranked for reopening\. .+token=")
    seen.append(demo.wait_for(r"temperature +[\d.]+ degC.+temperature +[\d.]+ degC.+temperature +[\d.]+ degC"))
    other.type(".venv/bin/welltegra rig breach --well W-1")
    demo.wait_for(r"W-1 +pump-rate [^\n]+ RED \d")
    other.type(".venv/bin/welltegra rig dropout --well W-3 --tag wellhead_pressure --for 12")
    seen.append(demo.wait_for(r"YELLOW +W-1 +standpipe.+LOST|LOST.+YELLOW +W-1 +standpipe"))
    demo.wait_for(r"CLEARED +W-1 +pump-rate")
    other.type("cd welltegra-demo && ../.venv/bin/welltegra audit verify")
    seen.append(other.wait_for("Whole: .+whole."))
    demo.press("C-c")
    seen.append(demo.wait_for(r"Stopped\..+\$$"))
    return [_TOKEN.sub("...", each) for each in seen]


def _tmux(*words: str) -> str:
    return subprocess.run([*_TMUX, *words], check=True, capture_output=True, text=True).stdout


def main() -> None:
    """Record, and write the page anew: each text block of it is one piece."""
    try:
        pieces = iter(record(Path(sys.argv[1]).resolve()))
    finally:
        with suppress(subprocess.CalledProcessError):
            _tmux("kill-server")  # a closed terminal ends a demo
    page = _BLOCK.sub(lambda _old: f"```text\n{next(pieces)}\n```", PAGE.read_text("utf-8"))
    assert not list(pieces), f"{PAGE} has a block for each piece"
    PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
