"""The connector to copy runs as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from connectors._template.config import LineSettings
from connectors._template.parse import Reading, Refused, to_reading
from connectors._template.source import LineSource

NOON = 1_767_268_800_000_000


@pytest.mark.parametrize(
    "line, reading",
    [
        (b"pump_rate 2026-01-01T12:00:00Z 0.0\n", Reading("pump_rate", NOON, 0.0)),
        (b"pump_rate 2026-01-01T12:00:00Z null\n", Reading("pump_rate", NOON, None)),
    ],
)
def test_that_a_line_is_a_reading(line: bytes, reading: Reading) -> None:
    assert to_reading(line) == reading


@pytest.mark.parametrize(
    "line", [b"pump_rate 12:00 50\n", b"pump_rate 2026-01-01T12:00:00Z fast\n", b"pump_rate\n", b"\xff"]
)
def test_that_a_bad_line_is_a_value_with_its_bytes_and_a_reason(line: bytes) -> None:
    refused = to_reading(line)
    assert isinstance(refused, Refused)
    assert refused.raw == line
    assert "must be" in refused.reason


def test_that_a_part_resumes_where_it_was_and_waits_for_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"a 2026-01-01T12:00:00Z 1\nb 2026-01-01T12:00:00Z 2\nc 2026")
    source = LineSource(LineSettings(path=path, batch_lines=1))
    part = source.build_part("lines", "lines", None)
    assert part.next_batch() == [Reading("a", NOON, 1.0)]
    state = part.snapshot()
    part.close()
    part = source.build_part("lines", "lines", state)
    assert part.next_batch() == [Reading("b", NOON, 2.0)]
    assert part.next_batch() == []
    with path.open("ab") as file:
        file.write(b"-01-01T12:00:00Z 3\n")
    assert part.next_batch() == [Reading("c", NOON, 3.0)]
    part.close()


def test_that_settings_are_checked_when_built() -> None:
    with pytest.raises(ValidationError):
        LineSettings(path=Path("lines"), poll_interval_s=0)
