"""An OPC UA server for tests, in a thread of its own: what it serves, and when, is said from outside."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, TypeVar

from asyncua import ua
from asyncua.common.node import Node
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.server import Server
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.status_codes import StatusCodes

from connectors.opcua.tag_map import TagMap, parse_tag_map
from tests.parts.apache_kafka import free_ports

URI = "urn:welltegra:test"
PATIENCE_S = 60.0
START = datetime(2026, 1, 1, 12, tzinfo=UTC)

T = TypeVar("T")


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


class _Users:
    def __init__(self, users: Mapping[str, str]) -> None:
        self._users = users

    def get_user(
        self, iserver: Any, username: str | None = None, password: str | None = None, certificate: Any = None
    ) -> User | None:
        del iserver, certificate
        if username is not None and self._users.get(username) == password:
            return User(role=UserRole.User, name=username)
        return None


class OpcUaServer:
    """Serves from entering to leaving; may be stopped and started in between, on the same port.

    nodes: of each identifier its first value. units: EngineeringUnits of some. users: passwords by name; None lets
    everybody in. history: whether it keeps what is written.
    """

    def __init__(
        self,
        nodes: Mapping[str, Any],
        units: Mapping[str, str] | None = None,
        users: Mapping[str, str] | None = None,
        history: bool = False,
        more_namespaces: int = 0,
    ) -> None:
        self._first, self._units, self._users, self._has_history = nodes, units or {}, users, history
        self.more_namespaces = more_namespaces
        self.first_time = START
        (self.port,) = free_ports(1)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="test-opcua-server", daemon=True)
        self._server: Server | None = None
        self._kept: dict[ua.NodeId, list[ua.DataValue]] = {}
        self.nodes: dict[str, Node] = {}
        self.unit_nodes: dict[str, Node] = {}

    @property
    def endpoint(self) -> str:
        return f"opc.tcp://127.0.0.1:{self.port}/test"

    def __enter__(self) -> OpcUaServer:
        self._thread.start()
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()
        self.do(_end_others())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

    def start(self) -> None:
        """Start, also again: with the same nodes, their first values, and what is in history."""
        self.do(self._start())

    def stop(self) -> None:
        """Stop as a server that ends in order."""
        if self._server is not None:
            self.do(self._server.stop())
            self._server = None

    def write(
        self,
        name: str,
        value: float | str | None,
        time: datetime | None = None,
        status: int = StatusCodes.Good,
        server_time: datetime | None = None,
    ) -> None:
        """Have a node a new sample."""
        self.do(self._write([(name, value)], time, status, server_time))

    def write_all(self, values: Mapping[str, float], time: datetime) -> None:
        """Have many nodes a new sample of one time, at once."""
        self.do(self._write(list(values.items()), time, StatusCodes.Good, None))

    def add(self, name: str, value: Any) -> None:
        self.do(self._add(name, value))

    def set_unit(self, name: str, unit: str) -> None:
        self.do(self.unit_nodes[name].write_value(_unit(unit)))

    async def _start(self) -> None:
        users: Any = None if self._users is None else _Users(self._users)
        self._server = server = Server(user_manager=users)
        await server.init()
        server.set_endpoint(self.endpoint)
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        for number in range(self.more_namespaces):
            await server.register_namespace(f"urn:other:{number}")
        self._index = await server.register_namespace(URI)
        if self._has_history:
            storage: Any = _Kept(self._kept)  # all of the interface that is called
            server.iserver.history_manager.set_storage(storage)
        for name, value in self._first.items():
            await self._add(name, value)
        await server.start()

    async def _add(self, name: str, value: Any) -> None:
        assert self._server is not None
        node = await self._server.nodes.objects.add_variable(
            ua.NodeId(ua.String(name), ua.Int16(self._index)), f"{self._index}:{name}", value
        )
        self.nodes[name] = node
        sample: Any = await node.read_data_value()
        sample.SourceTimestamp = self.first_time
        await self._server.iserver.aspace.write_attribute_value(node.nodeid, AttributeIds.Value, sample)
        if name in self._units:
            self.unit_nodes[name] = await node.add_property(0, "EngineeringUnits", _unit(self._units[name]))

    async def _write(
        self, values: list[tuple[str, Any]], time: datetime | None, status: int, server_time: datetime | None
    ) -> None:
        assert self._server is not None
        for name, value in values:
            kind = ua.VariantType.String if isinstance(value, str) else ua.VariantType.Double
            sample: Any = ua.DataValue(ua.Variant(value, kind) if value is not None else ua.Variant())
            sample.StatusCode = ua.StatusCode(ua.UInt32(status))
            sample.SourceTimestamp, sample.ServerTimestamp = time, server_time or datetime.now(UTC)
            node = self.nodes[name]
            if self._has_history:
                self._kept.setdefault(node.nodeid, []).append(sample)
            # Past the session, which would put in a source time of its own.
            await self._server.iserver.aspace.write_attribute_value(node.nodeid, AttributeIds.Value, sample)


async def _end_others() -> None:
    """End what the server leaves running when it is stopped."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.wait_for(asyncio.gather(*others, return_exceptions=True), PATIENCE_S)


class _Kept:
    """History as a server keeps it: in portions of `portion`, with continuation points that are a place in the rest."""

    portion = 40

    def __init__(self, kept: dict[ua.NodeId, list[ua.DataValue]]) -> None:
        self._kept = kept

    async def init(self) -> None:
        """Nothing is to be made ready."""

    async def stop(self) -> None:
        """Nothing is open."""

    async def read_node_history(
        self, node_id: ua.NodeId, start: datetime, end: datetime, nb_values: int
    ) -> tuple[list[ua.DataValue], datetime | None]:
        del nb_values
        found = [s for s in self._kept.get(node_id, []) if s.SourceTimestamp and start <= s.SourceTimestamp <= end]
        if len(found) > self.portion:
            return found[: self.portion], found[self.portion].SourceTimestamp
        return found, None


def _unit(name: str) -> Any:
    return ua.EUInformation(NamespaceUri=ua.String(URI), DisplayName=ua.LocalizedText(ua.String(name)))


def tag_map(*names: str, units: Mapping[str, str] | None = None) -> TagMap:
    """Return a map of nodes named well/tag."""
    lines = [f"namespace: {URI}", "tags:"]
    for name in names:
        well, _, tag = name.partition("/")
        unit = f", unit: {units[name]}" if units and name in units else ""
        lines.append(f"  - {{node: s={name}, well: {well}, tag: {tag}{unit}}}")
    return parse_tag_map("\n".join(lines), "tags.yaml")
