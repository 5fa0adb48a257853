"""Records as lines of a file: whole, each once whatever happens, and nothing dropped without a word."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, Field

from connectors.delivery import DeadLetter, Wake
from connectors.errors import FileFaults
from connectors.replay.sink import CallSink, NdjsonPart, NdjsonSink, to_line


class Record(BaseModel):
    value: float = 0.0
    name: str = "W-1"
    detected_at: str | None = Field(None)
    emitted_at: str | None = Field(None)


ONE, TWO, THREE = (Record(value=float(number)) for number in (1, 2, 3))


@contextmanager
def opened(path: Path, resume: int | None = None, told: list[Any] | None = None) -> Iterator[NdjsonPart]:
    sink = NdjsonSink({"0000": path}, lambda key: key, None if told is None else told.append)
    part = sink.build_part("alerts", "0000", resume)
    try:
        yield part
    finally:
        part.close()


def values(path: Path) -> list[float]:
    return [json.loads(line)["value"] for line in path.read_bytes().splitlines()]


def test_that_each_record_is_a_line_in_the_file_as_soon_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "alerts.ndjson"
    with opened(path) as part:
        assert path.read_bytes() == b""
        part.write_batch([ONE, TWO])
        assert path.read_bytes() == b'{"value":1.0,"name":"W-1"}\n{"value":2.0,"name":"W-1"}\n'
        part.write_batch([THREE])
    assert values(path) == [1.0, 2.0, 3.0]


def test_that_a_new_run_begins_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "alerts.ndjson"
    path.write_bytes(b"of an earlier run\n")
    with opened(path):
        assert path.read_bytes() == b""


def test_that_what_a_dead_run_wrote_after_its_snapshot_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "alerts.ndjson"
    with opened(path) as dead:
        dead.write_batch([ONE])
        size = dead.snapshot()
        assert size == path.stat().st_size
        dead.write_batch([TWO, THREE])
    with opened(path, size) as resumed:
        assert values(path) == [1.0]
        resumed.write_batch([TWO, THREE])
        assert values(path) == [1.0, 2.0, 3.0]
        assert resumed.snapshot() == path.stat().st_size


def test_that_half_a_line_left_by_a_crash_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "alerts.ndjson"
    with opened(path) as dead:
        dead.write_batch([ONE])
        size = dead.snapshot()
    with path.open("ab") as file:
        file.write(b'{"value":2.0,"na')
    with opened(path, size) as resumed:
        resumed.write_batch([TWO])
    assert values(path) == [1.0, 2.0]


@pytest.mark.parametrize("left", [None, b"", b'{"value":1.0'])
def test_that_a_file_cut_or_lost_since_the_snapshot_is_refused_and_left_as_it_is(
    tmp_path: Path, left: bytes | None
) -> None:
    path = tmp_path / "alerts.ndjson"
    if left is not None:
        path.write_bytes(left)
    must = "must still hold the 52 bytes that were written before the stop"
    with pytest.raises(FileFaults, match=must), opened(path, 52):
        pass
    assert path.read_bytes() == (left or b"")


def test_that_a_wake_is_no_line_and_is_not_told(tmp_path: Path) -> None:
    told: list[Any] = []
    with opened(tmp_path / "alerts.ndjson", told=told) as part:
        part.write_batch([Wake()])
        part.write_batch([Wake(), ONE, Wake()])
        part.write_batch([])
    assert values(tmp_path / "alerts.ndjson") == [1.0]
    assert told == [ONE]


class Full:
    """A file on a disk that has room for so many bytes more."""

    def __init__(self, file: Any, room: int) -> None:
        self._file, self._room = file, room

    def write(self, data: memoryview) -> int:
        if not self._room:
            raise OSError(28, "No space left on device")
        taken = data[: self._room]
        self._room -= len(taken)
        written: int = self._file.write(taken)
        return written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def test_that_a_full_disk_stops_the_run_with_the_name_of_the_file_and_no_half_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "alerts.ndjson"
    with opened(path) as part:
        part.write_batch([ONE])
        monkeypatch.setattr(part, "_file", Full(part._file, 10))
        with pytest.raises(OSError, match="No space left") as raised:
            part.write_batch([TWO])
    assert raised.value.filename == str(path)
    assert values(path) == [1.0]


def test_that_a_pipe_gets_the_lines_only(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with opened(path, 1000) as part:
        part.write_batch([ONE])
        part.snapshot()
    assert os.read(reader, 1000) == b'{"value":1.0,"name":"W-1"}\n'
    os.close(reader)


def test_that_a_record_goes_to_the_part_of_its_key(tmp_path: Path) -> None:
    sink = NdjsonSink({name: tmp_path / name for name in ("0002", "0000", "0001")}, lambda key: key.partition(".")[0])
    assert sink.list_parts() == ["0000", "0001", "0002"]
    assert [sink.part_fn(key) for key in ("0002.5", "0000.1", "0001.9")] == [2, 0, 1]


def test_that_a_line_is_one_line_in_utf_8_without_the_times_of_a_live_run() -> None:
    record = Record(name="Åsgard \u2028 \n", detected_at="now", emitted_at="now")
    assert to_line(record) == '{"value":0.0,"name":"Åsgard \u2028 \\n"}\n'.encode()


def test_that_a_dead_letter_keeps_what_can_be_shown_of_its_bytes() -> None:
    letter = DeadLetter("topic/3", 7, "must be a scan", 1, b'\xff"\n')
    assert json.loads(to_line(letter)) == {
        "origin": "topic/3",
        "line": 7,
        "reason": "must be a scan",
        "count": 1,
        "raw": '\ufffd"\n',
    }
    assert to_line(letter).count(b"\n") == 1


def test_that_a_call_gets_every_record_but_wakes() -> None:
    told: list[Any] = []
    part = CallSink(told.append).build("summaries", 0, 1)
    part.write_batch([("key", ONE), ("key", Wake()), ("other", TWO)])
    assert told == [ONE, TWO]
