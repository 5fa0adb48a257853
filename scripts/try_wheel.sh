#!/bin/sh
# Build the wheel, install it with requirements/runtime.txt into a new environment far from here, and ask it for help:
# what a user gets, without our folders beside it.
set -eu
cd "$(dirname "$0")/.."
bin=$(pwd)/.venv/bin
far=$(mktemp -d)
trap 'rm -rf "$far"' EXIT
trap 'exit 130' INT TERM

"$bin/python" -m hatchling build -t wheel -d "$far" >"$far/log" 2>&1 || { cat "$far/log" >&2; exit 1; }
"$bin/uv" venv --quiet --python "$bin/python" "$far/venv"
if ! "$bin/uv" pip sync --quiet --python "$far/venv/bin/python" --no-build --require-hashes requirements/runtime.txt \
    2>"$far/log"; then
    cat "$far/log" >&2
    if grep -q -e 'are you offline' -e 'error sending request' -e 'dns error' "$far/log"; then
        echo "NOT PROVEN: that the wheel installs into a new environment; the package registry cannot be reached."
        exit 0
    fi
    exit 1
fi
"$bin/uv" pip install --quiet --offline --python "$far/venv/bin/python" --no-deps "$far"/welltegra-*.whl
cd "$far"
venv/bin/welltegra --help >help.txt || { echo "try_wheel: welltegra --help must run from the installed wheel; it failed."; exit 1; }
venv/bin/python -I - <<'EOF'
import importlib
import sys
for name in ("rules", "scoring", "sql", "schemas", "connectors", "flows", "welltegra"):
    origin = importlib.import_module(name).__file__ or ""
    if not origin.startswith(sys.prefix):
        sys.exit(f"try_wheel: {name} must come from the wheel; came from {origin!r}. Is it in pyproject's package list?")
EOF
echo "The wheel installs into a new environment, and welltegra --help runs there."
