"""`python -m schemas` writes schemas/json/ anew."""

from __future__ import annotations

from pathlib import Path

from schemas.generate import CONTRACTS, json_schema

folder = Path(__file__).parent / "json"
folder.mkdir(exist_ok=True)
for name in CONTRACTS:
    (folder / f"{name}.schema.json").write_text(json_schema(name), encoding="utf-8")
