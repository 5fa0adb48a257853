"""The tag map of the settings: whether `welltegra flow ingest` can read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from connectors.errors import FileFaults
from connectors.opcua.tag_map import load_tag_map
from welltegra.describe.wording import counted
from welltegra.doctor.result import Result, not_asked, of_error, ok, warning
from welltegra.settings.model import OpcuaSettings

NAME: Final = "tag map"


def look(settings: OpcuaSettings) -> Iterator[Result]:
    """Yield every fault of the tag map, or how many tags it has."""
    if not settings.tags:
        if settings.endpoint:
            found = "opcua.tags must name the tag map of the server in opcua.endpoint; is empty, so nothing is brought."
            yield warning(NAME, found, "Set it in [opcua]; docs/ingest.md shows a tag map.")
        else:
            yield not_asked(NAME, "none is set.")
        return
    try:
        tags = load_tag_map(settings.tags).tags
    except FileFaults as error:
        yield from of_error(NAME, error)
        return
    wells = len({tag.well for tag in tags})
    yield ok(NAME, f"{settings.tags}: {counted(len(tags), 'tag')} of {counted(wells, 'well')}; no faults.")
