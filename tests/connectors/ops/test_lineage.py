"""A target keeps its key for as long as it is the same rock, and no two targets of a run have one."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from connectors.ops.lineage import target_keys
from tests.connectors.ops.frames import candidate, frame, no_candidate


def keys(*rows: dict[str, Any], before: pl.DataFrame | None = None, run: str = "r") -> list[str]:
    return target_keys("kern", run, frame(list(rows)), before).to_list()


def previous(rows: list[dict[str, Any]], found: list[str]) -> pl.DataFrame:
    return frame(rows).select("well_id", "zone", "top_md_m", "base_md_m").with_columns(pl.Series("target_key", found))


def span(top: float, base: float, well: str = "W-1", zone: str | None = "Hugin Fm.") -> dict[str, Any]:
    return candidate(well, 1, top, base_md_m=base, zone=zone)


def test_that_the_same_target_has_the_same_key_and_others_have_others() -> None:
    rows = [span(10, 20), span(30, 40), span(10, 20, "W-2"), span(10, 20, zone=None), no_candidate("W-1")]
    first = keys(*rows)
    assert len(set(first)) == 5
    assert keys(*rows, run="another") == first
    assert target_keys("other", "r", frame(rows), None).to_list() != first


def kept(was: tuple[float, float], now: tuple[float, float], zone: str | None = "Hugin Fm.") -> bool:
    [key] = keys(span(*was))
    return keys(span(*now, zone=zone), before=previous([span(*was)], [key])) == [key]


def test_that_half_of_the_shorter_is_enough() -> None:
    assert kept((10, 20), (15, 25))
    assert not kept((10, 20), (15.01, 25.01))
    assert kept((10, 20), (18, 20))  # a cutoff that leaves little of it
    assert kept((10, 20), (5, 60))
    assert not kept((10, 20), (20, 30))
    assert not kept((10, 20), (10, 20.5), zone="Sleipner Fm.")


def test_that_of_two_halves_the_longer_keeps_the_key() -> None:
    [key] = keys(span(10, 30))
    top, base = keys(span(10, 18), span(20, 30), before=previous([span(10, 30)], [key]))
    assert base == key != top


def test_that_two_that_are_joined_keep_one_key() -> None:
    rows = [span(10, 14), span(15, 30)]
    before = previous(rows, keys(*rows))
    assert keys(span(10, 30), before=before) == [before["target_key"][1]]


def test_that_a_place_that_a_lineage_left_gets_a_key_of_its_own() -> None:
    steps = [span(10, 20), span(14, 24), span(18, 28), span(22, 32)]
    [key] = first = keys(steps[0])
    for was, now in pairwise(steps[:3]):
        assert keys(now, before=previous([was], [key])) == first
    moved, returned = keys(steps[3], steps[0], before=previous([steps[2]], [key]))
    assert moved == key != returned


def test_that_a_reviewed_target_that_was_away_comes_back_to_its_key() -> None:
    [key] = keys(span(10, 20))
    absent, other = previous([span(10, 20)], [key]), span(30, 40)
    before = previous([other], keys(other))
    back, still = target_keys("kern", "r", frame([span(12, 22), other]), before, absent)
    assert (back, still) == (key, before["target_key"][0])
    # What the last run had goes first, and nobody gets a key twice.
    moved = previous([span(11, 21)], ["of the last run"])
    assert target_keys("kern", "r", frame([span(12, 22)]), moved, absent).to_list() == ["of the last run"]
    upper, lower = target_keys("kern", "r", frame([span(10, 14), span(14.5, 20)]), before, absent)
    assert lower == key != upper
    assert target_keys("kern", "r", frame([span(19, 29)]), before, absent).to_list() != [key]


cuts = st.lists(st.integers(0, 60), min_size=2, max_size=12, unique=True).map(sorted)


def spans(found: list[int]) -> list[dict[str, Any]]:
    return [span(float(top), float(base)) for top, base in zip(found[::2], found[1::2], strict=False)]


@given(st.lists(cuts, min_size=2, max_size=4))
def test_that_no_two_targets_of_a_run_have_one_key(runs: list[list[int]]) -> None:
    before: pl.DataFrame | None = None
    for number, run in enumerate(runs):
        rows = spans(run)
        found = keys(*rows, before=before, run=str(number))
        assert len(set(found)) == len(rows)
        shuffled = keys(*reversed(rows), before=before, run=str(number))
        assert shuffled[::-1] == found
        before = previous(rows, found)
