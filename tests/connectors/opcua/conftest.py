from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.connectors.opcua.server import OpcUaServer

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[OpcUaServer]:
    """Yield a server, one for all tests; who stops it has one of its own. It keeps history."""
    with OpcUaServer({}, history=True) as found:
        yield found


@pytest.fixture
def well() -> str:
    """Return a well of the test's own."""
    return f"W-{next(_numbers)}"
