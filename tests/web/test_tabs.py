"""What the tabs make of what a ranking has kept: months of a trend, sweep, offsets at the depth of the interval."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from connectors.ops.shapes import SourceRow, TargetDetail
from tests.scoring.test_drainage import NP
from tests.scoring.test_drainage import target as assessed
from tests.web import fakes, fakes_detail
from welltegra.web.pages.contacts import contact_tvdss_m
from welltegra.web.pages.interval_tab import interval_tab
from welltegra.web.pages.production_tab import production_tab
from welltegra.web.pages.score_tab import score_tab
from welltegra.web.pages.spatial_tab import offsets_of, spatial_tab
from welltegra.web.rendering import environment


def detail(k: int = 0, **facts: Any) -> TargetDetail:
    found = fakes_detail.detail(fakes.rows()[k])
    return replace(found, facts={**found.facts, **facts})


def with_input(found: TargetDetail, name: str, **said: Any) -> TargetDetail:
    inputs = tuple(replace(one, **said) if one.input == name else one for one in found.contributions)
    return replace(found, contributions=inputs)


def test_that_the_months_of_the_trend_are_those_that_it_was_taken_over() -> None:
    tab = production_tab(detail(water_cut_method="of the well; Theil-Sen, Mann-Kendall; 24 months"))
    assert tab.trend == "of the well, over its last 24 producing months"
    assert ("Water cut, slope", "+0.031 a year, p 0.012") in tab.facts


@pytest.mark.parametrize("method", [None, "of the zone; too few months"])
def test_that_no_months_are_made_up_where_there_is_no_trend(method: str | None) -> None:
    assert production_tab(detail(water_cut_method=method, water_cut_slope=None)).trend is None


@pytest.mark.parametrize(
    ("name", "said", "mark"),
    [
        ("offset_drained_fraction", {"value": 0.0}, "not drained"),
        ("offset_drained_fraction", {"value": 0.26}, "drained"),
        ("offset_drained_fraction", {"value": None}, "unknown"),
        ("injector_mpvi", {"status": "not_applicable", "value": None}, "no injection"),
        ("injector_mpvi", {"status": "derived", "value": 0.05}, "little support"),
        ("injector_mpvi", {"status": "derived", "value": 0.3}, "supported"),
        ("injector_mpvi", {"status": "derived", "value": 1.2}, "swept through"),
    ],
)
def test_that_sweep_is_flagged_by_the_curve_of_its_input(name: str, said: dict[str, Any], mark: str) -> None:
    found = [flag.mark for flag in production_tab(with_input(detail(), name, **said)).flags]
    assert mark in found


def test_that_a_well_that_only_injects_is_drawn_by_what_it_injects() -> None:
    found = detail()
    assert found.production is not None
    none = (None,) * len(found.production.months)
    injected = tuple(100.0 for _ in found.production.months)
    only = replace(found.production, oil_sm3=none, water_sm3=none, gas_sm3=none, water_injected_sm3=injected)
    drawn = json.loads(production_tab(replace(found, production=only)).series)
    assert [one["name"] for one in drawn["rates"]] == ["water injected"]
    assert drawn["cumulative"]["name"] == "cumulative water injected"
    assert drawn["cumulative"]["values"][-1] == 100.0 * len(injected)


def test_that_offsets_are_read_as_assessment_says_them() -> None:
    said = assessed(("O 1", 200.0, NP), ("P", -220.0, NP))["offsets"]
    offsets = offsets_of(detail(offsets=said))
    assert [(one.well_id, one.distance_m, one.radius_m) for one in offsets] == [
        ("O 1", 200.0, 200.0),
        ("P", 220.0, 200.0),
    ]
    doubtful = assessed(("O", 200.0, None))["offsets"]
    assert [(one.well_id, one.radius_m) for one in offsets_of(detail(offsets=doubtful))] == [("O", None)]
    assert offsets_of(detail(offsets="none within reach")) == ()


def test_that_an_offset_lies_the_way_of_its_wellhead_and_one_of_the_same_platform_no_way() -> None:
    found = detail()
    near = found.spatial.neighbours[0]
    assert near.well_id == fakes_detail.well(0)
    way = offsets_of(found)[0].way
    assert way is not None
    x, y = found.spatial.x_m or 0.0, found.spatial.y_m or 0.0
    assert (way[0] * near.distance_m, way[1] * near.distance_m) == pytest.approx((near.x_m - x, near.y_m - y))
    here = replace(near, x_m=x + 3.0, y_m=y)
    moved = replace(found, spatial=replace(found.spatial, neighbours=(here,)))
    assert offsets_of(moved)[0].way is None
    assert spatial_tab(moved, str).undirected.split(", ")[0] == near.well_id


def test_that_a_contact_lies_below_the_middle_by_the_height_above_it() -> None:
    found = with_input(detail(), "height_above_contact_m", value=20.0)
    top, base = found.interval.top_tvdss_m or 0.0, found.interval.base_tvdss_m or 0.0
    assert contact_tvdss_m(found) == (top + base) / 2 + 20.0
    assert contact_tvdss_m(with_input(found, "height_above_contact_m", value=None)) is None


def test_that_archie_is_worked_out_at_the_means() -> None:
    # sqrt(1 * 0.05 / (0.212^2 * 12.49)) on paper.
    assert ("Archie at these means", "0.30 v/v") in interval_tab(detail()).archie


def test_that_an_input_that_does_not_apply_is_not_called_unknown() -> None:
    def drawn(found: TargetDetail) -> str:
        rows = (row for group in score_tab(found).components for row in group.rows if row.name == "pressure_ratio")
        return "".join(next(rows).curves)

    nothing: dict[str, Any] = {"value": None, "utility": None}
    assert "not applicable" in drawn(with_input(detail(), "pressure_ratio", status="not_applicable", **nothing))
    assert "not known" in drawn(with_input(detail(), "pressure_ratio", status="missing", **nothing))


def test_that_a_target_without_depth_has_no_section_and_one_with_has() -> None:
    assert spatial_tab(detail(), str).section is not None
    assert spatial_tab(detail(44), str).section is None


def bare() -> TargetDetail:
    row = next(one for one in fakes.rows() if one.event_no == 0)
    return replace(fakes_detail.detail(row), sources=())


def shown(found: TargetDetail, name: str) -> str:
    tab = {"interval": interval_tab, "production": production_tab}[name](found)
    return environment().get_template(f"tab_{name}.html").render(tab=tab)


def test_that_a_well_that_nobody_could_look_into_is_not_said_to_hold_no_pay() -> None:
    found = bare()
    log = SourceRow("S1", "log", "a.las", 64 * "a", found.row.well_id)
    unread, unusable = interval_tab(found).bare, interval_tab(replace(found, sources=(log,))).bare
    others = interval_tab(replace(found, sources=(replace(log, well_id="another"),))).bare
    assert unread is not None
    assert unusable is not None
    assert "No log of this well is in the project" in unread
    assert "could not be used" in unusable
    assert others == unread
    assert interval_tab(detail()).bare is None


def test_that_a_well_without_interval_shows_no_rows_of_dashes() -> None:
    page = shown(bare(), "interval")
    assert "No log of this well is in the project" in page
    assert "<dt>" not in page
    assert "ohm.m" not in page
    assert "ohm.m" in shown(detail(), "interval")


def test_that_what_a_well_without_interval_produced_is_the_wells() -> None:
    found = replace(bare(), facts={"np_sm3": 4_579_610.0, "never_produced": True})
    tab = production_tab(found)
    assert [name for name, _ in tab.facts if name.startswith("Produced")] == ["Produced from the well"]
    assert not tab.never
    assert production_tab(detail(never_produced=True)).never
    assert "Produced from the interval" in dict(production_tab(detail()).facts)


def test_that_the_heading_says_whether_a_well_produced_or_injected() -> None:
    found = detail()
    assert found.production is not None
    none = (None,) * len(found.production.months)
    injected = tuple(100.0 for _ in found.production.months)
    both = replace(found.production, water_injected_sm3=injected)
    only = replace(both, oil_sm3=none, water_sm3=none, gas_sm3=none)
    still = replace(only, water_injected_sm3=none)
    said = [production_tab(replace(found, production=one)).heading for one in (found.production, both, only, still)]
    assert said == [
        "Production of the well",
        "Production and injection of the well",
        "Injection of the well",
        "Production of the well",
    ]


def test_that_an_unswept_volume_that_is_not_known_says_why() -> None:
    found = detail(unswept_volume_m3_why="spacing_m of the reservoir is not stated")
    unknown = replace(found, row=replace(found.row, unswept_volume_m3=None))
    assert dict(production_tab(unknown).sweep)["Unswept pore volume"] == (
        "not known: spacing_m of the reservoir is not stated"
    )
    known = replace(found, row=replace(found.row, unswept_volume_m3=157_080.0))
    assert dict(production_tab(known).sweep)["Unswept pore volume"].endswith("m3 at reservoir conditions")


def at(place_at: str | None, anchor: str = "horizontal only", **said: Any) -> TargetDetail:
    found = detail()
    return replace(found, spatial=replace(found.spatial, place_at=place_at, anchor=anchor, **said))


@pytest.mark.parametrize(
    ("place_at", "said"),
    [
        ("wellhead", "The horizontal place is the wellhead's."),
        ("survey_end", "that of the end of the survey"),
        ("interval", "its depth or its vertical datum is not known"),
    ],
)
def test_that_a_place_that_is_not_the_intervals_in_space_says_what_it_is(place_at: str, said: str) -> None:
    tab = spatial_tab(at(place_at), str)
    assert (tab.anchor, tab.anchored) == ("horizontal only", False)
    assert tab.doubt is not None
    assert said in tab.doubt
    assert spatial_tab(at("interval", "anchored"), str).doubt is None


def test_that_neither_drainage_nor_position_is_drawn_around_a_wellhead() -> None:
    sure, unsure = spatial_tab(at("interval"), str).map, spatial_tab(at("wellhead", path_x_m=(), path_y_m=()), str).map
    assert sure is not None
    assert unsure is not None
    # The legend has one of each.
    assert (sure.count('class="drainage"'), sure.count('class="cone"')) == (2, 2)
    assert (unsure.count('class="drainage"'), unsure.count('class="cone"')) == (1, 1)


def test_that_the_way_from_the_wellhead_is_drawn_and_told() -> None:
    found = detail()
    tab = spatial_tab(found, str)
    assert tab.map is not None
    assert f"wellhead of {found.row.well_id}" in tab.map
    assert 'class="hole"' in tab.map
    # 300 m west and 120 m north of it.
    assert dict(tab.place)["Wellhead"].endswith("; 323 m away")
    assert "wellhead of" not in (spatial_tab(at("wellhead", path_x_m=(), path_y_m=()), str).map or "")


def test_that_a_neighbour_of_which_only_the_head_is_known_says_so() -> None:
    found = detail()
    near = replace(found.spatial.neighbours[0], place_at="wellhead")
    tab = spatial_tab(replace(found, spatial=replace(found.spatial, neighbours=(near,))), str)
    assert tab.near[0].what.endswith(", at its wellhead")
