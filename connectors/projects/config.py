"""What project.toml may say: frozen models, checked when built. `parse.py` reads its text, and tells its faults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from connectors.toml_text import Path, line_near

MOST_BYTES = 8_000_000  # 10,000 logs, each with its own lines, are 2 MB


def _one_or_more(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _pattern(value: str) -> str:
    if re.compile(value).groups != 1:
        raise ValueError("one group")
    return value


Text = Annotated[str, Field(min_length=1, strict=True)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Cell = str | bool | int | float | date

_FILES = Field(description="a path from this folder, or a list of them; * stands for any name")
Files = Annotated[tuple[Text, ...], BeforeValidator(_one_or_more), Field(min_length=1)]
FileNamePattern = Annotated[
    Annotated[Text, AfterValidator(_pattern)] | None,
    Field(description="a regular expression with one group, the well's id in the file's name"),
]
WellId = Annotated[Text | None, Field(description="the well's id")]
Encoding = Annotated[Text, Field(description="the name of an encoding, such as 'latin-1'")]
Nulls = Annotated[tuple[str | Number, ...], Field(description="a list of texts or numbers that stand for no value")]
Names = Annotated[Mapping[str, Text], Field(description="a table of names, each a text in quotes")]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ZoneEntry(_Model):
    """A zone between two picks; several pairs in a horizontal well."""

    name: Annotated[Text, Field(description="the name of the zone")]
    top: Annotated[Text | None, Field(description="the pick at its top")] = None
    base: Annotated[Text | None, Field(description="the pick at its base")] = None


class TableEntry(_Model):
    """How one table is read from a foreign file, or its rows, written here."""

    file: Annotated[Files | None, _FILES] = None
    sheet: Annotated[Text | None, Field(description="the name of a sheet of a workbook")] = None
    columns: Names = Field(default_factory=dict)
    units: Names = Field(default_factory=dict)
    where: Annotated[
        Mapping[str, Cell | tuple[Cell, ...]], Field(description="columns of the file, each with a value or a list")
    ] = Field(default_factory=dict)
    constants: Annotated[Mapping[str, Cell], Field(description="columns of ours, each with a value")] = Field(
        default_factory=dict
    )
    null_values: Nulls = ()
    skip_rows: Annotated[int, Field(ge=0, strict=True, description="how many lines stand before the header")] = 0
    encoding: Encoding = "utf-8"
    delimiter: Annotated[Text, Field(max_length=1, description="one character, such as ';'")] = ","
    date_format: Annotated[Text | None, Field(description="how dates are written, such as '%d-%b-%y'")] = None
    filename_well_id: FileNamePattern = None
    kind: Annotated[
        Literal["rate", "volume"], Field(description="'rate' (per calendar day) or 'volume' (of the period)")
    ] = "volume"
    rows: Annotated[tuple[Mapping[str, Cell], ...], Field(description="a list of tables, one a row")] = ()


class SurveyEntry(_Model):
    """A text file with the survey of one well."""

    file: Annotated[Files, _FILES]
    well_id: WellId = None
    filename_well_id: FileNamePattern = None
    encoding: Encoding = "utf-8"
    delimiter: Annotated[Text | None, Field(max_length=1, description="one character; absent: blanks")] = None
    columns: Names = Field(default_factory=dict)
    units: Names = Field(default_factory=dict)
    azimuth_reference: Annotated[
        Literal["grid", "true", "magnetic"] | None, Field(description="'grid', 'true' or 'magnetic'")
    ] = None


class ExcludeEntry(_Model):
    """Samples of a log to leave out."""

    curve: Annotated[Text, Field(description="the name of a curve of the file")]
    equals: Annotated[Number, Field(description="a number")]


class LogEntry(_Model):
    """A log file of one well, or many whose names or headers say whose they are."""

    file: Annotated[Files, _FILES]
    well_id: WellId = None
    filename_well_id: FileNamePattern = None
    curves: Names = Field(default_factory=dict)
    units: Names = Field(default_factory=dict)
    exclude: Annotated[ExcludeEntry | None, Field(description="a table with curve and equals")] = None
    null_values: Annotated[tuple[Number, ...], Field(description="a list of numbers that stand for no value")] = ()
    encoding: Annotated[Text | None, Field(description="the name of an encoding, such as 'latin-1'")] = None
    interpretation_id: Annotated[Text | None, Field(description="which interpretation vsh, phie, sw are of")] = None


class ProjectFile(_Model):
    """All of project.toml."""

    project_id: Annotated[Text, Field(description="a name for this project")]
    as_of: Annotated[date, Field(strict=True, description="a date, the ranking's now, such as 2016-12-01")]
    profile: Annotated[Text, Field(description="the key of a scoring profile")] = "earthbond_reopen_v1"
    crs: Annotated[Text | None, Field(description="where x and y are, such as 'EPSG:23031'")] = None
    zones: Annotated[tuple[Text | ZoneEntry, ...], Field(description="a list of names or of {name, top, base}")] = ()
    tables: Annotated[Mapping[str, TableEntry], Field(description="a table for each of ours")] = Field(
        default_factory=dict
    )
    surveys: Annotated[tuple[SurveyEntry, ...], Field(description="a list, each begun by [[surveys]]")] = ()
    logs: Annotated[tuple[LogEntry, ...], Field(description="a list, each begun by [[logs]]")] = ()
    parameters: Annotated[Mapping[str, Mapping[str, Any]], Field(description="a table for each zone")] = Field(
        default_factory=dict
    )


@dataclass(frozen=True, slots=True)
class Config:
    """What project.toml says, and on which lines."""

    file: ProjectFile
    where: str
    lines: Mapping[tuple[str | int, ...], int]

    def line(self, path: Path) -> int | None:
        """Return the line of a path, or of the nearest thing around it."""
        return line_near(self.lines, path)
