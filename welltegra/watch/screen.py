"""The terminal that shows a board until it is stopped; in a pipe, alerts as lines and now and then how things stand."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from rich.console import Console, RenderableType
from rich.live import Live

from connectors.kafka.tail import Tail
from welltegra.screen import AlertLines
from welltegra.watch.board import Board
from welltegra.watch.feed import Feed
from welltegra.watch.parts import Parts
from welltegra.watch.picture import picture, summary

_WAIT_S: Final = 0.1
_DRAW_EVERY_S: Final = 0.25
_SUMMARY_EVERY_S: Final = 10.0
# By then a sample of each tag has come, and each program has said how it stands.
_ONCE_S: Final = 2.5

Stop = Callable[[], bool]
Notes = Callable[[], Sequence[str]]


class Watch:
    """A board, what fills it, and whom to ask for health. notes: what else there is to say now."""

    def __init__(self, board: Board, tail: Tail, parts: Parts, notes: Notes = list) -> None:
        self.board, self.parts, self.notes = board, parts, notes
        self._tail, self._feed = tail, Feed(tail, board)

    def show(self, out: Console, stop: Stop) -> None:
        """Show it until `stop` says so.

        Raises:
            KafkaFailed: The brokers refuse it for good.
            KeyboardInterrupt: Ctrl-C, or the terminal was closed.
        """
        self.parts.start()
        try:
            if out.is_terminal:
                self._draw(out, stop)
            else:
                self._tell(out, stop)
        finally:
            self.parts.stop()
            self._tail.close()

    def once(self, out: Console) -> None:
        """Show it as it stands now; raise as `show`."""
        self.parts.start()
        try:
            until = time.monotonic() + _ONCE_S
            while time.monotonic() < until:
                self._feed.bring(_WAIT_S)
            out.print(self._picture(out))
        finally:
            self.parts.stop()
            self._tail.close()

    def _picture(self, out: Console) -> RenderableType:
        size = (out.size.width, out.size.height)
        return picture(self.board, self.parts.standing(), self._said(), datetime.now(UTC), size, self._tail.unreachable)

    def _draw(self, out: Console, stop: Stop) -> None:
        with Live(console=out, screen=True, auto_refresh=False) as live:
            drawn = -_DRAW_EVERY_S
            while not stop():
                self._feed.bring(_WAIT_S)
                if _was_closed(out):
                    raise KeyboardInterrupt
                if time.monotonic() - drawn >= _DRAW_EVERY_S:
                    drawn = time.monotonic()
                    live.update(self._picture(out), refresh=True)

    def _tell(self, out: Console, stop: Stop) -> None:
        lines, told, summed = AlertLines(self.board.rule_sets), 0, time.monotonic()
        noted: set[str] = set()
        while not stop():
            for note in [note for note in self.notes() if note not in noted]:
                noted.add(note)
                out.print(note, soft_wrap=True)
            self._feed.bring(_WAIT_S)
            new = min(self.board.told - told, len(self.board.alerts))
            told = self.board.told
            for alert in list(self.board.alerts)[len(self.board.alerts) - new :]:
                for line in lines(alert):
                    out.print(line, soft_wrap=True)
            if time.monotonic() - summed >= _SUMMARY_EVERY_S:
                summed = time.monotonic()
                out.print(summary(self.board, self.parts.standing()), soft_wrap=True)

    def _said(self) -> list[str]:
        if not self._feed.not_shown:
            return list(self.notes())
        return [
            *self.notes(),
            f"{self._feed.not_shown} messages of samples in Arrow were judged, and are not shown here.",
        ]


def _was_closed(terminal: Console) -> bool:
    """Say whether a terminal is gone: one that is not of our session goes without a signal, and rich draws on nothing.

    Whoever ignores SIGHUP, as under nohup, is to outlive it.
    """
    return not terminal.is_terminal and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
