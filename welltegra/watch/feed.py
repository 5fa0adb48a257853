"""Samples and alerts from Kafka onto a board."""

from __future__ import annotations

import logging
from typing import Final

from pydantic import ValidationError

from connectors.kafka.tail import Tail
from schemas.event import AlertEvent
from schemas.scan import ScanStruct, decode_scans
from schemas.topics import ALERTS, ARROW, CONTENT_TYPE, CONTROL, KIND, SAMPLES
from welltegra.watch.board import Board

log = logging.getLogger(__name__)

# Of samples the newest are enough; of alerts all that the topic still has: they say how each condition stands.
TOPICS: Final = {SAMPLES: False, ALERTS: True}


class Feed:
    """Brings what has come. not_shown: messages of samples in Arrow, which are judged and not looked at here."""

    def __init__(self, tail: Tail, board: Board) -> None:
        self._tail, self._board = tail, board
        self.not_shown = 0

    def bring(self, wait_s: float) -> bool:
        """Let the board take what comes within `wait_s`; return whether anything did."""
        messages = self._tail.take(wait_s)
        scans: list[bytes] = []
        for topic, message in messages:
            value, headers = message.value() or b"", dict(message.headers() or ())
            if topic == ALERTS:
                self._alert(value)
            elif headers.get(CONTENT_TYPE) == ARROW:
                self.not_shown += 1
            elif headers.get(KIND) != CONTROL:
                scans.append(value)
        for scan in decode_scans(scans) if scans else ():
            if isinstance(scan, ScanStruct):  # the flow makes a dead letter of what is none
                self._board.scan(scan)
        return bool(messages)

    def _alert(self, value: bytes) -> None:
        try:
            self._board.alert(AlertEvent.model_validate_json(value).data)
        except ValidationError as error:
            log.warning("no_alert reason=%r", str(error).splitlines()[0])
