"""What is packaged, what it needs, and what the locks hold."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.test_layers import BELOW, REPO, imported

PROJECT: dict[str, Any] = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
RUNTIME = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
DEV = [Requirement(line) for line in PROJECT["dependency-groups"]["dev"]]
PEERS = [Requirement(line) for line in PROJECT["dependency-groups"]["peers"]]
EMBEDDED = [Requirement(line) for line in PROJECT["project"]["optional-dependencies"]["embedded"]]
NOT_PACKAGED = {"benchmarks", "tests"}
LOCKS = ("runtime", "dev", "peers", "uv")


def lock_text(name: str) -> str:
    return (REPO / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def pins(name: str) -> dict[str, Requirement]:
    """Return the requirements of a lock by name, without their hashes."""
    lines = re.findall(r"^(\S.*?) \\$", lock_text(name), flags=re.MULTILINE)
    return {requirement.name: requirement for requirement in map(Requirement, lines)}


def test_that_the_package_list_is_the_layers_and_the_folders() -> None:
    folders = {path.parent.name for path in REPO.glob("*/__init__.py")} - NOT_PACKAGED
    assert set(PACKAGES) == set(BELOW)
    assert set(PACKAGES) == folders


def test_that_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for room in [*PACKAGES, *NOT_PACKAGED] for path in (REPO / room).rglob("*.py")}
    assert sorted(str(folder) for folder in folders if not (folder / "__init__.py").is_file()) == []


@pytest.mark.parametrize("name", PACKAGES)
def test_that_no_other_distribution_owns_our_import_name(name: str) -> None:
    owners = set(importlib.metadata.packages_distributions().get(name, [])) - {"welltegra"}
    assert owners == set(), f"{name} is also installed by {owners}; keep that out of our environment"
    assert Path(importlib.import_module(name).__file__ or "").is_relative_to(REPO)


def test_that_the_installed_version_is_the_one_of_the_project() -> None:
    try:
        installed = importlib.metadata.version("welltegra")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("welltegra is not installed here; run make setup")
    assert installed == PROJECT["project"]["version"]


def third_parties(folders: list[str]) -> dict[str, str]:
    """Return the distribution behind each import that is neither ours nor Python's, with one place that imports it."""
    behind = importlib.metadata.packages_distributions()
    found: dict[str, str] = {}
    for path in sorted(path for folder in folders for path in (REPO / folder).rglob("*.py")):
        for line, module in imported(ast.parse(path.read_text(encoding="utf-8"))):
            top = module.partition(".")[0]
            if top not in sys.stdlib_module_names and top not in {*PACKAGES, *NOT_PACKAGED}:
                distribution = canonicalize_name(behind.get(top, [top])[0])
                found.setdefault(distribution, f"{path.relative_to(REPO)} line {line}")
    return found


@pytest.mark.parametrize(
    ("folders", "declared"),
    [(PACKAGES, [*RUNTIME, *EMBEDDED]), (sorted(NOT_PACKAGED), [*RUNTIME, *DEV, *PEERS])],
    ids=["packages", "tests and benchmarks"],
)
def test_that_every_third_party_import_is_declared(folders: list[str], declared: list[Requirement]) -> None:
    names = {canonicalize_name(requirement.name) for requirement in declared}
    assert {name: place for name, place in third_parties(folders).items() if name not in names} == {}


@pytest.mark.parametrize("name", LOCKS)
def test_that_a_lock_pins_every_requirement_by_hash(name: str) -> None:
    blocks = re.split(r"^(?=[^\s#])", lock_text(name), flags=re.MULTILINE)[1:]
    assert blocks
    for block in blocks:
        assert re.fullmatch(r"[a-z0-9-]+==[\w.!]+( ; [^\\\n]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+\n", block), (
            f"requirements/{name}.txt: must be name==version and hashes; was {block[:100]!r}. Run make locks"
        )


@pytest.mark.parametrize("name", LOCKS)
def test_that_a_lock_names_no_address_and_no_path(name: str) -> None:
    assert (
        re.findall(r".*(?:://|/|@|--index|--find-links|--trusted-host|\.org|\.com|\.net|\.io).*", lock_text(name)) == []
    )


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("runtime", RUNTIME),
        ("dev", [*RUNTIME, *DEV, *map(Requirement, PROJECT["build-system"]["requires"])]),
        ("peers", PEERS),
        ("uv", [Requirement(line) for line in PROJECT["dependency-groups"]["installer"]]),
    ],
)
def test_that_a_lock_satisfies_what_is_declared(name: str, declared: list[Requirement]) -> None:
    locked = pins(name)
    for requirement in declared:
        version = str(locked[requirement.name].specifier).removeprefix("==")
        assert requirement.specifier.contains(version), (
            f"requirements/{name}.txt: {requirement}; was {version}. Run make locks"
        )


def test_that_the_wheel_runs_on_the_versions_that_were_tested() -> None:
    tested = pins("dev")
    assert {name: str(pin) for name, pin in pins("runtime").items() if str(tested[name]) != str(pin)} == {}
