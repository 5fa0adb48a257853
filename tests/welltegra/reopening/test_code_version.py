from __future__ import annotations

import re
import shutil
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.test_layers import REPO
from welltegra.reopening import code_version as module


def told(root: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(module, "_ROOT", root)
    module.code_version.cache_clear()
    try:
        return module.code_version()
    finally:
        module.code_version.cache_clear()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("scoring", "connectors/projects", "flows", "welltegra/reopening"):
        shutil.copytree(REPO / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_that_the_same_code_has_the_same_version_wherever_it_lies(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = told(REPO, monkeypatch)
    assert re.fullmatch(re.escape(version("welltegra")) + r"\+[0-9a-f]{12}", here)
    assert told(copy, monkeypatch) == here


@pytest.mark.parametrize(
    "name", ["scoring/decline.py", "connectors/projects/las.py", "flows/reopening.py", "welltegra/reopening/ranking.py"]
)
def test_that_other_code_that_scores_has_another_version(
    copy: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    here = told(REPO, monkeypatch)
    with (copy / name).open("a") as file:
        file.write("# Changed.\n")
    assert told(copy, monkeypatch) != here


def test_that_what_only_speaks_is_no_other_version(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = told(REPO, monkeypatch)
    for name in ("closing", "progress", "cluster"):
        with (copy / f"welltegra/reopening/{name}.py").open("a") as file:
            file.write("# Changed.\n")
    assert told(copy, monkeypatch) == here
