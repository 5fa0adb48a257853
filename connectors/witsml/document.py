"""The XML of a WITSML document as a stream of bodies of data and their rows. Memory stays flat: no tree is built."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final, cast

from lxml import etree

from connectors.errors import Fault
from connectors.witsml.header import Block, CurveInfo, LogInfo, block_of
from connectors.witsml.json_rows import JsonRows

# A line, or this much of one: a document is often a single line.
_PIECE_BYTES: Final = 1 << 16


class Row:
    """One row of data: its number among the file's data rows and its line, both from 1.

    1.x: cells is the text of the row, index None. 2.0: index is text, and cells the list of values: text, null, true or
    false, or a list of a value and its point metadata; cells is None if the row is none.
    """

    __slots__ = ("cells", "index", "line", "number")

    def __init__(self, number: int, line: int, index: str | None, cells: Any) -> None:
        self.number = number
        self.line = line
        self.index = index
        self.cells = cells


class DocumentFault(Exception):
    """The document ends, or cannot be read on, here."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def events(stream: BinaryIO, where: str) -> Iterator[Block | Row]:
    """Yield each body of data, followed by its rows as text, in the order of the document.

    Namespaces and prefixes are passed over, and so is any element we do not know. Nothing is validated against a
    schema, no entity is expanded, nothing is fetched; a document type declaration, of which WITSML has none, is a
    fault.

    Raises:
        DocumentFault: The text is no XML, or not to its end. What came before has been yielded.
    """
    target = _Target(where)
    parser = etree.XMLParser(
        target=cast(Any, target),  # the stubs ask for more than lxml does
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        while piece := stream.readline(_PIECE_BYTES):
            parser.feed(piece)
            yield from target.ready()
            if piece.endswith(b"\n"):
                target.line += 1
        parser.close()
        yield from target.ready()
    except etree.XMLSyntaxError as error:
        yield from target.ready()
        must, remedy = "a WITSML file must be XML to its end", "What follows is not read; was it cut off?"
        found = str(error.msg).partition(", line ")[0].strip()
        raise DocumentFault(Fault(where, error.position[0], must, found, remedy)) from None


class _Target:
    """Takes the parser's calls, keeps where it stands, hands out what is complete."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.line = 1
        self._ready: list[Block | Row] = []
        self._fault: Fault | None = None
        self._path: list[str] = []
        self._text: list[str] | None = None
        self._attributes: Mapping[str, str] = {}
        self._log_uid: tuple[str, ...] = ()
        self._well_20: str | None = None
        self._info: LogInfo | None = None
        self._curve: CurveInfo | None = None
        self._data_line = 1
        self._opened = False
        self._blocks = 0
        self._rows = 0
        self._json: JsonRows | None = None

    def ready(self) -> Iterator[Block | Row]:
        """Yield what was completed since last asked.

        Raises:
            DocumentFault: Nothing more of the document is to be read.
        """
        yield from self._ready
        self._ready.clear()
        if self._fault is not None:
            raise DocumentFault(self._fault)

    # What lxml calls.

    def doctype(self, name: str, _public: str | None, _system: str | None) -> None:
        remedy = "Nothing of it is read; WITSML has none, and one can hide an attack."
        must = "a WITSML file must have no document type declaration"
        self._fault = self._fault or Fault(self.where, self.line, must, f"<!DOCTYPE {name}>", remedy)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition("}")[2]
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        self._attributes = attributes
        self._text = [] if (parent, name) in _TEXTS else None
        if name == "log":
            uid = tuple(attributes.get(key, "") for key in ("uidWell", "uidWellbore", "uid"))
            self._info, self._opened, self._data_line = LogInfo(uid), False, self.line
        elif name == "Log":
            self._log_uid = (attributes.get("uuid", ""),)
            self._well_20 = None
        elif name == "ChannelSet":
            uid = (*self._log_uid, attributes.get("uuid", ""))
            self._info, self._opened, self._data_line = LogInfo(uid, well=self._well_20, json=True), False, self.line
        elif name in {"logCurveInfo", "Channel"} and parent in {"log", "ChannelSet"}:
            self._curve = CurveInfo()
        elif name == "logData" and self._info is not None:
            self._data_line, self._opened = self.line, False
            self._info.mnemonics = self._info.units = None
        elif name == "Data" and self._info is not None and "ChannelSet" in self._path:
            self._text = []
            self._data_line = self.line
            self._json = JsonRows(self.line)

    def data(self, text: str) -> None:
        if self._text is None:
            return
        if self._path[-1] == "Data" and self._json is not None and self._info is not None:
            self._json.feed(text)
            if self._json.begun:
                self._open()
                self._take_json()
        else:
            self._text.append(text)

    def end(self, tag: str) -> None:
        name = self._path.pop()
        parent = self._path[-1] if self._path else ""
        text = "".join(self._text).strip() if self._text else ""
        raw, self._text = self._text, None
        info = self._info
        if info is None:
            self._before_a_log(parent, name, text)
        elif (parent, name) == ("logData", "data"):
            self._open()
            self._rows += 1
            self._ready.append(Row(self._rows, self.line, None, "".join(raw or ())))
        elif name == "logData":
            self._open()
        elif name == "Data" and self._json is not None:
            self._end_json()
        elif name in {"log", "ChannelSet"}:
            self._open()
            self._info = None
        elif name in {"logCurveInfo", "Channel"} and self._curve is not None:
            info.curves.append(self._curve)
            self._curve = None
        elif (parent, name) in _TEXTS:
            self._describe(info, parent, name, text)

    def close(self) -> None:
        """Is called when the document is complete; nothing is left to do."""

    # What the elements mean.

    def _before_a_log(self, parent: str, name: str, text: str) -> None:
        if (parent, name) == ("Wellbore", "Title"):
            self._well_20 = text

    def _describe(self, info: LogInfo, parent: str, name: str, text: str) -> None:
        if self._curve is not None:
            _describe_curve(self._curve, parent, name, text)
        elif parent == "logData":
            parts = [part.strip() for part in text.split(info.delimiter)]
            if name == "mnemonicList":
                info.mnemonics = parts
            else:
                info.units = parts
        elif parent == "Index":
            # The first index is the primary one; further ones only repeat each row's place by other measures.
            if name == "IndexType":
                info.index_type = info.index_type or text
            elif name == "Direction":
                info.direction = info.direction or text
        elif parent in {"Citation", "Wellbore"}:
            if parent == "Wellbore":
                info.well = text
            elif self._path[-2:-1] == ["ChannelSet"]:
                info.name = text
        elif name == "indexCurve":
            info.index_curve = text
            column = self._attributes.get("columnIndex", "")
            info.index_column = int(column) if column.isdecimal() else None
        else:
            setattr(info, _LOG_TEXTS[name], text)

    def _open(self) -> None:
        """Hand out the body of data that begins, once."""
        if not self._opened and self._info is not None:
            self._opened = True
            self._ready.append(block_of(self._info, self.where, self._blocks, self._data_line))
            self._blocks += 1

    def _take_json(self) -> None:
        assert self._json is not None
        for line, row in self._json.take():
            self._rows += 1
            self._ready.append(_json_row(self._rows, line, row))
        if self._json.fault is not None and self._fault is None:
            line, found = self._json.fault
            must = "Data must be a JSON array of rows [[index], [values]]"
            self._fault = Fault(self.where, line, must, found, "What follows is not read; ask the source.")

    def _end_json(self) -> None:
        assert self._json is not None
        self._json.end()
        if self._json.begun:
            self._open()
            self._take_json()
        self._json = None


# The elements whose text we want, by parent; all others are passed over.
_LOG_TEXTS: Final = {
    "nameWell": "well",
    "name": "name",
    "indexType": "index_type",
    "direction": "direction",
    "nullValue": "null",
    "NullValue": "null",
    "dataDelimiter": "delimiter",
}
_TEXTS: Final = (
    {("log", name) for name in _LOG_TEXTS}
    | {("log", "indexCurve"), ("logData", "mnemonicList"), ("logData", "unitList"), ("logData", "data")}
    | {("logCurveInfo", name) for name in ("mnemonic", "unit", "nullValue", "typeLogData", "columnIndex")}
    | {("Channel", name) for name in ("Mnemonic", "Uom", "DataType", "NullValue")}
    | {("PointMetadata", "Name"), ("Index", "IndexType"), ("Index", "Direction"), ("ChannelSet", "NullValue")}
    | {("Citation", "Title"), ("Wellbore", "Title")}
)


def _describe_curve(curve: CurveInfo, parent: str, name: str, text: str) -> None:
    if parent == "PointMetadata":
        curve.point_metadata.append(text)
    elif parent not in {"logCurveInfo", "Channel"}:
        return
    elif name in {"mnemonic", "Mnemonic"}:
        curve.mnemonic = text
    elif name in {"unit", "Uom"}:
        curve.unit = text
    elif name in {"typeLogData", "DataType"}:
        curve.type = text
    elif name == "columnIndex":
        curve.column = int(text) if text.isdecimal() else None
    else:
        curve.null = text


def _json_row(number: int, line: int, row: Any) -> Row:
    """Return a row of 2.0; cells is None where it is not a pair of index and values."""
    if not (isinstance(row, list) and len(row) == 2 and isinstance(row[0], list) and isinstance(row[1], list)):
        return Row(number, line, None, None)
    index = row[0][0] if row[0] else None
    return Row(number, line, index if isinstance(index, str) else json.dumps(index), row[1])
