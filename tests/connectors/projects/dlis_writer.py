"""The smallest DLIS (RP66 V1) there is: one frame of single channels, as dlisio can only read."""

from __future__ import annotations

import struct
from collections.abc import Sequence

_ASCII, _IDENT, _UVARI, _OBNAME, _USHORT, _UNITS, _FDOUBL = 20, 19, 18, 23, 15, 27, 7

# A value; several with their count; or none.
Value = bytes | tuple[int, bytes] | None
# Its name, the number that tells it from others of that name, and its values in the order of the template.
Object = tuple[str, int, Sequence[Value]]


def dlis(frames: Sequence[tuple[str, str | None, Sequence[tuple[str, str]], Sequence[Sequence[float]]]]) -> bytes:
    """Return a file of frames: name, index type or None, channels with units, and rows of numbers."""
    header = [_ascii(f"{1:>10}"), _ascii(f"{'x':<65}")]
    records = [
        _eflr(0, "FILE-HEADER", {"SEQUENCE-NUMBER": _ASCII, "ID": _ASCII}, [("0", 0, header)]),
        _eflr(1, "ORIGIN", {"FILE-ID": _ASCII, "FILE-SET-NUMBER": _UVARI}, [("O", 0, [_ascii("x"), b"\x01"])]),
    ]
    template = {"UNITS": _UNITS, "REPRESENTATION-CODE": _USHORT, "DIMENSION": _UVARI, "ELEMENT-LIMIT": _UVARI}
    channels = [
        (name, number, [_ident(unit), bytes([_FDOUBL]), b"\x01", b"\x01"])
        for number, (_, _, channels_of, _) in enumerate(frames)
        for name, unit in channels_of
    ]
    records.append(_eflr(3, "CHANNEL", template, channels))
    objects: list[Object] = []
    for number, (name, kind, channels_of, _) in enumerate(frames):
        names = b"".join(_obname(channel, number) for channel, _ in channels_of)
        objects.append((name, 0, [(len(channels_of), names), _ident(kind) if kind else None]))
    records.append(_eflr(4, "FRAME", {"CHANNELS": _OBNAME, "INDEX-TYPE": _IDENT}, objects))
    for name, _, _, rows in frames:
        for number, row in enumerate(rows, 1):
            body = _obname(name) + bytes([number]) + b"".join(struct.pack(">d", value) for value in row)
            records.append(_segment(0x00, 0, body))
    label = f"{1:>4}V1.00RECORD{8192:05}{'test':<60}".encode()
    return label + b"".join(struct.pack(">HBB", len(record) + 4, 0xFF, 1) + record for record in records)


def _eflr(kind: int, name: str, template: dict[str, int], objects: Sequence[Object]) -> bytes:
    body = b"\xf0" + _ident(name)
    body += b"".join(b"\x34" + _ident(label) + bytes([code]) for label, code in template.items())
    for object_name, copy, values in objects:
        body += b"\x70" + _obname(object_name, copy)
        for value in values:
            if value is None:
                body += b"\x00"
            elif isinstance(value, tuple):
                body += b"\x29" + bytes([value[0]]) + value[1]
            else:
                body += b"\x21" + value
    return _segment(0x80, kind, body)


def _segment(attributes: int, kind: int, body: bytes) -> bytes:
    padding = max(12 - len(body), 0)
    padding += (len(body) + padding) % 2
    if padding:
        attributes |= 0x01
        body += bytes(padding - 1) + bytes([padding])
    return struct.pack(">HBB", len(body) + 4, attributes, kind) + body


def _ident(text: str) -> bytes:
    return bytes([len(text)]) + text.encode()


def _ascii(text: str) -> bytes:
    return bytes([len(text)]) + text.encode()


def _obname(name: str, copy: int = 0) -> bytes:
    return b"\x01" + bytes([copy]) + _ident(name)
