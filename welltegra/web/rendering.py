"""Pages to HTML: Jinja2 that escapes everything and lets no name be missing, and addresses of static files."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import ClassVar, Final, Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined

from welltegra.web import words

STATIC: Final = Path(__file__).parent / "static"


class Page(Protocol):
    """What a template is rendered from: a dataclass, and the name of its template."""

    template: ClassVar[str]


def render(page: Page) -> str:
    """Return the HTML of a page."""
    return environment().get_template(page.template).render(page=page)


@cache
def environment() -> Environment:
    """Return what templates are rendered by."""
    made = Environment(
        loader=PackageLoader("welltegra.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(
        asset=asset,
        plain=words.plain,
        figure=words.figure,
        volume=words.volume,
        fixed=words.fixed,
        moment=words.moment,
        day=words.day,
        count_of=words.count_of,
        gap_words=words.gap_words,
        input_words=words.input_words,
        value_words=words.value_words,
        class_words=words.CLASS_WORDS,
        class_sentences=words.CLASS_SENTENCES,
        state_words=words.STATE_WORDS,
        in_words=words.in_words,
        person=words.person,
    )
    return made


@cache
def asset(name: str) -> str:
    """Return the address of a static file; another content, another address, so that browsers may keep it for good."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"
