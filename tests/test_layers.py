"""Imports point up the picture of docs/architecture.md, and rules and scores are pure: read from the source by ast."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

REPO = Path(__file__).resolve().parents[1]

# rules, scoring, sql <- schemas <- connectors <- flows <- welltegra: each room and the rooms it may import from.
BELOW = {
    "rules": set[str](),
    "scoring": set[str](),
    "sql": set[str](),
    "schemas": {"rules", "scoring", "sql"},
    "connectors": {"rules", "scoring", "sql", "schemas"},
    "flows": {"rules", "scoring", "sql", "schemas", "connectors"},
    "welltegra": {"rules", "scoring", "sql", "schemas", "connectors", "flows"},
}
NEVER_IMPORTED = {"benchmarks", "tests"}  # they look at the rooms; no room looks at them
THIRD_PARTIES = {
    "rules": {"numpy", "numba"},
    # Arrays in, arrays out, as much as numpy: decision 0021.
    "scoring": {"numpy", "polars", "pymannkendall", "pywaterflood", "scipy", "shapely", "welleng"},
}

PURE = {"rules", "scoring"}
IMPURE_MODULES = {
    *("asyncio", "concurrent", "ctypes", "http", "importlib", "io", "logging", "multiprocessing", "os", "pathlib"),
    *("random", "secrets", "select", "selectors", "shutil", "signal", "socket", "sqlite3", "subprocess"),
    *("tempfile", "threading", "time", "urllib", "warnings"),
}
IMPURE_CALLS = {"breakpoint", "eval", "exec", "input", "print", "__import__"}
IMPURE_METHODS = {
    *("now", "utcnow", "today", "uuid1", "uuid4"),  # clocks and chance
    *("fromfile", "genfromtxt", "load", "loadtxt", "memmap", "save", "savetxt", "savez", "savez_compressed", "tofile"),
}
IMPURE_ATTRIBUTES = {"argv", "environ", "random", "stderr", "stdin", "stdout"}
IMPURE_METHODS_OF_POLARS = ("read_", "scan_", "write_", "sink_")

# connectors and welltegra may open files; sql reads its own text. schemas/__main__.py writes what it generates.
NO_FILES = {"rules", "scoring", "schemas", "flows"}
OPENS_A_FILE = {"open", "read_bytes", "read_text", "write_bytes", "write_text"}
MAY_WRITE = {"schemas/__main__.py"}
MAY_READ = {"schemas/profiles/__init__.py"}  # the profile that comes with us, which is data


def faults(path: str, source: str) -> list[str]:
    """Return one sentence for each line of a module that breaks the layers.

    Args:
        path: Where the module lies in the repository, as `rules/judge.py`; its first folder is its room.
        source: Its text.
    """
    room = PurePosixPath(path).parts[0]
    tree = ast.parse(source)
    found = [(line, said) for line, module in imported(tree) for said in import_faults(room, module)]
    found += [(line, said) for line, name, dotted in called(tree) for said in call_faults(path, room, name, dotted)]
    found += [
        (node.lineno, f"{room} must be pure; uses .{node.attr}. Take what it holds as an argument")
        for node in ast.walk(tree)
        if room in PURE and isinstance(node, ast.Attribute) and node.attr in IMPURE_ATTRIBUTES
    ]
    return [f"{path} line {line}: {said}." for line, said in sorted(found)]


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and dotted module of every import, at whatever depth; a relative one as its dots and name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")


def called(tree: ast.AST) -> Iterator[tuple[int, str, bool]]:
    """Yield line, name, and whether it comes after a dot, of every call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.lineno, node.func.attr, True
            elif isinstance(node.func, ast.Name):
                yield node.lineno, node.func.id, False


def import_faults(room: str, module: str) -> Iterator[str]:
    top = module.partition(".")[0]
    if module.startswith("."):
        yield f"an import must name its package in full; was {module!r}. Write it from the room on"
    elif top in NEVER_IMPORTED:
        yield f"{room} must not import {top}; imports {module!r}. Move what both need into a room"
    elif top in BELOW:
        if top != room and top not in BELOW[room]:
            allowed = ", ".join(sorted(BELOW[room])) or "nothing of ours"
            yield f"{room} may import {allowed}; imports {module!r}. Move the code up, or hand the value in"
    elif top in sys.stdlib_module_names:
        if room in PURE and top in IMPURE_MODULES:
            yield f"{room} must be pure; imports {module!r}. Let a connector or the shell do it and hand the value in"
    elif room in THIRD_PARTIES and top not in THIRD_PARTIES[room]:
        allowed = ", ".join(sorted(THIRD_PARTIES[room]))
        yield f"{room} may import the standard library, {allowed}; imports {module!r}. Do that part in a layer below"


def call_faults(path: str, room: str, name: str, dotted: bool) -> Iterator[str]:
    may = path in MAY_WRITE or (path in MAY_READ and not name.startswith("write"))
    if room in NO_FILES and name in OPENS_A_FILE and not may:
        yield f"only connectors and welltegra open files; {room} calls {name}(). Hand in what the file says"
    elif room in PURE and (
        name in (IMPURE_METHODS if dotted else IMPURE_CALLS) or (dotted and name.startswith(IMPURE_METHODS_OF_POLARS))
    ):
        yield f"{room} must be pure; calls {name}(). Let a connector or the shell do it and hand the value in"


MODULES = sorted(path.relative_to(REPO).as_posix() for room in BELOW for path in (REPO / room).rglob("*.py"))


@pytest.mark.parametrize("path", MODULES)
def test_that_a_module_keeps_to_its_layer(path: str) -> None:
    assert faults(path, (REPO / path).read_text(encoding="utf-8")) == []


def test_that_every_room_has_modules_to_check() -> None:
    assert {path.partition("/")[0] for path in MODULES} == set(BELOW)


@pytest.mark.parametrize(
    ("path", "source", "said"),
    [
        ("rules/judge.py", "import numpy\nimport scoring.rank", "line 2: rules may import nothing of ours"),
        ("scoring/rank.py", "from rules.sample import GOOD", "scoring may import nothing of ours"),
        ("sql/__init__.py", "import schemas", "sql may import nothing of ours"),
        ("schemas/scan.py", "import connectors.units", "schemas may import rules, scoring, sql"),
        ("connectors/units.py", "from flows import steps", "connectors may import"),
        ("flows/steps.py", "def f():\n    import welltegra.settings", "line 2: flows may import"),
        ("flows/steps.py", "if TYPE_CHECKING:\n    from welltegra import settings", "line 2: flows may import"),
        ("welltegra/cli.py", "import tests.oracle", "welltegra must not import tests"),
        ("welltegra/cli.py", "import benchmarks", "welltegra must not import benchmarks"),
        ("welltegra/cli.py", "from . import settings", "must name its package in full"),
        ("welltegra/cli.py", "from ..rules import judge", "must name its package in full"),
        ("rules/judge.py", "import pydantic", "rules may import the standard library, numba, numpy"),
        ("rules/judge.py", "import polars as pl", "rules may import the standard library, numba, numpy"),
        ("scoring/rank.py", "import numba", "scoring may import the standard library, numpy, polars, pymannkendall"),
        ("rules/judge.py", "import os.path", "imports 'os.path'"),
        ("rules/judge.py", "from pathlib import Path", "imports 'pathlib'"),
        ("rules/judge.py", "from time import monotonic", "imports 'time'"),
        ("scoring/rank.py", "import logging", "imports 'logging'"),
        ("scoring/rank.py", "import socket", "imports 'socket'"),
        ("rules/judge.py", "def f(at):\n    return dt.datetime.now(dt.UTC)", "line 2: rules must be pure; calls now()"),
        ("rules/judge.py", "datetime.utcnow()", "calls utcnow()"),
        ("scoring/rank.py", "date.today()", "calls today()"),
        ("rules/judge.py", "print(1)", "calls print()"),
        ("rules/judge.py", "__import__('os')", "calls __import__()"),
        ("rules/judge.py", "open('x')", "only connectors and welltegra open files; rules calls open()"),
        ("scoring/rank.py", "pl.scan_parquet('x')", "calls scan_parquet()"),
        ("scoring/rank.py", "frame.write_csv('x')", "calls write_csv()"),
        ("scoring/rank.py", "np.random.default_rng()", "uses .random"),
        ("rules/judge.py", "import sys\nf(sys.argv)", "line 2: rules must be pure; uses .argv"),
        ("rules/judge.py", "np.load('x')", "calls load()"),
        ("flows/steps.py", "with path.open() as f: pass", "only connectors and welltegra open files"),
        ("flows/steps.py", "gzip.open('x')", "only connectors and welltegra open files"),
        ("schemas/generate.py", "Path('x').write_text('')", "only connectors and welltegra open files"),
        ("schemas/profiles/__init__.py", "Path('x').write_text('')", "only connectors and welltegra open files"),
        ("scoring/drainage.py", "import pyproj", "Do that part in a layer below"),
    ],
)
def test_that_a_planted_violation_is_found(path: str, source: str, said: str) -> None:
    assert [said in fault for fault in faults(path, source)] == [True]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("rules/judge.py", "import math\nimport numba\nimport numpy as np\nfrom rules.sample import GOOD"),
        ("rules/limit.py", "import sys\nmost = sys.float_info.max"),
        ("rules/ids.py", "from datetime import UTC, datetime\ndatetime(2026, 1, 1, tzinfo=UTC)"),
        ("scoring/rank.py", "import polars as pl\npl.col('x').now"),
        ("schemas/scan.py", "import msgspec\nimport rules.sample\nimport scoring.rank"),
        ("schemas/__main__.py", "Path('x').write_text('')"),
        ("schemas/profiles/__init__.py", "files(__name__).joinpath('x').read_text()"),
        ("scoring/drainage.py", "import shapely\nfrom scipy.optimize import least_squares"),
        ("connectors/tables/source.py", "import os\nopen('x')\nimport time\ntime.monotonic()"),
        ("welltegra/cli.py", "import flows.constraints\nprint(1)"),
    ],
)
def test_that_what_a_layer_may_do_is_let_through(path: str, source: str) -> None:
    assert faults(path, source) == []
