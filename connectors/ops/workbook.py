"""An xlsx as a stream: sheets of any length, and memory that stays flat. Cells are made by Polars, many at once."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import escape

import polars as pl

from connectors.ops.formulas import risky

_LONGEST_CELL: Final = 32_767
# What XML cannot hold.
_NO_XML: Final = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\ufffe\uffff]"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# Styles by number: 0 plain, 1 bold, 2 a text that Excel is to leave one, 3 and on the formats below.
PLAIN: Final = 0
_FORMATS: Final = ("0.000", "0.0", "#,##0", "yyyy\\-mm\\-dd hh:mm")
RATIO, TENTHS, WHOLE, TIME = range(3, 3 + len(_FORMATS))
# Those that one makes oneself begin here.
_FIRST_FORMAT: Final = 164
_STYLES: Final = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="{len(_FORMATS)}">'
    + "".join(f'<numFmt numFmtId="{number}" formatCode="{of}"/>' for number, of in enumerate(_FORMATS, _FIRST_FORMAT))
    + '</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill'
    ' patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border>'
    '<left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    f'<cellXfs count="{3 + len(_FORMATS)}"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/>'
    '<xf xfId="0" quotePrefix="1"/>'
    + "".join(
        f'<xf xfId="0" numFmtId="{number}" applyNumberFormat="1"/>'
        for number in range(_FIRST_FORMAT, _FIRST_FORMAT + len(_FORMATS))
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
# Excel counts days from here, as if 1900 had been a leap year.
_EPOCH: Final = datetime(1899, 12, 30, tzinfo=UTC)
_DAY_US: Final = 86_400_000_000
Cell = str | float | None


class Stream:
    """What a zip file is written to: bytes come out as they are made, nothing is kept."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._place = 0

    def write(self, data: bytes) -> int:
        """Take bytes."""
        self._parts.append(bytes(data))
        self._place += len(data)
        return len(data)

    def tell(self) -> int:
        """Return how many were taken."""
        return self._place

    def flush(self) -> None:
        """Do nothing: nothing is held back."""

    def close(self) -> None:
        """Do nothing: what is left can still be taken."""

    @property
    def closed(self) -> bool:
        """Return that more may come."""
        return False

    def seekable(self) -> bool:
        """Return that nobody can go back."""
        return False

    def taken(self) -> bytes:
        """Return what was taken since the last time."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def column_letters(number: int) -> str:
    """Return the letters of a column, the first of which is 0."""
    letters = ""
    number += 1
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def number_cell(value: pl.Expr, style: int = PLAIN) -> pl.Expr:
    """Return cells of numbers; empty for null."""
    return pl.concat_str(pl.lit(f"<c{_styled(style)}><v>"), value.cast(pl.String), pl.lit("</v></c>")).fill_null("<c/>")


def truth_cell(value: pl.Expr) -> pl.Expr:
    """Return cells that are TRUE or FALSE; empty for null."""
    return pl.concat_str(pl.lit('<c t="b"><v>'), value.cast(pl.Int8).cast(pl.String), pl.lit("</v></c>")).fill_null(
        "<c/>"
    )


def time_cell(value: pl.Expr) -> pl.Expr:
    """Return cells of times, which have a zone, in UTC; empty for null."""
    return number_cell((value - pl.lit(_EPOCH)).dt.total_microseconds() / _DAY_US, TIME)


def text_cell(value: pl.Expr) -> pl.Expr:
    """Return cells of texts, which no program takes for formulas; empty for null."""
    whole = value.str.slice(0, _LONGEST_CELL).str.replace_all(_NO_XML, "\ufffd")
    escaped = whole
    for character, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
        escaped = escaped.str.replace_all(character, written, literal=True)
    style = pl.when(risky(value)).then(pl.lit(' s="2"')).otherwise(pl.lit(""))
    opened = pl.concat_str(pl.lit('<c t="inlineStr"'), style, pl.lit('><is><t xml:space="preserve">'))
    return pl.concat_str(opened, escaped, pl.lit("</t></is></c>")).fill_null("<c/>")


def formula_cell(formula: pl.Expr, value: pl.Expr) -> pl.Expr:
    """Return cells of formulas (plain ASCII without `&`, `<` or `>`), each with the value that it comes to now.

    They are ratios.
    """
    said = value.fill_null(0.0).cast(pl.String)
    return pl.concat_str(pl.lit(f"<c{_styled(RATIO)}><f>"), formula, pl.lit("</f><v>"), said, pl.lit("</v></c>"))


def sheet_rows(frame: pl.DataFrame, cells: Sequence[pl.Expr]) -> bytes:
    """Return the rows of a sheet with these cells, one row for each of the frame."""
    if frame.is_empty():
        return b""
    made = frame.select(pl.concat_str(pl.lit("<row>"), *cells, pl.lit("</row>")))
    return "".join(made.to_series().to_list()).encode()


def sheet_head(titles: Sequence[str], widths: Sequence[float]) -> bytes:
    """Return how a sheet begins: its first row in bold, and staying in view."""
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(widths, 1)
    )
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData><row>{''.join(map(_bold, titles))}</row>"
    ).encode()


SHEET_END: Final = b"</sheetData></worksheet>"


def filtered_end(columns: int, rows: int) -> bytes:
    """Return how a sheet ends whose rows can be filtered by what stands under each title; `rows` without these."""
    across = f"A1:{column_letters(columns - 1)}{rows + 1}"
    return f'</sheetData><autoFilter ref="{across}"/></worksheet>'.encode()


def plain_rows(rows: Sequence[Sequence[Cell]]) -> bytes:
    """Return a few rows of texts and numbers."""
    return "".join(f"<row>{''.join(map(_plain, row))}</row>" for row in rows).encode()


def write_frame(archive: zipfile.ZipFile, names: Sequence[str]) -> None:
    """Write all of a workbook but its sheets, which are `xl/worksheets/sheet1.xml` and so on, with these names."""
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, names, strict=True)
    )
    archive.writestr(
        "xl/workbook.xml",
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets><calcPr fullCalcOnLoad="1"/>'
        "</workbook>",
    )
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    styles = f'<Relationship Id="rId{len(names) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    archive.writestr("xl/_rels/workbook.xml.rels", _relationships(links + styles))
    archive.writestr("xl/styles.xml", _STYLES)
    book = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    archive.writestr("_rels/.rels", _relationships(book))
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for number in numbers
    )
    archive.writestr(
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
        f' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml"'
        f' ContentType="application/xml"/><Override PartName="/xl/workbook.xml"'
        f' ContentType="{_TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml"'
        f' ContentType="{_TYPE}.styles+xml"/>{parts}</Types>',
    )


def write_sheet(archive: zipfile.ZipFile, number: int, parts: Iterator[bytes], stream: Stream) -> Iterator[bytes]:
    """Write a sheet of these parts; yield what has come out, as it does."""
    with archive.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as sheet:
        for part in parts:
            sheet.write(part)
            if out := stream.taken():
                yield out


def _relationships(inside: str) -> str:
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def _styled(style: int) -> str:
    return f' s="{style}"' if style else ""


def _bold(text: str) -> str:
    return f'<c t="inlineStr" s="1"><is><t>{escape(text)}</t></is></c>'


def _plain(cell: Cell) -> str:
    if cell is None:
        return "<c/>"
    if isinstance(cell, str):
        made = pl.select(text_cell(pl.lit(cell))).item()
        assert isinstance(made, str)
        return made
    return f"<c><v>{cell!r}</v></c>"
