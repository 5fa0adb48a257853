"""Whatever stands anywhere in a profile's JSON: it is a profile, or its faults are told; never anything else."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.profiles import canonical_profile
from schemas.scoring_profile import ProfileDocument, document
from scoring.profile_checks import ProfileFaults

Path = tuple[str | int, ...]
CANONICAL: Any = canonical_profile().raw


def paths(node: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every node below one."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, one in inside:
        yield (*path, key)
        yield from paths(one, (*path, key))


def at(node: Any, path: Path) -> Any:
    for key in path:
        node = node[key]
    return node


PATHS = list(paths(CANONICAL))
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([0, 1, 3, 2**53, -(2**53), 10**400, -0.0, 1e308, math.nan, math.inf, -math.inf]),
    st.floats(),
    st.text(st.characters(), max_size=5),
    st.sampled_from(["*", "x", "\ud800", "simandoux", "log2", "weight_to", "offset_drained_fraction"]),
    # What is right in one place of a profile, in another.
    st.sampled_from(PATHS).map(lambda path: at(CANONICAL, path)),
)
JSON = st.recursive(
    VALUES, lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=4), inside, max_size=3)
)


@st.composite
def mutations(draw: st.DrawFn) -> Any:
    """Return the profile's JSON with one to three nodes replaced, removed, or there twice."""
    raw = copy.deepcopy(CANONICAL)
    for _ in range(draw(st.integers(1, 3))):
        there = list(paths(raw))
        if not there:
            break
        path = draw(st.sampled_from(there))
        around: Any = at(raw, path[:-1])
        key: Any = path[-1]
        match draw(st.sampled_from(["replace", "remove", "double"])):
            case "replace":
                around[key] = copy.deepcopy(draw(JSON))
            case "remove":
                del around[key]
            case _ if isinstance(around, list):
                around.append(copy.deepcopy(around[key]))
            case _:
                around[draw(st.text(max_size=5))] = copy.deepcopy(around[key])
    return raw


def replaced(value: Any, *path: str | int) -> Any:
    raw = copy.deepcopy(CANONICAL)
    at(raw, path[:-1])[path[-1]] = value
    return raw


@settings(max_examples=500)
@given(mutations() | JSON)
@example(replaced([1, "x"], "components", "operability", "completion_readiness", "items"))
@example(replaced({}, "labels", "depletion_risk", "known_min"))
@example(replaced(1, "components", "operability", "integrity", "blocking"))
@example(replaced(None, "components", "dynamic", "injector_mpvi", "not_applicable"))
@example(replaced([], "recommended_actions", -1, "class"))
@example(replaced(10**400, "position", "latitude_deg"))
@example(replaced(10**400, "components", "static", "vsh", "weight"))
@example(replaced("\ud800", "display_name"))
def test_that_any_json_is_a_profile_or_its_faults(raw: Any) -> None:
    made: ProfileDocument | ProfileFaults
    try:
        made = document(raw)
    except ProfileFaults as refused:
        made = refused
    assert str(made).encode()
