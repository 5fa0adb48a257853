"""The rig as an OPC UA server: what it serves each second, how it answers a write, what is asked of it."""

from __future__ import annotations

import asyncio
import logging
import math
from contextlib import suppress
from copy import copy
from datetime import UTC, datetime
from typing import Final

from asyncua import ua
from asyncua.server.internal_session import InternalSession
from asyncua.server.server import Server
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.status_codes import StatusCodes

from connectors.errors import ConnectorError
from welltegra.simulator.rig.asks import Ask
from welltegra.simulator.rig.history import RigHistory
from welltegra.simulator.rig.names import ASK, NAMESPACE, tag_name
from welltegra.simulator.rig.nodes import Nodes
from welltegra.simulator.rig.records import Records, Write, now_us, plain
from welltegra.simulator.rig.rig import Rig
from welltegra.simulator.rig.sessions import Credentials, Door, RigInternalServer
from welltegra.simulator.rig.values import code_of, status_of

PATH: Final = "/welltegra/rig"
_STOP_WITHIN_S: Final = 2.0
log = logging.getLogger(__name__)


class RigServer:
    """Serves a rig from `start` to `stop`. `failed` is set to what kept it from writing down a write."""

    def __init__(self, rig: Rig, records: Records, credentials: Credentials | None = None) -> None:
        self._rig, self._records = rig, records
        self.failed: asyncio.Future[OSError] = asyncio.get_running_loop().create_future()
        self._server = Server(iserver=RigInternalServer(self.written, Door(credentials)))
        tokens: list[type] = [ua.AnonymousIdentityToken] if credentials is None else [ua.UserNameIdentityToken]
        self._server.set_identity_tokens(tokens)
        self._server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        # Its own clock would hold up a stop by a second; `serve` sets the time instead.
        self._server.disable_clock()

    async def prepare(self) -> None:
        """Build the nodes."""
        server = self._server
        server.name = "WellTegra simulated rig"
        server.manufacturer_name, server.product_uri = "WellTegra", "urn:welltegra:rig:product"
        await server.init()
        await server.set_application_uri(f"{NAMESPACE}:server")
        self.nodes = Nodes(server, await server.register_namespace(NAMESPACE))
        faults = await self.nodes.add_rig()
        arguments = [("what", str), ("well", str), ("tag", str), ("for_s", float), ("to", str)]
        await faults.add_method(
            self.nodes.id(ASK),
            ua.QualifiedName("ask", self.nodes.index),
            self._ask,
            [_argument(name, kind) for name, kind in arguments],
            [_argument("done", bool), _argument("said", str)],
        )
        for well in self._rig.wells:
            await self.nodes.add_well(well, self._rig.envelope)
        self._history = RigHistory(server.iserver, self.nodes.tags)
        server.iserver.history_manager = self._history

    async def start(self, host: str, port: int) -> None:
        """Listen. OSError: nobody can listen there, or somebody does."""
        shown = f"[{host}]" if ":" in host else host
        self._server.set_endpoint(f"opc.tcp://{shown}:{port}{PATH}")
        self._server.socket_address = (host, port)
        await self._server.start()

    async def stop(self) -> None:
        """Cut all connections, at once: a client that does not read would hold up a polite end."""
        for transport in list(self._server.iserver.asyncio_transports):
            transport.abort()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._server.stop(), _STOP_WITHIN_S)

    async def serve(self, time_us: int) -> int:
        """Serve the next second of every well; return how many values that were."""
        served_us, count = now_us(), 0
        await self._tell_time()
        for scan in self._rig.step(time_us):
            await self.nodes.put(scan, served_us)
            for reading in scan.readings:
                node, status = self.nodes.id(tag_name(scan.well, reading.tag)), code_of(reading.status)
                self._history.keep(node, reading.time_us, served_us, reading.value, status)
            self._records.served(scan.well, scan.readings)
            count += len(scan.readings)
        self._records.flush()
        await self.nodes.put_on(self._rig.on())
        return count

    def skip(self) -> None:
        """Let the wells live a second that nobody is shown."""
        self._rig.step(now_us())

    async def written(self, session: InternalSession, writes: list[ua.WriteValue]) -> list[ua.StatusCode]:
        """Answer a client's write, value by value, and write each down."""
        return [await self._written(session, write) for write in writes]

    async def _written(self, session: InternalSession, write: ua.WriteValue) -> ua.StatusCode:
        result = self._answer(write)
        well = self.nodes.requests.get(write.NodeId)
        if well is not None:
            await self.nodes.put_request(well, self._rig.shown(well), now_us())
        value = None if write.Value is None or write.Value.Value is None else write.Value.Value.Value
        node, ours = write.NodeId, write.NodeId.NamespaceIndex == self.nodes.index
        try:
            self._records.received(
                Write(
                    node=str(node.Identifier) if ours else node.to_string(),
                    attribute=_attribute(write.AttributeId),
                    value=plain(value),
                    user=session.user.name,
                    session=session.session_id.to_string(),
                    client=_address(session.name),
                    result=result,
                )
            )
        except OSError as error:
            if not self.failed.done():
                self.failed.set_result(error)
        return status_of(code_of(result))

    def _answer(self, write: ua.WriteValue) -> str:
        """Return how a write is answered: only the value of a request tag is to be written at all."""
        well = self.nodes.requests.get(write.NodeId)
        if well is None or write.AttributeId != AttributeIds.Value:
            return "BadNotWritable" if write.NodeId in self._server.iserver.aspace else "BadNodeIdUnknown"
        if write.IndexRange:
            return "BadIndexRangeInvalid"
        data = write.Value
        if data is None or data.Value is None or data.Value.VariantType != ua.VariantType.Double:
            return "BadTypeMismatch"
        if data.StatusCode is not None and not data.StatusCode.is_good():
            return "BadWriteNotSupported"  # a request is a number; there is no such thing as an uncertain one
        return self._rig.write_request(well, data.Value.Value)

    async def _ask(self, _parent: ua.NodeId, *arguments: ua.Variant) -> list[ua.Variant] | ua.StatusCode:
        values = [argument.Value for argument in arguments]
        if len(values) != 5 or not isinstance(values[3], float) or not math.isfinite(values[3]):
            return status_of(StatusCodes.BadInvalidArgument)
        what, well, tag, for_s, to = values
        ask = Ask(str(what or ""), str(well or ""), str(tag or ""), for_s, str(to or ""))
        try:
            done, said = True, self._rig.ask(ask)
        except ConnectorError as error:
            done, said = False, str(error)
        log.info("rig_asked what=%s well=%r tag=%r done=%s said=%r", ask.what, ask.well, ask.tag, done, said)
        await self.nodes.put_on(self._rig.on())
        if ask.what in ("local", "clear"):
            for name in self._rig.wells:
                await self.nodes.put_request(name, self._rig.shown(name), now_us())
        return [ua.Variant(done, ua.VariantType.Boolean), ua.Variant(said, ua.VariantType.String)]

    async def _tell_time(self) -> None:
        now = datetime.now(UTC)
        aspace, node = self._server.iserver.aspace, ua.NodeId(ua.Int32(ObjectIds.Server_ServerStatus_CurrentTime))
        value = ua.DataValue(ua.Variant(now, ua.VariantType.DateTime))
        await aspace.write_attribute_value(node, AttributeIds.Value, value)
        status = copy(await self._server.iserver.server_status_node.read_value())
        status.CurrentTime = now
        await self._server.iserver.server_status_node.write_value(status)


def _argument(name: str, kind: type) -> ua.Argument:
    types = {str: ObjectIds.String, float: ObjectIds.Double, bool: ObjectIds.Boolean}
    return ua.Argument(Name=name, DataType=ua.NodeId(ua.Int32(types[kind])), ValueRank=-1)


def _attribute(number: int) -> str:
    try:
        return AttributeIds(number).name
    except ValueError:
        return str(number)


def _address(peer: object) -> str:
    return ":".join(str(part) for part in peer[:2]) if isinstance(peer, tuple) else str(peer)
