"""The rig's address space: which nodes there are, and how a second is put on them."""

from __future__ import annotations

from dataclasses import dataclass, field

from asyncua import ua
from asyncua.common.node import Node
from asyncua.server.server import Server
from asyncua.ua.attribute_ids import AttributeIds

from welltegra.simulator.rig.names import FAULTS, ON, request_name, tag_name
from welltegra.simulator.rig.request import Envelope, Shown
from welltegra.simulator.rig.rig import Scan
from welltegra.simulator.rig.tags import NAMES, STATE_TAG, TAG
from welltegra.simulator.rig.values import code_of, data_value, engineering_units, node_id


@dataclass
class Nodes:
    """Builds and fills the nodes. `tags` are those with a history, and whether they have words."""

    server: Server
    index: int
    tags: dict[ua.NodeId, bool] = field(default_factory=dict)
    requests: dict[ua.NodeId, str] = field(default_factory=dict)
    _units: dict[ua.NodeId, str] = field(default_factory=dict)
    _shown: dict[str, Shown] = field(default_factory=dict)

    def id(self, name: str) -> ua.NodeId:
        return node_id(name, self.index)

    async def add_rig(self) -> Node:
        """Add the rig's own folder and what is on; return the object that its method belongs to."""
        objects = self.server.get_objects_node()
        rig = await objects.add_folder(self.id("rig"), self._name("rig"))
        faults = await rig.add_object(self.id(FAULTS), self._name("faults"))
        await faults.add_variable(self.id(ON), self._name("on"), [], ua.VariantType.String)
        return faults

    async def add_well(self, name: str, envelope: Envelope) -> None:
        folder = await self.server.get_objects_node().add_object(self.id(name), self._name(name))
        for tag in NAMES:
            words = tag == STATE_TAG
            node = await folder.add_variable(
                self.id(tag_name(name, tag)),
                self._name(tag),
                "unknown" if words else 0.0,
                ua.VariantType.String if words else ua.VariantType.Double,
            )
            self.tags[node.nodeid] = words
            await self._set_history(node)
            if not words:
                await self._add_unit(node, tag_name(name, tag), TAG[tag].unit)
        await self._add_request(folder, name, envelope)

    async def put(self, scan: Scan, served_us: int) -> None:
        """Show one well's second."""
        for tag, unit in scan.units.items():
            node = self.id(f"{tag_name(scan.well, tag)}/unit")
            # Before the value: who looks the unit up at a value that jumped is to find the new one.
            if self._units[node] != unit:
                self._units[node] = unit
                await self._write(node, ua.DataValue(ua.Variant(engineering_units(unit))))
        for reading in scan.readings:
            value = data_value(reading.value, code_of(reading.status), reading.time_us, served_us)
            await self._write(self.id(tag_name(scan.well, reading.tag)), value)
        await self.put_request(scan.well, scan.request, served_us)

    async def put_request(self, well: str, shown: Shown, served_us: int) -> None:
        """Show a request's value and status, where they are not what they were."""
        if self._shown.get(well) == shown:
            return
        self._shown[well] = shown
        for name, value in (
            (request_name(well), shown.value_spm),
            (request_name(well, "local"), shown.local),
            (request_name(well, "status"), shown.status),
        ):
            await self._write(self.id(name), data_value(value, code_of("Good"), served_us, served_us))

    async def put_on(self, lines: list[str]) -> None:
        """Show which faults are on."""
        await self._write(self.id(ON), ua.DataValue(ua.Variant(lines, ua.VariantType.String, is_array=True)))

    async def _add_request(self, folder: Node, well: str, envelope: Envelope) -> None:
        request = await folder.add_object(self.id(f"{well}/request"), self._name("request"))
        value = await request.add_variable(
            self.id(request_name(well)), self._name("pump_rate"), 0.0, ua.VariantType.Double
        )
        await value.set_writable()
        self.requests[value.nodeid] = well
        await self._add_unit(value, request_name(well), TAG["pump_rate"].unit)
        limits = {
            "min": envelope.low_spm,
            "max": envelope.high_spm,
            "ramp_spm_per_s": envelope.ramp_spm_per_s,
            "watchdog_s": envelope.watchdog_s,
        }
        for name, number in limits.items():
            await value.add_property(self.id(f"{request_name(well)}/{name}"), self._name(name), number)
        await request.add_variable(self.id(request_name(well, "local")), self._name("local"), False)
        await request.add_variable(self.id(request_name(well, "status")), self._name("status"), "none")

    async def _add_unit(self, node: Node, of: str, unit: str) -> None:
        name = self.id(f"{of}/unit")
        await node.add_property(name, ua.QualifiedName("EngineeringUnits", 0), engineering_units(unit))
        self._units[name] = unit

    async def _set_history(self, node: Node) -> None:
        await node.write_attribute(AttributeIds.Historizing, ua.DataValue(ua.Variant(True)))
        for attribute in (AttributeIds.AccessLevel, AttributeIds.UserAccessLevel):
            await node.set_attr_bit(attribute, ua.AccessLevel.HistoryRead)

    async def _write(self, node: ua.NodeId, value: ua.DataValue) -> None:
        status = await self.server.iserver.aspace.write_attribute_value(node, AttributeIds.Value, value)
        assert status.is_good(), f"{node} refused a value: {status.name}"

    def _name(self, name: str) -> ua.QualifiedName:
        return ua.QualifiedName(name, self.index)
