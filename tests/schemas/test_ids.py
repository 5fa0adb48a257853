"""Ids from content: worked out here by hand, from the formula of the contracts page and RFC 9562."""

from __future__ import annotations

import hashlib
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ids import NAMESPACE, alert_id, condition_id, episode_id, late_violation_id, violation_id

DNS = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
PUMP = '["15/9-F-7","pump-rate","pump_rate"]'
NEW_YEAR = 1_767_225_600_000_000


def version_5(namespace: UUID, name: str) -> UUID:
    """Return the name-based id of RFC 9562, section 5.5: SHA-1, cut to 16 bytes, with version 5 and variant 10."""
    digest = bytearray(hashlib.sha1(namespace.bytes + name.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    return UUID(bytes=bytes(digest))


def test_that_the_namespace_never_changes() -> None:
    assert version_5(DNS, "welltegra") == NAMESPACE
    assert str(NAMESPACE) == "9403637b-7bb3-5242-a9a4-449f65db7f89"


@pytest.mark.parametrize(
    "names, expected",
    [
        (("15/9-F-7", "pump-rate", "pump_rate"), PUMP),
        (("A|B", 'say "x"', "back\\slash"), r'["A|B","say \"x\"","back\\slash"]'),
        (("Åsgard", "druck", "p_1 °C"), '["Åsgard","druck","p_1 °C"]'),
    ],
)
def test_that_a_condition_is_a_compact_json_array(names: tuple[str, str, str], expected: str) -> None:
    assert condition_id(*names) == expected


def test_that_ids_are_as_worked_by_hand() -> None:
    episode = episode_id(PUMP, 3, NEW_YEAR)
    assert episode == version_5(NAMESPACE, PUMP + "|3|2026-01-01T00:00:00.000000Z")
    assert alert_id(episode, PUMP, "raised", NEW_YEAR + 1) == version_5(
        NAMESPACE, f"{episode}|raised|2026-01-01T00:00:00.000001Z"
    )
    assert alert_id(None, PUMP, "monitoring_lost", NEW_YEAR + 5_000_000) == version_5(
        NAMESPACE, PUMP + "|monitoring_lost|2026-01-01T00:00:05.000000Z"
    )
    assert violation_id(episode, NEW_YEAR + 1_500_000) == version_5(
        NAMESPACE, f"{episode}|violation|2026-01-01T00:00:01.500000Z"
    )
    assert late_violation_id(PUMP, NEW_YEAR) == version_5(NAMESPACE, PUMP + "|late|2026-01-01T00:00:00.000000Z")


def test_that_ids_never_change() -> None:
    # Consumers drop a redelivery by its id, over versions of ours too.
    episode = episode_id(PUMP, 1, NEW_YEAR)
    assert [
        str(episode),
        str(alert_id(episode, PUMP, "raised", NEW_YEAR)),
        str(violation_id(episode, NEW_YEAR)),
        str(late_violation_id(PUMP, NEW_YEAR)),
    ] == [
        "f5969cbf-95a9-56dd-8105-69df947429b8",
        "9a5140b4-d52a-5d07-b881-854cad2c29ca",
        "d0e4a6a5-7e0f-5296-86fb-ac33a36169e2",
        "07d38da7-1398-5d73-bd40-53b757d1b467",
    ]


@given(st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1)), unique=True))
def test_that_no_two_conditions_share_an_id(names: list[tuple[str, str, str]]) -> None:
    assert len({condition_id(*each) for each in names}) == len(names)


def test_that_samples_of_one_millisecond_and_versions_of_one_rule_have_ids_of_their_own() -> None:
    assert episode_id(PUMP, 1, NEW_YEAR) != episode_id(PUMP, 1, NEW_YEAR + 1)
    assert episode_id(PUMP, 1, NEW_YEAR) != episode_id(PUMP, 2, NEW_YEAR)
    episode = episode_id(PUMP, 1, NEW_YEAR)
    assert alert_id(episode, PUMP, "raised", NEW_YEAR) != alert_id(None, PUMP, "raised", NEW_YEAR)
    assert violation_id(episode, NEW_YEAR) != late_violation_id(PUMP, NEW_YEAR)
