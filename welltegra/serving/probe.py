"""Looks at the database and the provider all the while, so that nobody who asks for health has to wait for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

import psycopg

from connectors.errors import ConnectorError
from connectors.ops.reading import acting_as
from connectors.postgres.config import Postgres
from connectors.postgres.migrate import check_fit
from welltegra.api.metrics import Standing
from welltegra.auth.errors import ProviderAway
from welltegra.auth.provider import Provider

_LOOK_EVERY_S: Final = 2.0
_ASK_AGAIN_S: Final = 5.0
# So long without an answer, and what was found before holds no more.
_SILENT_S: Final = 15.0
_SESSION: Final = "SET timezone = 'UTC'; SET statement_timeout = '5s'"
_JOBS: Final = """
    SELECT state, count(*),
        coalesce(max(extract(epoch FROM now() - CASE state WHEN 'queued' THEN queued_at ELSE started_at END)), 0)::float
    FROM ops.ranking_jobs GROUP BY state
"""


class Probe:
    """Looks from start() to stop(). provider: whose keys must have come once; None where nobody signs in by one."""

    def __init__(
        self, postgres: Postgres, provider: Provider | None, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._postgres, self._provider, self._ticks = postgres, provider, ticks
        self._found, self._found_at = Standing(), ticks()
        self._why_no_keys = () if provider is None else ("the provider's keys have not been asked for yet",)
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._look_on, name="probe", daemon=True),
            threading.Thread(target=self._ask_provider, name="probe provider", daemon=True),
        ]

    def start(self) -> None:
        """Look from now on."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Look no more. Whoever waits for an answer is not waited for."""
        self._stopping.set()

    def standing(self) -> Standing:
        """Return what was last found, with all that keeps requests from being answered."""
        found, silent_s = self._found, self._ticks() - self._found_at
        why = found.why_not
        if silent_s > _SILENT_S:
            why = (f"the database must answer; has not for {silent_s:.0f} s",)
            found = Standing(why, reachable=False)
        return Standing(
            (*why, *self._why_no_keys), found.reachable, found.jobs, found.running_s, found.waiting_s
        )  # fmt: skip

    def why_not_ready(self) -> list[str]:
        """Return why requests cannot be answered now, for /health/ready; nothing if they can."""
        return list(self.standing().why_not)

    def _look_on(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._postgres.session("") as connection:
                    connection.execute(_SESSION)
                    while not self._stopping.is_set():
                        self._keep(self._look(connection))
                        self._stopping.wait(_LOOK_EVERY_S)
            except (ConnectorError, psycopg.Error) as error:
                self._keep(Standing((str(error),)))
                self._stopping.wait(_LOOK_EVERY_S)

    def _look(self, connection: psycopg.Connection[Any]) -> Standing:
        try:
            check_fit(self._postgres, connection)
        except ConnectorError as error:
            return Standing((str(error),), reachable=True)
        with acting_as(connection, "welltegra_reader"):
            rows = connection.execute(_JOBS).fetchall()
        eldest = {state: seconds for state, _, seconds in rows}
        counted = {state: count for state, count, _ in rows}
        return Standing((), True, counted, eldest.get("running", 0.0), eldest.get("queued", 0.0))

    def _keep(self, found: Standing) -> None:
        self._found, self._found_at = found, self._ticks()

    def _ask_provider(self) -> None:
        while self._provider is not None and not self._stopping.is_set():
            try:
                self._provider.keys()
            except ProviderAway as error:
                self._why_no_keys = (str(error),)
                self._stopping.wait(_ASK_AGAIN_S)
            else:
                # From here on those who are signed in, and API keys, do not need it: it no longer says who is ready.
                self._why_no_keys = ()
                return
