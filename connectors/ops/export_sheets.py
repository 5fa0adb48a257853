"""The workbook of an export: targets whose scores are formulas over their contributions, and those over weights."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Final

import polars as pl

from connectors.ops.contributions import in_order, profile_of
from connectors.ops.shapes_of_lists import Header
from connectors.ops.shapes_of_work import ExportRow
from connectors.ops.workbook import (
    PLAIN,
    RATIO,
    SHEET_END,
    TENTHS,
    WHOLE,
    Stream,
    column_letters,
    filtered_end,
    formula_cell,
    number_cell,
    plain_rows,
    sheet_head,
    sheet_rows,
    text_cell,
    time_cell,
    truth_cell,
    write_frame,
    write_sheet,
)
from scoring.profile import Component, Input, Profile
from scoring.vocabulary import COMPONENTS

SHEETS: Final = ("Targets", "Contributions", "Utilities", "Weights", "About")
# Of Contributions, Utilities and Weights: columns before those of the inputs. They stand in the same column on each.
_KEYS: Final = ("target_rank", "well_id", "event_no")
_WEIGHT_ROW: Final = 3
_FIRST_COMPONENT_ROW: Final = 6
_WIDE: Final = {"well_id": 18.0, "well_name": 18.0, "recommended_action": 40.0, "blocking_reason": 40.0}
_AS_WHOLE: Final = ("unswept_volume_m3",)
# Fast: most of it is formulas that are all alike.
_COMPRESSION: Final = 1
_PIECE: Final = 1 << 20
# The column of contributions, decoded; the one of their text has another name.
_SAID: Final = "said"


@dataclass(frozen=True, slots=True)
class _Places:
    """Where each input stands: its component, and its letters."""

    inputs: tuple[tuple[Component, Input], ...]
    letters: dict[str, str]

    @classmethod
    def of(cls, profile: Profile) -> _Places:
        by_name = {component.name: component for component in profile.components}
        inputs = tuple((by_name[name], one) for name in COMPONENTS for one in in_order(by_name[name]))
        letters = {one.name: column_letters(len(_KEYS) + place) for place, (_, one) in enumerate(inputs)}
        return cls(inputs, letters)


def xlsx(frames: Iterable[pl.DataFrame], of: Header, row: ExportRow, content: str) -> Generator[bytes]:
    """Yield a workbook of the targets in `frames`. content: of the profile that they were ranked by."""
    places = _Places.of(profile_of(content))
    stream = Stream()
    with (
        tempfile.TemporaryFile() as contributions,
        tempfile.TemporaryFile() as utilities,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as archive,
    ):
        yield from write_sheet(archive, 1, _targets(frames, places, contributions, utilities), stream)
        yield from write_sheet(archive, 2, _of_file(contributions), stream)
        yield from write_sheet(archive, 3, _of_file(utilities), stream)
        yield from write_sheet(archive, 4, _weights(places, of), stream)
        yield from write_sheet(archive, 5, _about(of, row), stream)
        write_frame(archive, SHEETS)
        archive.close()
        yield stream.taken()


def _targets(
    frames: Iterable[pl.DataFrame], places: _Places, contributions: IO[bytes], utilities: IO[bytes]
) -> Iterator[bytes]:
    """Yield the sheet of targets; write the two of their inputs meanwhile."""
    titles = [*_KEYS, *places.letters]
    widths = [8.0, 18.0, 8.0, *([14.0] * len(places.letters))]
    for file in (contributions, utilities):
        file.write(sheet_head(titles, widths))
    first, done, across = True, 0, 0
    for frame in frames:
        shown = [name for name in frame.columns if name != "contributions"]
        if first:
            yield sheet_head(shown, [_WIDE.get(name, 14.0) for name in shown])
            first, across = False, len(shown)
        said = pl.col("contributions").str.json_decode(_stored(places)).alias(_SAID)
        # The first row of a sheet is its head.
        numbered = frame.with_columns(said).with_row_index("line", offset=done + 2)
        yield sheet_rows(numbered, [_target_cell(numbered, name, places) for name in shown])
        keys = [number_cell(pl.col("target_rank")), text_cell(pl.col("well_id")), number_cell(pl.col("event_no"))]
        contributions.write(sheet_rows(numbered, [*keys, *(_contribution(one, places) for _, one in places.inputs)]))
        utility = (number_cell(_said(one, "utility"), RATIO) for _, one in places.inputs)
        utilities.write(sheet_rows(numbered, [*keys, *utility]))
        done += frame.height
    for file in (contributions, utilities):
        file.write(filtered_end(len(titles), done))
    yield filtered_end(across, done)


def _stored(places: _Places) -> pl.Struct:
    said = pl.Struct({"utility": pl.Float64, "contribution": pl.Float64, "status": pl.String})
    return pl.Struct(dict.fromkeys(places.letters, said))


def _target_cell(frame: pl.DataFrame, name: str, places: _Places) -> pl.Expr:
    line = pl.col("line").cast(pl.String)
    if name == "total_score":
        of = {component: column_letters(frame.columns.index(f"{component}_score") - 1) for component in COMPONENTS}
        terms: list[pl.Expr] = []
        for place, component in enumerate(COMPONENTS):
            weight = f"Weights!$B${_FIRST_COMPONENT_ROW + place}"
            terms += [pl.lit(f"{'+' if place else 'ROUND('}{weight}*{of[component]}"), line]
        return formula_cell(pl.concat_str(*terms, pl.lit(",6)")), pl.col(name))
    component = name.removesuffix("_score")
    if name.endswith("_score") and component in COMPONENTS:
        letters = [places.letters[one.name] for owner, one in places.inputs if owner.name == component]
        parts = pl.lit(f"ROUND(SUM(Contributions!{letters[0]}"), line, pl.lit(f":{letters[-1]}"), line, pl.lit("),6)")
        return formula_cell(pl.concat_str(*parts), pl.col(name))
    kind = frame.schema[name]
    if kind == pl.String:
        return text_cell(pl.col(name))
    if kind == pl.Boolean:
        return truth_cell(pl.col(name))
    if kind.is_temporal():
        return time_cell(pl.col(name))
    return number_cell(pl.col(name), _style(name, kind))


def _style(name: str, kind: pl.DataType) -> int:
    """Return how a number is shown: lengths in tenths of a metre, volumes whole, what lies in 0 to 1 in thousandths."""
    if kind.is_integer():
        return PLAIN
    return WHOLE if name in _AS_WHOLE else TENTHS if name.endswith("_m") else RATIO


def _contribution(one: Input, places: _Places) -> pl.Expr:
    """Return the cells of what an input adds: utility times weight, and where another gave it its own, both weights."""
    letters = places.letters[one.name]
    plain = f"*Weights!{letters}${_WEIGHT_ROW}"
    factor: pl.Expr = pl.lit(plain)
    for _, giver in places.inputs:
        if giver.weight_to == one.name:
            given = f"*(Weights!{letters}${_WEIGHT_ROW}+Weights!{places.letters[giver.name]}${_WEIGHT_ROW})"
            factor = pl.when(_not_applicable(giver)).then(pl.lit(given)).otherwise(factor)
    if one.weight_to is not None:
        factor = pl.when(_not_applicable(one)).then(pl.lit("*0")).otherwise(factor)
    formula = pl.concat_str(pl.lit(f"Utilities!{letters}"), pl.col("line").cast(pl.String), factor)
    return formula_cell(formula, _said(one, "contribution"))


def _said(one: Input, what: str) -> pl.Expr:
    return pl.col(_SAID).struct.field(one.name).struct.field(what)


def _not_applicable(one: Input) -> pl.Expr:
    return (_said(one, "status") == "not_applicable").fill_null(value=False)


def _weights(places: _Places, of: Header) -> Iterator[bytes]:
    """Yield the sheet of weights: of each input in its component, and of each component in the total."""
    blank: list[str | float | None] = [None] * len(_KEYS)
    yield sheet_head(["", "", "", *places.letters], [14.0] * (len(_KEYS) + len(places.letters)))
    yield plain_rows(
        [
            ["component", *blank[1:], *(component.name for component, _ in places.inputs)],
            ["weight", *blank[1:], *(one.weight for _, one in places.inputs)],
            [],
            ["component", "weight in the total"],
            *([name, of.weights[name]] for name in COMPONENTS),
        ]
    )
    yield SHEET_END


def _about(of: Header, row: ExportRow) -> Iterator[bytes]:
    yield sheet_head(["what", "value"], [24.0, 80.0])
    yield plain_rows(
        [
            ["project", of.project_id],
            ["ranking", str(of.run_id)],
            ["ranked at", of.generated_at.isoformat()],
            ["as of", of.as_of.isoformat()],
            ["profile", of.profile_key],
            ["profile sha256", of.profile_sha256],
            ["formula version", of.scoring_version],
            ["asked for", row.query],
            ["targets", float(row.targets)],
            ["taken by", row.actor],
            ["taken at", row.at.isoformat()],
            ["scores", "Of formulas: a changed weight or utility changes them. Class and rank stay as ranked."],
        ]
    )
    yield SHEET_END


def _of_file(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while part := file.read(_PIECE):
        yield part
