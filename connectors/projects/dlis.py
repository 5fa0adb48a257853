"""DLIS (RP66 V1) to curves as they are, through dlisio: the frame with the most of our curves, on a depth index."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import Any, Final

import dlisio
import numpy as np
from dlisio.common import ErrorHandler

from connectors.errors import Fault, FileFaults
from connectors.projects.mnemonics import is_depth, matched
from connectors.projects.raw_log import RawCurve, RawLog

# What it warns of (units that no standard knows, parts that are missing) shows in the curves it gives, or is an error.
logging.getLogger("dlisio").setLevel(logging.CRITICAL)

_INDEX_TYPES: Final = ("BOREHOLE-DEPTH", "DEPTH", "VERTICAL-DEPTH")


def read_dlis(raw: bytes, where: str) -> RawLog:
    """Return the curves of a DLIS file. Of several frames the one with most of ours, then with most samples, is read.

    Raises:
        FileFaults: It is no DLIS file that can be read, or has no frame on a depth.
    """
    # dlisio reads from a path alone; the bytes are those whose sha256 is known.
    with tempfile.NamedTemporaryFile(suffix=".dlis") as file:
        Path(file.name).write_bytes(raw)
        try:
            return _read(file.name, where)
        except (OSError, RuntimeError, ValueError, EOFError) as error:
            found = str(error).strip().partition("\n")[0][:120]
            fault = Fault(where, None, "a .dlis must be a whole file of RP66 V1", found, "Export it again.")
            raise FileFaults([fault]) from error


def _read(path: str, where: str) -> RawLog:
    with dlisio.dlis.load(path, error_handler=ErrorHandler()) as files:
        frames = [frame for file in files for frame in file.frames if frame.channels and _is_on_depth(frame)]
        if not frames:
            must = "a .dlis must have a frame on a measured depth"
            raise FileFaults([Fault(where, None, must, "none", "Export the depth frame.")])
        ranked = sorted(frames, key=lambda frame: -len(matched([channel.name for channel in frame.channels])))
        frame = ranked[0]
        samples = frame.curves()
        curves = tuple(
            RawCurve(channel.name, str(channel.units or ""), np.asarray(samples[name], np.float64))
            for channel, name in zip(frame.channels, _names(samples), strict=True)
            if samples[name].ndim == 1 and samples[name].dtype.kind in "fiu"
        )
        told: tuple[str, ...] = ()
        if len(frames) > 1:
            others = ", ".join(sorted(other.name for other in ranked[1:]))
            must = "a .dlis must have one frame on a depth"
            told = (f"{where}: {must}; was {len(frames)}. Frame {frame.name} is read; not {others}.",)
        return RawLog(curves, told=told)


def _is_on_depth(frame: Any) -> bool:
    kind = str(frame.index_type or "").upper()
    return kind in _INDEX_TYPES[:2] or (kind not in _INDEX_TYPES and is_depth(str(frame.index)))


def _names(samples: Any) -> list[str]:
    """Return the columns of a frame's samples, without the number of the frame that comes first."""
    return [name for name in samples.dtype.names if name != "FRAMENO"]
