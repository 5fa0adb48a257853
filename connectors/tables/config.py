"""How much of a table is held at once. What is read does not depend on it."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

# Batches stay small enough that the first alert of a big file does not wait, and big enough that Arrow pays.
MOST_ROWS: Final = 65_536


class TableSettings(BaseModel):
    """Sizes of the pieces a table is read in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    batch_rows: Annotated[int, Field(ge=1, le=MOST_ROWS, description="Most rows of one batch [rows].")] = MOST_ROWS
    block_bytes: Annotated[int, Field(ge=1, description="How much text is parsed at once [bytes].")] = 8 << 20
    line_bytes: Annotated[int, Field(ge=64, description="Longest line that is read [bytes].")] = 1 << 20


USUAL: Final = TableSettings()
