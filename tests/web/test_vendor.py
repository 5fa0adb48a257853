"""What others wrote is what its package holds, with its licence, and nothing of it asks another host."""

from __future__ import annotations

import hashlib

from welltegra.web.rendering import STATIC, asset

VENDOR = STATIC / "vendor"


def sums() -> dict[str, str]:
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    return {name: sha256 for sha256, name in (line.split(maxsplit=1) for line in lines)}


def test_that_every_file_is_the_one_of_its_package() -> None:
    found = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name not in ("SHA256SUMS", "README.md")
    }
    assert found == sums()


def test_that_each_folder_has_its_licence() -> None:
    folders = [path for path in VENDOR.iterdir() if path.is_dir()]
    assert folders
    for folder in folders:
        assert len((folder / "LICENSE").read_text()) > 300


def test_that_an_asset_has_another_address_for_another_content() -> None:
    name = "welltegra.css"
    assert asset(name) == f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"
