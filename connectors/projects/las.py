"""LAS 1.2 and 2.0, plain, wrapped or gzipped, to curves as they are."""

from __future__ import annotations

import gzip
import io
import logging
import re
import zlib
from typing import Any, Final

import lasio
import numpy as np
from lasio.exceptions import LASDataError, LASHeaderError, LASUnknownUnitError

from connectors.errors import Fault, FileFaults
from connectors.projects.raw_log import Floats, RawCurve, RawLog

# What it warns of (units that disagree, lines that are odd) is found here, and told as a problem of the well.
logging.getLogger("lasio").setLevel(logging.CRITICAL)

_GZIP: Final = b"\x1f\x8b"
_WRAPPED: Final = re.compile(r"^\s*WRAP\s*\.\s*YES", re.MULTILINE | re.IGNORECASE)
_HEADER_CHARACTERS: Final = 4_000
# A unit of a tenth of an inch begins with the dot that divides mnemonic and unit: `DEPTH..1IN` is DEPTH in .1IN.
_TENTH: Final = re.compile(r"1 ?IN(CH)?", re.IGNORECASE)


def read_las(raw: bytes, where: str, encoding: str | None = None) -> RawLog:
    """Return the curves of a LAS file; its declared null is NaN.

    Args:
        raw: The whole file, gzipped or not.
        where: What to call it in faults.
        encoding: None: UTF-8, or else Latin-1, in which every file can be read.

    Raises:
        FileFaults: It is no LAS file that can be read.
    """
    text = _text(raw, where, encoding)
    is_wrapped = _WRAPPED.search(text[:_HEADER_CHARACTERS]) is not None
    try:
        # lasio words each curve for a debug line that nobody asked for, which takes three times as long as reading it.
        with np.printoptions(threshold=0, edgeitems=1):
            las = lasio.read(
                io.StringIO(text),
                # numpy's engine is the fast one, and cannot unwrap.
                engine="normal" if is_wrapped else "numpy",
                mnemonic_case="preserve",
                ignore_header_errors=True,
            )
    except (LASDataError, LASHeaderError, LASUnknownUnitError, ValueError, KeyError, IndexError, TypeError) as error:
        found = str(error).partition("\n")[0][:120] or type(error).__name__
        remedy = "Is it whole? Export it again as LAS 2.0."
        raise FileFaults(
            [Fault(where, _first_odd_line(text), "a log must be LAS 1.2 or 2.0", found, remedy)]
        ) from error
    curves = tuple(_curve(item) for item in las.curves)
    if not curves or not len(curves[0].values):
        remedy = "Is it whole? Export it again."
        raise FileFaults([Fault(where, None, "a log must have samples below ~A", "none", remedy)])
    start, stop = (_number(las, name) for name in ("STRT", "STOP"))
    return RawLog(curves, start, stop, _unit_of_span(las), _number(las, "NULL"))


def _text(raw: bytes, where: str, encoding: str | None) -> str:
    if raw.startswith(_GZIP):
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError, zlib.error) as error:
            fault = Fault(where, None, "a .gz must be whole", str(error), "Copy it again.")
            raise FileFaults([fault]) from error
    try:
        return raw.decode(encoding or "utf-8")
    except (UnicodeDecodeError, LookupError) as error:
        if encoding is not None:
            fault = Fault(
                where, None, f"a log must be in {encoding!r}, as project.toml says", str(error), "Correct it."
            )
            raise FileFaults([fault]) from error
        return raw.decode("latin-1")


def _curve(item: Any) -> RawCurve:
    mnemonic, unit = str(item.original_mnemonic), str(item.unit or "")
    if mnemonic.endswith(".") and _TENTH.fullmatch(unit):
        mnemonic, unit = mnemonic[:-1], f".{unit}"
    return RawCurve(mnemonic, unit, _floats(item.data))


def _floats(data: object) -> Floats:
    array = np.asarray(data)
    if array.dtype.kind == "f":
        return array.astype(np.float64, copy=False)
    # A column with words in it: those are no readings.
    return np.array([_float(cell) for cell in array], np.float64)


def _float(cell: object) -> float:
    try:
        return float(cell)  # type: ignore[arg-type]  # a cell that is no number raises
    except (TypeError, ValueError):
        return float("nan")


def _number(las: Any, name: str) -> float | None:
    if name not in las.well:
        return None
    value = _float(las.well[name].value)
    return value if np.isfinite(value) else None


def _unit_of_span(las: Any) -> str:
    units = [str(las.well[name].unit or "") for name in ("STRT", "STOP", "STEP") if name in las.well]
    return next((unit for unit in units if unit), "")


def _first_odd_line(text: str) -> int | None:
    """Return the first line of the samples that is not as wide as the one before, as where a file was cut."""
    wide, inside = None, False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().upper().startswith("~A"):
            inside = True
        elif inside and line.strip() and not line.lstrip().startswith("#"):
            cells = len(line.split())
            if wide is not None and cells != wide:
                return number
            wide = cells
    return None
