"""Connections one after another, each in a thread of its own, which can be left behind if it hangs."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import msgspec

from connectors.kafka.scan_sink import ScanMessage
from connectors.opcua.config import OpcUa
from connectors.opcua.errors import OutOfReach, Refused
from connectors.opcua.gaps import Gaps
from connectors.opcua.mapped import Mapped
from connectors.opcua.observer import NOBODY, IngestObserver
from connectors.opcua.outbox import Outbox
from connectors.opcua.session import Session
from connectors.opcua.subscription import Subscription
from schemas.scan import ScanStruct
from schemas.times import time_us

log = logging.getLogger(__name__)

_FIRST_WAIT_S: Final = 0.2
_LONGEST_WAIT_S: Final = 5.0
_LOOK_S: Final = 0.05
_LEAVE_S: Final = 2.0
# What a session does not notice itself is noticed from outside: so many deadlines and seconds without a word.
_STUCK_DEADLINES, _STUCK_S = 3, 5.0
_DECODER: Final = msgspec.json.Decoder(ScanStruct)


class Link:
    """The server, as long as it takes. outbox: where its scans are to be taken from; it also says that it is over.

    Raises (from outbox.take):
        Refused: The server would not take us at the first start. Later that passes too.
    """

    def __init__(self, settings: OpcUa, observer: IngestObserver = NOBODY) -> None:
        self._settings, self._observer = settings, observer
        self._mapped, self._gaps = Mapped(settings.tags), Gaps()
        self.outbox = Outbox(settings.keep_minutes * 60, settings.keep_mb * 1e6, self._on_dropped, observer)
        self._stop = threading.Event()
        self._has_connected = False
        self._attempts = 0
        self._away_since = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="opcua-link", daemon=True)

    def start(self) -> None:
        """Connect, from now on; returns at once."""
        # What the library says while it tries is told in the sentence that ends it; on "info" it would write down
        # every value.
        logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)
        self._observer.served(len(self._mapped.states), 0)
        self._thread.start()

    def stop(self) -> None:
        """End the connection; what came is in the outbox."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        wait_s = _FIRST_WAIT_S
        while not self._stop.is_set():
            error = self._one_connection()
            if self._stop.is_set():
                return
            if isinstance(error, Refused) and not self._has_connected:
                self._observer.disconnected("refused", str(error))
                self.outbox.fail(error)
                return
            if self._attempts == 0:
                wait_s = _FIRST_WAIT_S
            self._attempts += 1
            kind = error.kind if isinstance(error, OutOfReach) else "refused"
            self._observer.disconnected(kind, str(error))
            log.warning(
                "opcua_waited_for attempt=%d away_s=%.1f wait_s=%.1f kind=%s reason=%r",
                self._attempts, time.monotonic() - self._away_since, wait_s, kind, str(error),
            )  # fmt: skip
            self._stop.wait(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)

    def _one_connection(self) -> OutOfReach | Refused:
        """Have one connection from its beginning to its end; return why it ended."""
        subscription = Subscription(self._settings, self._mapped, self.outbox, self._gaps, self._observer)
        session = Session(self._settings, subscription, self._observer, self._on_connected)
        thread = _SessionThread(session, self._settings.endpoint)
        thread.start()
        stuck_s = _STUCK_DEADLINES * self._settings.deadline_s + _STUCK_S
        while not thread.ended.wait(_LOOK_S):
            if self._stop.is_set():
                thread.cancel()
                thread.ended.wait(_LEAVE_S)
                break
            if time.monotonic() - session.heard_at > stuck_s:
                log.error("opcua_left_behind silent_s=%.0f", stuck_s)
                thread.cancel()
                break
        subscription.mute()
        if self._attempts == 0:
            self._away_since = session.heard_at
        return thread.error or OutOfReach(
            self._settings.endpoint, "silent", f"must answer within {stuck_s:g} s", "did not", "It is tried anew."
        )

    def _on_connected(self) -> None:
        away_s = time.monotonic() - self._away_since
        say = log.warning if self._attempts and self._has_connected else log.info
        say("opcua_connected endpoint=%s attempts=%d away_s=%.1f", self._settings.endpoint, self._attempts, away_s)
        self._has_connected, self._attempts = True, 0
        self._observer.connected()

    def _on_dropped(self, messages: Sequence[ScanMessage]) -> None:
        now = time.monotonic()
        for message in messages:
            scan = _DECODER.decode(message.value)
            time_at = time_us(scan.time)
            for tag in scan.values:
                self._gaps.add_dropped(self._mapped.number(scan.well_id, tag), time_at, now)


class _SessionThread(threading.Thread):
    """Runs a session in an event loop of its own. error: why it ended, None while it has not, or when cancelled."""

    def __init__(self, session: Session, endpoint: str) -> None:
        super().__init__(name="opcua-session", daemon=True)
        self._session, self._endpoint = session, endpoint
        self._loop = asyncio.new_event_loop()
        # A request that nobody waits for any more has failed: that is no news.
        self._loop.set_exception_handler(lambda _loop, context: log.debug("opcua_loop %s", context.get("message")))
        self._task: asyncio.Task[None] | None = None
        self.ended = threading.Event()
        self.error: OutOfReach | Refused | None = None

    def cancel(self) -> None:
        """Have it end; it may not."""
        with suppress(RuntimeError):  # it has ended meanwhile, and its loop is closed
            self._loop.call_soon_threadsafe(self._cancel)

    def run(self) -> None:
        try:
            self._task = self._loop.create_task(self._session.run())
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            pass
        except (OutOfReach, Refused) as error:
            self.error = error
        except Exception as error:  # what a strange answer makes of a parser can be anything
            log.error("opcua_unreadable", exc_info=error)
            must, remedy = "must answer as OPC UA says", "Please report it."
            self.error = OutOfReach(self._endpoint, "unreadable", must, f"was {error!r}", remedy)
        finally:
            self._close()
            self.ended.set()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _close(self) -> None:
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left, timeout=_LEAVE_S / 2))
        self._loop.close()
