"""`python -m benchmarks.worklist.serving DSN PORT`: the server, as `welltegra serve` starts it."""

from __future__ import annotations

import sys

from welltegra.serving import server
from welltegra.settings.model import Settings, WebSettings


def main() -> None:
    """Serve until stopped."""
    dsn, port = sys.argv[1:]
    server.serve(Settings(web=WebSettings(port=int(port))), dsn)


if __name__ == "__main__":
    main()
