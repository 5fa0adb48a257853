"""Whether metrics and health can be served where the settings say, or are served there by us already."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Final, NamedTuple

from connectors.errors import FileFaults
from welltegra.doctor.result import Result, not_asked, ok, wrong
from welltegra.metrics_server import check_address
from welltegra.settings.model import MetricsSettings

NAME: Final = "ports"

_ANSWERS_WITHIN_S: Final = 2.0
_WHOSE: Final = {
    "metrics.port": "the flow",
    "metrics.record_port": "the recorder",
    "metrics.ingest_port": "the ingest flow",
    "metrics.serve_port": "the worklist",
}
_US: Final = "WellTegra"  # what our own server calls itself
_REMEDY: Final = "End what listens there, or set {key} to another, or to 0 for no metrics."


def look(settings: MetricsSettings, processes: int = 1, ingests: bool = False, workers: int = 0) -> Iterator[Result]:
    """Yield how each port stands: of the flow's processes, of the recorder, of ingest where there is one, of `serve`.

    workers: of the worklist; 0 where it is not served from here.
    """
    wanted = [(settings.port + number, "metrics.port") for number in range(processes if settings.port else 0)]
    wanted += [(settings.record_port, "metrics.record_port")] if settings.record_port else []
    wanted += [(settings.ingest_port, "metrics.ingest_port")] if ingests and settings.ingest_port else []
    serving = workers if settings.serve_port else 0
    wanted += [(settings.serve_port + number, "metrics.serve_port") for number in range(serving)]
    if not wanted:
        yield not_asked(NAME, "the ports in [metrics] are 0: nothing is served.")
        return
    taken: dict[int, str] = {}
    for port, key in wanted:
        other = taken.setdefault(port, key)
        if other != key:
            found = f"each must have a port of its own; {port} is wanted by {_WHOSE[other]} and by {_WHOSE[key]}."
            yield wrong(NAME, found, f"Set {key} to another; the flow has {processes:,} from metrics.port on.")
            return
    for port, key in wanted:
        yield from _look_at(settings.host, port, key)


def _look_at(host: str, port: int, key: str) -> Iterator[Result]:
    where = f"{host}:{port}"
    health = _health(host, port)
    if health is None:
        try:
            check_address(host, port, may_be_in_use=True)
        except FileFaults as error:
            found = f"{where} ({key}) must be an address to listen at; is not ({error.faults[0].found})."
            yield wrong(NAME, found, f"Set metrics.host and {key} to others, or {key} to 0 for no metrics.")
        else:
            yield ok(NAME, f"{where} ({key}) is free.")
    elif not health.ours:
        found = f"{where} ({key}) must be free for metrics and health; somebody else listens there."
        yield wrong(NAME, found, _REMEDY.format(key=key))
    elif health.why:
        found = f"{where} ({key}): the process of WellTegra there must be alive; is not: {health.why}."
        yield wrong(NAME, found, "Have it ended and started again; see docs/operations.md.")
    else:
        yield ok(NAME, f"{where} ({key}) is held by WellTegra, which is alive.")


class _Health(NamedTuple):
    """Who answers. why: what its /health/live says is the matter, empty for nothing."""

    ours: bool
    why: str = ""


def _health(host: str, port: int) -> _Health | None:
    """Return who listens; None if nobody does."""
    connection = http.client.HTTPConnection(host, port, timeout=_ANSWERS_WITHIN_S)
    try:
        connection.connect()
    except (OSError, UnicodeError):
        return None  # also where it cannot be an address of ours: listening there says why
    try:
        connection.request("GET", "/health/live")
        answer = connection.getresponse()
        body = answer.read(65_536)
    except (OSError, http.client.HTTPException):
        return _Health(ours=False)
    finally:
        connection.close()
    if not answer.getheader("Server", "").startswith(_US):
        return _Health(ours=False)
    return _Health(ours=True, why="" if answer.status == http.client.OK else _detail(body))


def _detail(body: bytes) -> str:
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return "it does not say why"
