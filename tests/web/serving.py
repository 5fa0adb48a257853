"""`python -m tests.web.serving DSN PORT PROJECT=FOLDER ...`: the server, as `welltegra serve` starts it."""

from __future__ import annotations

import sys
from pathlib import Path

from welltegra.serving import server
from welltegra.settings.model import ReopeningSettings, Settings, WebSettings


def main() -> None:
    dsn, port, *projects = sys.argv[1:]
    folders = {name: Path(folder) for name, _, folder in (one.partition("=") for one in projects)}
    settings = Settings(projects=folders, web=WebSettings(port=int(port), pool=6), reopening=ReopeningSettings())
    server.serve(settings, dsn)


if __name__ == "__main__":
    main()
