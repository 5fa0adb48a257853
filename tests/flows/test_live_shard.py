"""What a shard does live and not in a dry run: places, dead letters, control records, what a restart needs."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from connectors.delivery import DeadLetter, Delivery, Located, Wake
from flows.shard import Shard
from flows.summary import Record, Status
from rules.conditions import Conditions
from rules.rule_set import Constraint, RuleSet, Tag
from schemas.alert import Alert
from tests.flows.live import NOW, RULES, START, WELL, scan

HOMES = {WELL: 0, "elsewhere": 5}


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def shard(saved: bytes | None = None, clock: Watch | None = None, shown: int = 0) -> Shard:
    return Shard(saved, lambda _shard, _versions: Conditions([RULES]), False, clock or Watch(), HOMES.get, shown)


def delivery(messages: list[bytes], position: int = 0, kind: str = "json", **more: object) -> Delivery:
    arrivals = START + (position + np.arange(len(messages), dtype=np.int64)) * 1_000_000
    return Delivery(
        0, kind, messages, arrivals, position, position + len(messages), "well.samples.v1/0", **more  # type: ignore[arg-type]
    )  # fmt: skip


def of_kind(records: list[Record], kind: type) -> list[Record]:
    return [record for record in records if isinstance(record, kind)]


def test_that_a_violation_says_which_message_opened_and_which_closed_it() -> None:
    judged = shard()
    first = list(judged.on_batch([delivery([scan(100, at) for at in range(80)])])[0])
    assert of_kind(first, Located) == []
    rest = list(judged.on_batch([delivery([scan(121, 80), scan(122, 81), scan(100, 82)], 80)])[0])
    opened, closed = (record for record in rest if isinstance(record, Located))
    assert [(found.samples_from, found.samples_at) for found in (opened, closed)] == [(20, 80), (22, 82)]
    assert (opened.topic, opened.partition) == ("well.samples.v1", 0)


def test_that_live_records_say_when_they_were_found() -> None:
    records = list(shard().on_batch([delivery([scan(100, 0), scan(121, 1)])])[0])
    assert [record.detected_at for record in records if isinstance(record, Alert)] == [NOW]


@pytest.mark.parametrize("kind", ["json", "arrow"])
def test_that_wells_of_another_shard_are_dead_letters_and_wells_of_nobody_are_not(kind: str) -> None:
    wells = [WELL, "elsewhere", "of nobody"]
    messages = [scan(121, 1).replace(WELL.encode(), well.encode()) for well in wells]
    if kind == "arrow":
        messages = [stream(well) for well in wells]
    records = list(shard().on_batch([delivery(messages, 7, kind)])[0])
    (letter,) = (record for record in records if isinstance(record, DeadLetter))
    assert "must come by partition 5" in letter.reason
    assert (letter.offset, letter.line, letter.arrived) == (8, None, START + 8_000_000)
    assert len(of_kind(records, Alert)) == 1


def stream(well: str) -> bytes:
    return streams([well])


def streams(wells: list[str]) -> bytes:
    """Return an Arrow stream with a reading of a tag of its own for each of `wells`; the first is of the pump."""
    rows = len(wells)
    columns = {
        "well_id": wells,
        "tag": ["pump_rate", *(f"tag-{number}" for number in range(1, rows))],
        "unit": ["spm"] * rows,
    }
    batch = pa.RecordBatch.from_pydict(
        {name: pa.array(values).dictionary_encode() for name, values in columns.items()}
        | {
            "time": pa.array([START + 1_000_000] * rows, pa.timestamp("us", "UTC")),
            "value": pa.array([121.0] * rows),
            "quality": pa.array([None] * rows, pa.string()).dictionary_encode(),
        }
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())


def test_that_a_reason_that_quotes_a_whole_message_is_cut() -> None:
    scan_of = b'{"well_id":"15/9-F-7 A","time":"%s","values":{"pump_rate":1}}' % (b"x" * 500_000)
    (letter,) = shard().on_batch([delivery([scan_of])])[0]
    assert isinstance(letter, DeadLetter)
    assert len(letter.reason) < 3000
    assert letter.raw == scan_of


def test_that_one_message_has_one_letter_for_each_reason() -> None:
    (letter,) = of_kind(list(shard().on_batch([delivery([streams(["elsewhere"] * 3)], 7, "arrow")])[0]), DeadLetter)
    assert isinstance(letter, DeadLetter)
    assert letter.count == 3


def test_that_messages_that_were_deleted_unread_are_one_dead_letter_with_their_number() -> None:
    judged = shard()
    list(judged.on_batch([delivery([scan(100, 0)])])[0])
    lost = Delivery(0, "lost", [], None, 1, 41, "well.samples.v1/0")
    (letter,) = judged.on_batch([lost])[0]
    assert isinstance(letter, DeadLetter)
    assert (letter.count, letter.offset) == (40, 1)
    records = list(judged.on_batch([delivery([scan(121, 41)], 41)])[0])
    transitions = [record.transition for record in records if isinstance(record, Alert)]
    assert transitions == ["monitoring_lost", "monitoring_restored", "raised"]


@pytest.mark.parametrize(
    "raw, reason",
    [
        (b"{", "control"),
        (b'{"kind":"dance","well_id":"W"}', "kind"),
        (b'{"kind":"activate","\\ud800x":1}', "control"),
    ],
)
def test_that_a_control_record_that_is_none_is_a_dead_letter(raw: bytes, reason: str) -> None:
    (letter,) = shard().on_batch([delivery([raw], 3, "control")])[0]
    assert isinstance(letter, DeadLetter)
    assert reason in letter.reason
    assert letter.offset == 3


def test_that_a_wake_reaches_the_sinks_and_brings_the_status() -> None:
    judged = shard(shown=10)
    list(judged.on_batch([delivery([scan(100, 0), scan(121, 1), b"x"])])[0])
    records = list(judged.on_batch([delivery([], 3, wake=True)])[0])
    assert [type(record) for record in records] == [Wake, Status]
    status = records[1]
    assert isinstance(status, Status)
    assert (status.position, status.samples, status.judged, status.breaching) == (3, 2, 2, 1)
    assert (status.levels, status.views) == ((0, 0, 1), (1, 0, 0))
    assert status.last_judged == START + 1_000_000
    assert [(state.constraint_id, state.level, state.view) for state in status.conditions] == [
        ("pump-rate", "red", "live")
    ]
    assert status.versions == {WELL: 1}


def test_that_a_shard_goes_on_from_what_it_saved() -> None:
    before = shard()
    list(before.on_batch([delivery([scan(100, 0), scan(121, 1)])])[0])
    after = shard(before.snapshot())
    records = list(after.on_batch([delivery([scan(122, 2), scan(100, 3)], 2)])[0])
    closed = [record for record in records if isinstance(record, Located)]
    assert [(found.samples_from, found.samples_at, found.violation.peak_value) for found in closed] == [(0, 3, 122.0)]
    assert [record.transition for record in records if isinstance(record, Alert)] == ["cleared"]


def test_that_what_never_came_is_announced_once_for_all_restarts() -> None:
    clock = Watch()
    first = shard(clock=clock)
    list(first.on_batch([delivery([], caught_up=True, wake=True)])[0])
    saved = first.snapshot()
    clock.now += timedelta(seconds=6)
    (lost,) = of_kind(list(first.on_notify()[0]), Alert)
    assert isinstance(lost, Alert)
    assert lost.time == NOW + timedelta(seconds=5)
    # It dies before it has saved that: the next, from an older snapshot, says the same of the same time.
    again = shard(saved, clock)
    clock.now += timedelta(seconds=30)
    list(again.on_batch([delivery([], caught_up=True, wake=True)])[0])
    (lost_again,) = of_kind(list(again.on_notify()[0]), Alert)
    assert isinstance(lost_again, Alert)
    assert lost_again.alert_id == lost.alert_id


def test_that_it_has_settled_once_timers_have_looked_after_the_end_was_reached() -> None:
    judged = shard()
    list(judged.on_batch([delivery([scan(100, 0)])])[0])
    assert judged.notify_at() is None
    list(judged.on_batch([delivery([], 1, caught_up=True)])[0])
    settled = [record for _ in range(6) for record in judged.on_notify()[0] if isinstance(record, Wake)]
    assert settled == [Wake(settled=True)]


def test_that_offsets_that_do_not_meet_are_an_alarm(caplog: pytest.LogCaptureFixture) -> None:
    judged = shard()
    list(judged.on_batch([delivery([scan(100, 0)])])[0])
    list(judged.on_batch([delivery([scan(100, 1)], 5)])[0])
    assert "position_mismatch shard=0 source_at=5 state_at=1" in caplog.text


def test_that_silence_of_all_is_told_in_parts_and_of_each_once() -> None:
    many = RuleSet(
        "W",
        1,
        tuple(Tag(f"tag-{number}", "spm") for number in range(10_000)),
        tuple(Constraint(f"c-{number}", f"tag-{number}", "spm", high=1.0) for number in range(10_000)),
    )
    clock = Watch()
    judged = Shard(None, lambda _shard, _versions: Conditions([many]), False, clock)
    list(judged.on_batch([delivery([], caught_up=True, wake=True)])[0])
    clock.now += timedelta(seconds=6)
    parts = []
    while len(found := of_kind(list(judged.on_notify()[0]), Alert)):
        assert judged.notify_at() is not None
        parts.append(found)
    assert len(parts) > 1
    lost = [alert.alert_id for part in parts for alert in part if isinstance(alert, Alert)]
    assert len(set(lost)) == len(lost) == 10_000


def test_that_a_clock_that_is_set_back_does_not_put_the_next_check_off() -> None:
    clock = Watch()
    judged = shard(clock=clock)
    judged.on_batch([delivery([scan(100, 0)], caught_up=True)])
    first = judged.notify_at()
    assert first == NOW + timedelta(milliseconds=500)
    clock.now = NOW - timedelta(hours=1)
    judged.on_batch([delivery([], 1, wake=True, caught_up=True)])
    assert judged.notify_at() == clock.now + timedelta(milliseconds=500)
    clock.now += timedelta(milliseconds=300)
    judged.on_batch([delivery([], 1, wake=True, caught_up=True)])
    assert judged.notify_at() == clock.now + timedelta(milliseconds=200), "nor do deliveries"
