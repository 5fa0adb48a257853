"""The subscription of one connection: which nodes are served, and what becomes of what is published."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from asyncua import ua
from asyncua.client.ua_client import UaClient
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds

from connectors.errors import did_you_mean, nearest
from connectors.opcua.config import OpcUa
from connectors.opcua.errors import OutOfReach
from connectors.opcua.gaps import Gaps
from connectors.opcua.history import History, Nodes
from connectors.opcua.intake import Intake
from connectors.opcua.mapped import Mapped, TagState
from connectors.opcua.node_names import node_id
from connectors.opcua.observer import IngestObserver
from connectors.opcua.outbox import Outbox
from connectors.opcua.parse import not_a_number
from connectors.opcua.requests import in_portions, node_of, property_nodes, read_attributes

log = logging.getLogger(__name__)

# How many keep-alives fit into the deadline: one may be late.
_KEEP_ALIVES: Final = 2.5
_LIFETIME_S: Final = 60.0
_NOT_THERE: Final = {"BadNodeIdUnknown", "BadNodeIdInvalid", "BadAttributeIdInvalid", "BadNodeIdRejected"}
_CLOSED_TO_US: Final = {"BadNotReadable", "BadUserAccessDenied", "BadNodeNotInView", "BadSecurityModeInsufficient"}


class Subscription:
    """What one connection subscribes to. intake: where what is published goes."""

    def __init__(self, settings: OpcUa, mapped: Mapped, outbox: Outbox, gaps: Gaps, observer: IngestObserver) -> None:
        self._settings, self._mapped, self._observer = settings, mapped, observer
        self._intake = Intake(settings.endpoint, mapped, outbox, gaps, observer)
        self._nodes: Nodes = {}
        self._history = History(settings, mapped, self._intake, outbox, gaps, observer, self._nodes)
        self._namespaces: list[str] = []
        self._monitored: set[int] = set()
        self._id = 0

    async def make(self, client: UaClient, on_published: Callable[[], None]) -> float:
        """Subscribe to all that the server serves; return for how long it may then be silent [s]."""
        self._client = client
        self._mapped.begin_connection()
        (namespaces,) = await read_attributes(client, [node_of(ObjectIds.Server_NamespaceArray)], AttributeIds.Value)
        self._namespaces = list((namespaces.Value and namespaces.Value.Value) or [])

        def on_publish(result: ua.PublishResult) -> None:
            on_published()
            self._intake.take(result, time.time_ns() // 1000)

        made = await client.create_subscription(self._parameters(), on_publish)
        self._id = made.SubscriptionId
        await self._serve(self._mapped.states)
        keep_alive_s = made.RevisedPublishingInterval / 1000 * made.RevisedMaxKeepAliveCount
        silence_s = max(self._settings.deadline_s, _KEEP_ALIVES * float(keep_alive_s))
        log.info(
            "opcua_subscribed endpoint=%s tags=%d of=%d publishing_ms=%g keep_alive_s=%.1f",
            self._settings.endpoint,
            sum(1 for _ in self._mapped.served()),
            len(self._mapped.states),
            made.RevisedPublishingInterval,
            keep_alive_s,
        )
        return silence_s

    def mute(self) -> None:
        """Take nothing any more, should it still come: another connection does."""
        self._intake.mute()

    def check(self) -> None:
        """Raise OutOfReach if the server has ended the subscription."""
        if self._intake.ended is not None:
            must, found = "must keep the subscription", f"said {self._intake.ended}"
            raise OutOfReach(self._settings.endpoint, "subscription_lost", must, found, "It is subscribed to anew.")

    async def ask_refused_again(self) -> None:
        """Subscribe to what the server did not serve, as far as it does now."""
        refused = [state for state in self._mapped.states if state.refused and state.number not in self._monitored]
        if refused:
            await self._serve(refused)

    async def fill_gaps(self) -> None:
        """Fill what was missed, as long as the connection lasts."""
        await self._history.keep_filling(self._client)

    def _parameters(self) -> ua.CreateSubscriptionParameters:
        interval_ms = self._settings.publishing_interval_ms
        parameters: Any = ua.CreateSubscriptionParameters()
        parameters.RequestedPublishingInterval = interval_ms
        keep_alive = max(1, int(self._settings.deadline_s * 1000 / _KEEP_ALIVES / interval_ms))
        parameters.RequestedMaxKeepAliveCount = keep_alive
        parameters.RequestedLifetimeCount = max(3 * keep_alive, int(_LIFETIME_S * 1000 / interval_ms))
        parameters.PublishingEnabled = True
        return parameters  # type: ignore[no-any-return]  # its numbers are of types of its own

    async def _serve(self, states: Sequence[TagState]) -> None:
        found = self._found(states)
        samples = await read_attributes(
            self._client, [self._nodes[state.number] for state in found], AttributeIds.Value
        )
        readable = [state for state, sample in zip(found, samples, strict=True) if self._is_readable(state, sample)]
        unit_nodes = await self._read_units(readable)
        requests = [_request(self._nodes[state.number], 2 * state.number, self._settings.queue) for state in readable]
        results = await in_portions(self._create, requests)
        for state, result in zip(readable, results, strict=True):
            if result.StatusCode.is_good():
                if state.refused is not None:
                    log.info("tag_served place=%r", self._mapped.tag_map.place(state.mapped))
                state.refused = None
                self._monitored.add(state.number)
            else:
                self._refuse(state, result.StatusCode.name)
        # A unit that changes is to be known at once: the next value is in it.
        await in_portions(self._create, [_request(node, 2 * number + 1, 1) for number, node in unit_nodes.items()])
        self._observer.served(len(self._mapped.states), sum(1 for _ in self._mapped.served()))

    def _found(self, states: Iterable[TagState]) -> list[TagState]:
        found = []
        for state in states:
            node = node_id(state.mapped.node, self._namespaces)
            if node is None:
                uri = str(state.mapped.node.namespace)
                remedy = did_you_mean(nearest(uri, self._namespaces)) or "Compare it with the server's NamespaceArray."
                self._mapped.refuse(state, "its namespace must be one of the server's", repr(uri), remedy)
            else:
                self._nodes[state.number] = node
                found.append(state)
        return found

    def _is_readable(self, state: TagState, sample: ua.DataValue) -> bool:
        name = "Good" if sample.StatusCode is None else sample.StatusCode.name
        if name in _NOT_THERE | _CLOSED_TO_US:
            self._refuse(state, name)
            return False
        if (kind := not_a_number(sample)) is not None:
            self._intake.refuse_kind(state, kind)
            return False
        return True

    def _refuse(self, state: TagState, said: str) -> None:
        if said in _CLOSED_TO_US:
            must, remedy = "this user must be allowed to read it", "Grant that on the server."
        else:
            must, remedy = "must be a variable of the server", "Is its identifier written as the server has it?"
        self._mapped.refuse(state, must, said, f"{remedy} It is asked for again.")

    async def _read_units(self, states: Sequence[TagState]) -> dict[int, ua.NodeId]:
        """Learn the units that the map leaves to the nodes; return the nodes that say them, by the tag's number."""
        asked = [state for state in states if state.mapped.unit is None]
        nodes = await property_nodes(self._client, [self._nodes[state.number] for state in asked], "EngineeringUnits")
        having = [(state, node) for state, node in zip(asked, nodes, strict=True) if node is not None]
        samples = await read_attributes(self._client, [node for _, node in having], AttributeIds.Value)
        for (state, _), sample in zip(having, samples, strict=True):
            self._intake.take_unit(state, sample)
        log.info(
            "opcua_units tags=%d by_map=%d by_node=%d without=%d",
            len(states),
            len(states) - len(asked),
            len(having),
            len(asked) - len(having),
        )
        return {state.number: node for state, node in having}

    async def _create(self, requests: list[ua.MonitoredItemCreateRequest]) -> list[ua.MonitoredItemCreateResult]:
        parameters = ua.CreateMonitoredItemsParameters(
            SubscriptionId=self._id, TimestampsToReturn=ua.TimestampsToReturn.Both, ItemsToCreate=requests
        )
        return await self._client.create_monitored_items(parameters)


def _request(node: ua.NodeId, handle: int, queue: int) -> ua.MonitoredItemCreateRequest:
    """Return a request for every sample of a node, also where neither value nor status changes."""
    request: Any = ua.MonitoredItemCreateRequest()
    request.ItemToMonitor.NodeId = node
    request.ItemToMonitor.AttributeId = AttributeIds.Value
    request.MonitoringMode = ua.MonitoringMode.Reporting
    parameters = request.RequestedParameters
    parameters.ClientHandle = handle
    parameters.SamplingInterval = 0.0  # as quickly as the server samples
    parameters.QueueSize = queue
    parameters.DiscardOldest = True
    parameters.Filter = ua.DataChangeFilter(Trigger=ua.DataChangeTrigger.StatusValueTimestamp)
    return request  # type: ignore[no-any-return]  # its numbers are of types of its own
