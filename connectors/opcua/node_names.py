"""Names of nodes as tag maps and servers' own tools write them. No network.

`nsu=urn:rig;s=W-1/depth` names the namespace by its URI, which stays; `ns=2;s=W-1/depth` by its number, which a server
may change at its next start.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from asyncua import ua
from asyncua.ua.uaerrors import UaStringParsingError

EXAMPLE: Final = "Write it like: nsu=urn:rig;s=W-1/pump_rate, or with `namespace: urn:rig` above: s=W-1/pump_rate."
# What does not fit into a request would take all the nodes beside it along.
_LARGEST_ID: Final = 2**32 - 1
_LARGEST_INDEX: Final = 2**16 - 1
_NAME: Final = re.compile(r"(?:nsu=(?P<uri>[^;]+);|ns=(?P<index>[0-9]{1,5});)?(?P<identifier>[isgb]=.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class NodeName:
    """A node's name. namespace: its URI, or its number where only that is known. identifier: as in `s=W-1/depth`."""

    namespace: str | int
    identifier: str

    def __str__(self) -> str:
        space = f"nsu={self.namespace}" if isinstance(self.namespace, str) else f"ns={self.namespace}"
        return f"{space};{self.identifier}"


def parse_node_name(text: str, namespace: str | None) -> NodeName:
    """Return the name in `text`; where it states no namespace, it is in the one with the URI `namespace`.

    Raises:
        ValueError: It is no name, and why.
    """
    match = _NAME.fullmatch(text)
    if match is None:
        raise ValueError("it has no identifier, such as s=W-1/pump_rate or i=2258")
    identifier = match["identifier"]
    try:
        ua.NodeId.from_string(identifier)
    except UaStringParsingError:
        raise ValueError(f"{identifier!r} is no identifier of its kind") from None
    if identifier.startswith("i=") and not 0 <= int(identifier[2:]) <= _LARGEST_ID:
        raise ValueError(f"a number of a node must be from 0 to {_LARGEST_ID}")
    if match["uri"] is not None:
        return NodeName(match["uri"], identifier)
    if match["index"] is not None:
        if int(match["index"]) > _LARGEST_INDEX:
            raise ValueError(f"a number of a namespace must be from 0 to {_LARGEST_INDEX}")
        return NodeName(int(match["index"]), identifier)
    if namespace is None:
        raise ValueError("it states no namespace, and the file states none for all")
    return NodeName(namespace, identifier)


def node_id(name: NodeName, namespaces: Sequence[str]) -> ua.NodeId | None:
    """Return the node's id on a server that has `namespaces` in this order; None if it has not this one."""
    index = name.namespace
    if isinstance(index, str):
        if index not in namespaces:
            return None
        index = namespaces.index(index)
    return ua.NodeId.from_string(f"ns={index};{name.identifier}")
