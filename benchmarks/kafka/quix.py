"""The same judgement with quixstreams: a state a well in its store, which is kept in a changelog topic.

It runs in `.venv-peers`. Its own defaults hold: at least once, a commit each 5 s. A state is written only when it
changes; that is quicker than each time.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from quixstreams import Application  # type: ignore[import-not-found]  # it is in .venv-peers

from benchmarks.judging import Latch, Limits, Message, Sample, load, saved
from benchmarks.kafka.limits import read_limits
from benchmarks.kafka.orders import Clock, Orders, orders_given


def judge_with(limits: Limits, orders: Orders) -> Callable[[bytes, Any], list[dict[str, str]]]:
    """Return the step that judges a message by the state of its well."""
    decode = msgspec.json.Decoder(Message).decode
    # A latch a tag is kept at hand and loaded with what the store says: to make one each time takes longer.
    latches = {key: Latch(limit) for key, limit in limits.items()}
    clock = Clock(orders)

    def judge(value: bytes, state: Any) -> list[dict[str, str]]:
        if not clock.runs:
            clock.take(1)
        scan = decode(value)
        events = []
        for tag, reading in scan.values.items():
            latch = latches[scan.well_id, tag]
            before = state.get(tag)
            load(latch, before)
            event = latch.judge(Sample(scan.well_id, tag, scan.time, reading))
            if (after := saved(latch)) != before:
                state.set(tag, after)
            if event is not None:
                events.append({**event._asdict(), "time": event.time.isoformat()})
        return events

    return judge


def main() -> None:
    """Run until SIGTERM."""
    orders = orders_given()
    folder = Path(orders.folder)
    app = Application(
        orders.bootstrap,
        consumer_group=f"quix-{folder.name}",
        auto_offset_reset="earliest",
        state_dir=folder / f"state-{orders.number}",
        loglevel="WARNING",
    )
    samples = app.topic(orders.samples, key_deserializer="str", value_deserializer="bytes")
    alerts = app.topic(orders.alerts, key_serializer="str", value_serializer="json")
    frame = app.dataframe(samples)
    frame = frame.apply(judge_with(read_limits(folder.parent), orders), stateful=True, expand=True)
    frame.to_topic(alerts)
    app.run()


if __name__ == "__main__":
    main()
