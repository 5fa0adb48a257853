"""`welltegra config`: which settings hold, and where each came from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from connectors.toml_text import at, dotted, written
from welltegra.invocation import Invocation
from welltegra.settings.keys import Key, keys
from welltegra.settings.masking import masked
from welltegra.settings.sources import Loaded, Model


@click.group()
def config() -> None:
    """Show the settings that hold."""


@config.command()
@click.option("--config", "path", metavar="FILE", type=click.Path(path_type=Path), help="Read this file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.pass_context
def show(context: click.Context, path: Path | None, as_json: bool) -> None:
    """Print every setting and where it came from; secrets are masked."""
    invocation = (context.find_object(Invocation) if path is None else None) or Invocation(path)
    if as_json:
        click.echo(json.dumps(as_tree(invocation.loaded), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(as_toml(invocation.loaded)).lstrip())


def as_toml(loaded: Loaded[Model]) -> Iterator[str]:
    """Yield the settings as lines of TOML, each with its origin behind; a key without a value is a comment."""
    tree = masked(loaded.settings)
    sections: dict[Key, list[Key]] = {}
    for key, _ in keys(type(loaded.settings)):
        sections.setdefault(key[:-1], []).append(key)
    # In TOML, the keys that belong to no section come first.
    for section, members in sorted(sections.items(), key=lambda item: item[0] != ()):
        if section:
            yield from ("", f"[{dotted(section)}]")
        for key in members:
            value, name = at(tree, key), dotted(key[-1:])
            setting = f"# {name} is not set" if value is None else f"{name} = {written(value)}"
            yield f"{setting}  # {loaded.origins[key]}"


def as_tree(loaded: Loaded[Model]) -> dict[str, object]:
    """Return the settings as JSON can hold them, and the origin of each dotted key."""
    origins = {dotted(key): origin for key, origin in loaded.origins.items()}
    return {"settings": masked(loaded.settings), "origins": origins}
