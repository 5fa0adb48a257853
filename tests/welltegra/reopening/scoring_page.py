"""What docs/scoring.md shows of the profile that comes with WellTegra: its tables, and the picture of its curves.

To write both anew, after the profile has changed: python -m tests.welltegra.reopening.scoring_page
"""

from __future__ import annotations

import io
import re
from pathlib import Path

from schemas.profiles import canonical_profile
from welltegra.reopening.profile_plot import draw
from welltegra.reopening.profile_tables import Section, sections

REPO = Path(__file__).resolve().parents[3]
PAGE = REPO / "docs" / "scoring.md"
PICTURE = REPO / "docs" / "images" / "utility-curves.svg"
_BLOCK = re.compile(r"<!-- profile (\w+) -->\n.*?<!-- end -->", re.DOTALL)


def names(page: str) -> list[str]:
    """Return the sections that a page has a place for, in their order."""
    return _BLOCK.findall(page)


def with_tables(page: str) -> str:
    """Return a page with the table of each section in its place."""
    tables = {section.name: markdown(section) for section in sections(canonical_profile())}
    return _BLOCK.sub(lambda block: f"<!-- profile {block[1]} -->\n{tables[block[1]]}<!-- end -->", page)


def markdown(section: Section) -> str:
    """Return a section as a table of Markdown."""
    rows = [section.columns, ("---",) * len(section.columns), *section.rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |\n" for row in rows)


def picture() -> bytes:
    """Return the picture of the profile's curves."""
    file = io.BytesIO()
    draw(file, "svg", canonical_profile())
    return file.getvalue()


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text("utf-8")), "utf-8")
    PICTURE.write_bytes(picture())
