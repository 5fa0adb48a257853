"""The Data of WITSML 2.0: one JSON array of rows, too long to be held whole."""

from __future__ import annotations

import json
from typing import Any, Final

_LONGEST_ROW: Final = 1 << 22


class JsonRows:
    """The rows of a JSON array that comes in pieces. Numbers stay text, so that they are read as all others are.

    begun: there was more than blanks. fault: the line and what was found, where it is no array of rows.
    """

    def __init__(self, line: int) -> None:
        self.begun = False
        self.fault: tuple[int, str] | None = None
        self._line = line
        self._text = ""
        self._at_row = True
        self._ended = False
        self._try_at = 0
        self._rows: list[tuple[int, Any]] = []
        self._decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)

    def feed(self, text: str) -> None:
        """Take the next piece."""
        self._text += text
        if not self.begun:
            rest = self._text.lstrip()
            if not rest:
                return
            self._skip(len(self._text) - len(rest))
            self.begun = True
            if rest[0] != "[":
                self.fault = (self._line, repr(rest[:40]))
            self._skip(1)
        if len(self._text) >= self._try_at:
            self._decode()
            # A row that is not complete is tried again when twice as much is there: trying is not free.
            self._try_at = 2 * len(self._text)

    def take(self) -> list[tuple[int, Any]]:
        """Return the rows completed since last asked, each with its line."""
        rows, self._rows = self._rows, []
        return rows

    def end(self) -> None:
        """Say that nothing more comes."""
        if not self.begun:
            return
        self._decode()
        if self.fault is None and not self._ended:
            self.fault = (self._line, f"an end at {self._text[:40]!r}" if self._text else "no closing bracket")

    def _skip(self, number: int) -> None:
        self._line += self._text.count("\n", 0, number)
        self._text = self._text[number:]

    def _decode(self) -> None:
        text, at = self._text, 0
        while self.fault is None:
            while at < len(text) and text[at] in " \t\r\n":
                at += 1
            if at == len(text):
                break
            line = self._line + text.count("\n", 0, at)
            if self._ended:
                self.fault = (line, f"{text[at : at + 40]!r} after its end")
            elif text[at] == "]":
                self._ended = True
                at += 1
            elif text[at] == "," and not self._at_row:
                self._at_row = True
                at += 1
            elif text[at] != "[" or not self._at_row:
                self.fault = (line, repr(text[at : at + 40]))
            else:
                try:
                    row, at = self._decoder.raw_decode(text, at)
                except json.JSONDecodeError:  # not complete yet, or broken; the end tells
                    if len(text) - at > _LONGEST_ROW:
                        self.fault = (line, f"a row of more than {_LONGEST_ROW} characters")
                    break
                except RecursionError:
                    self.fault = (line, "arrays nested too deep to be a row")
                    break
                self._rows.append((line, row))
                self._at_row = False
        self._skip(at)
