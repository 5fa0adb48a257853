"""Questions to a server in portions that it takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

from asyncua import ua
from asyncua.client.ua_client import UaClient
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.uaerrors import BadEncodingLimitsExceeded, BadRequestTooLarge, BadResponseTooLarge, BadTooManyOperations

Q = TypeVar("Q")
A = TypeVar("A")

_PORTION: Final = 500
_TOO_MUCH: Final = (BadTooManyOperations, BadRequestTooLarge, BadResponseTooLarge, BadEncodingLimitsExceeded)


async def in_portions(ask: Callable[[list[Q]], Awaitable[Sequence[A]]], questions: Sequence[Q]) -> list[A]:
    """Return an answer to each question; ever fewer at a time where the server finds them too many."""
    portion, answers = _PORTION, list[A]()
    while len(answers) < len(questions):
        asked = list(questions[len(answers) : len(answers) + portion])
        try:
            found = await ask(asked)
        except _TOO_MUCH:
            if portion == 1:
                raise
            portion = max(1, portion // 4)
            continue
        if len(found) != len(asked):
            raise ValueError(f"a server must answer each of {len(asked)} questions; answered {len(found)}")
        answers += found
    return answers


async def read_attributes(client: UaClient, nodes: Sequence[ua.NodeId], attribute: AttributeIds) -> list[ua.DataValue]:
    """Return an attribute of each node."""
    return await in_portions(lambda portion: client.read_attributes(portion, attribute), nodes)


async def property_nodes(client: UaClient, nodes: Sequence[ua.NodeId], name: str) -> list[ua.NodeId | None]:
    """Return the node of a property of each node; None where there is none."""
    found: list[ua.BrowsePathResult] = await in_portions(
        client.translate_browsepaths_to_nodeids, [_path(node, name) for node in nodes]
    )
    return [result.Targets[0].TargetId if result.StatusCode.is_good() and result.Targets else None for result in found]


def _path(node: ua.NodeId, name: str) -> ua.BrowsePath:
    step: Any = ua.RelativePathElement()  # its booleans are of a type of its own
    step.ReferenceTypeId = node_of(ObjectIds.HasProperty)
    step.IsInverse, step.IncludeSubtypes = False, True
    step.TargetName = ua.QualifiedName(name, 0)
    return ua.BrowsePath(StartingNode=node, RelativePath=ua.RelativePath(Elements=[step]))


def node_of(number: int) -> ua.NodeId:
    """Return a node of the namespace that every server has."""
    return ua.NodeId(ua.Int32(number))
