from __future__ import annotations

import pytest
from asyncua import ua
from asyncua.ua import ua_binary

from connectors.opcua.node_names import NodeName, node_id, parse_node_name


@pytest.mark.parametrize(
    "text, namespace, expected",
    [
        ("nsu=urn:rig;s=W-1/depth", None, NodeName("urn:rig", "s=W-1/depth")),
        ("nsu=http://a.b/c;i=7", "urn:other", NodeName("http://a.b/c", "i=7")),
        ("ns=3;s=a;b=c=d", None, NodeName(3, "s=a;b=c=d")),
        ("s=W-1/depth", "urn:rig", NodeName("urn:rig", "s=W-1/depth")),
        ("g=72962b91-fa75-4ae6-8d28-b404dc7daf63", "u", NodeName("u", "g=72962b91-fa75-4ae6-8d28-b404dc7daf63")),
    ],
)
def test_that_a_name_has_a_namespace_and_an_identifier(text: str, namespace: str | None, expected: NodeName) -> None:
    assert parse_node_name(text, namespace) == expected
    assert parse_node_name(str(expected), None) == expected


@pytest.mark.parametrize("text", ["", "W-1/depth", "s=", "ns=2", "ns=x;s=a", "i=seven", "g=1", "nsu=;s=a", "s=a"])
def test_that_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"identifier|namespace"):
        parse_node_name(text, None)


@pytest.mark.parametrize(
    "text", ["ns=1;i=-1", "ns=1;i=4294967296", "nsu=urn:rig;i=99999999999999999999", "ns=65536;s=a"]
)
def test_that_a_number_that_fits_into_no_request_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"a number of a (node|namespace) must be from 0 to"):
        parse_node_name(text, None)


def test_that_the_largest_numbers_fit_into_a_request() -> None:
    largest = node_id(parse_node_name("ns=65535;i=4294967295", None), [])
    assert largest is not None
    assert len(ua_binary.nodeid_to_binary(largest)) == 7


def test_that_a_namespace_is_found_where_the_server_has_it_now() -> None:
    name = NodeName("urn:rig", "s=a")
    assert node_id(name, ["http://opcfoundation.org/UA/", "urn:rig"]) == ua.NodeId.from_string("ns=1;s=a")
    assert node_id(name, ["http://opcfoundation.org/UA/", "urn:x", "urn:rig"]) == ua.NodeId.from_string("ns=2;s=a")
    assert node_id(name, ["http://opcfoundation.org/UA/"]) is None
    assert node_id(NodeName(5, "i=7"), []) == ua.NodeId.from_string("ns=5;i=7")
