"""Which messages are events, and why the others are not; each in a sentence, with nothing lost."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connectors.postgres.chain import Entry
from connectors.postgres.parse import Unreadable, content, dead_letter, to_entry
from tests.connectors.postgres.events import alert, message, uuid, violation


@pytest.mark.parametrize("event", [alert(1), violation(1), violation(1, "closed"), alert(1, value=None)])
def test_that_an_event_is_kept_as_it_was_sent(event: dict[str, Any]) -> None:
    entry = to_entry(message(event, 7))
    assert isinstance(entry, Entry)
    assert entry.record == event
    assert entry.record_id == event["id"]
    assert entry.origin is not None
    assert entry.origin["offset"] == 7


def raw(change: dict[str, Any] | None = None, **data: Any) -> bytes:
    event = alert(1, **data)
    return json.dumps(event | (change or {})).encode()


@pytest.mark.parametrize(
    "value, reason",
    [
        (None, "a message must have a value; had none"),
        (b"", "an event must follow its contract; Invalid JSON: EOF"),
        (b"\xff\xfe", "an event must follow its contract; Invalid JSON"),
        (b"null", "an event must follow its contract; Input should be an object"),
        (b"[" * 100_000, "an event must follow its contract; Invalid JSON: recursion limit"),
        (raw()[:-5], "an event must follow its contract; Invalid JSON"),
        (raw() + b"{}", "an event must follow its contract; Invalid JSON"),
        (raw({"type": "welltegra.violation.opened.v1"}), "an event must follow its contract; type: "),
        (raw({"surplus": 1}), "an event must follow its contract; surplus: Extra inputs are not permitted"),
        (raw(level="purple"), "an event must follow its contract; data.level: "),
        (raw(value=float("inf")), "an event must follow its contract; data.value: "),
        (raw(time="2026-01-01T00:00:00"), "an event must follow its contract; data.time: "),
        (raw(breaching_samples=2**53), "an event must be JSON that can be written exactly; "),
        (raw(alert_id=str(uuid("another"))), f"id must be the alert's, {uuid('another')}; was "),
        (raw(message="\ud800"), "an event must follow its contract; Invalid JSON"),
        (json.dumps(violation(1)).encode(), "an event must follow its contract; type: "),
    ],
)
def test_that_what_is_no_event_is_told_with_its_reason(value: bytes | None, reason: str) -> None:
    unreadable = to_entry(message(value, 3))
    assert isinstance(unreadable, Unreadable)
    assert unreadable.reason.startswith(reason)
    assert dead_letter(unreadable).record["raw_bytes"] == len(value or b"")


def test_that_a_reason_is_short_and_fit_for_the_database() -> None:
    unreadable = to_entry(message(raw({"x\0" * 5_000: 1}), 3))
    assert isinstance(unreadable, Unreadable)
    reason = dead_letter(unreadable).record["reason"]
    assert len(reason) == 1_000
    assert "\0" not in reason


@pytest.mark.parametrize(
    "one, other, same",
    [
        (alert(1), alert(1, emitted_at=None, detected_at=None), True),
        (alert(1), alert(1, value=1.0), False),
        (violation(1), violation(1, samplesfrom=5), True),
        (violation(1), violation(1, samplesat=61), False),
        (violation(1), violation(1, source="/welltegra/elsewhere/x"), False),
    ],
)
def test_that_events_are_the_same_that_differ_only_in_when_they_were_sent(
    one: dict[str, Any], other: dict[str, Any], same: bool
) -> None:
    assert (content(one) == content(other)) is same
