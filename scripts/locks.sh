#!/bin/sh
# Write requirements/*.txt from pyproject.toml: every version with its hashes, no address and no path of a machine.
# Versions that still fit stay; `scripts/locks.sh --upgrade` takes the newest.
set -eu
cd "$(dirname "$0")/.."

lock() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-emit-index-url --no-header --no-annotate "$@"
}

lock "$@" --group installer --output-file requirements/uv.txt
lock "$@" --group peers --output-file requirements/peers.txt
lock "$@" --group dev --extra embedded pyproject.toml --output-file requirements/dev.txt
# The constraint makes the wheel run on the versions that were tested.
lock "$@" --constraint requirements/dev.txt pyproject.toml --output-file requirements/runtime.txt
