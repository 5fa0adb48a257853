"""What the drawings say: the same numbers as the table, cutoffs where they are, one scale both ways on the map."""

from __future__ import annotations

import random
import re
from datetime import date
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from tests.web.fakes import HOSTILE
from welltegra.web.drawings.bars import Score, component_bars, remaining_bars, score_bar
from welltegra.web.drawings.curve import curve, spark
from welltegra.web.drawings.field_map import Offset, Place, Well, field_map
from welltegra.web.drawings.labels import Box
from welltegra.web.drawings.lens import lens
from welltegra.web.drawings.moves import moved_bar, rank_lines
from welltegra.web.drawings.off_scale import wrapped
from welltegra.web.drawings.production import Line, Trend, rates, water_cut
from welltegra.web.drawings.scales import Linear, Log, decades_around, steps
from welltegra.web.drawings.section import Interval as SectionInterval
from welltegra.web.drawings.section import section
from welltegra.web.drawings.strip import Logs, log_strip, pay_of, runs
from welltegra.web.drawings.two_curves import two_curves

MONTHS = tuple(date(2020 + k // 12, 1 + k % 12, 1) for k in range(40))


def parsed(drawing: Markup) -> ElementTree.Element:
    """Return the drawing as XML: it must be well-formed."""
    return ElementTree.fromstring(drawing)  # noqa: S314 - ours


def of_class(drawing: Markup, class_: str) -> list[ElementTree.Element]:
    return [one for one in parsed(drawing).iter() if class_ in one.get("class", "").split()]


def logs(**changed: object) -> Logs:
    md = [1000.0 + 0.5 * k for k in range(21)]
    pay = [6 <= k <= 14 for k in range(21)]
    given: dict[str, object] = {
        "md_m": md,
        "gr": [40.0 if p else 120.0 for p in pay],
        "rt": [20.0 if p else 2.0 for p in pay],
        "vsh": [0.1 if p else 0.9 for p in pay],
        "phie": [0.22 if p else 0.03 for p in pay],
        "sw": [0.3 if p else 1.0 for p in pay],
        "top_m": 1003.0,
        "base_m": 1007.0,
        "tvdss_m": (900.0, 904.0),
        "cutoffs": {"vsh_max": 0.4, "phie_min": 0.08, "sw_max": 0.6, "rt_min": None},
    }
    return Logs(**(given | changed))  # type: ignore[arg-type]  # its values are of several types


def test_that_a_bar_is_as_long_as_its_score_and_its_cap_stands_at_the_potential() -> None:
    drawn = score_bar(Score("total", 0.5, 0.75), width=100.0)
    assert of_class(drawn, "fill")[0].get("width") == "50.0"
    assert "M75.0 0v12" in (of_class(drawn, "hatch")[0].get("d") or "")
    assert parsed(drawn).get("aria-label") == "total 0.50, up to 0.75"


def test_that_a_score_without_gaps_has_no_whisker() -> None:
    assert of_class(score_bar(Score("total", 0.5, 0.5)), "hatch") == []


def test_that_the_four_components_say_letter_and_number() -> None:
    scores = [Score(name, 0.25, 0.25) for name in ("static", "dynamic", "operability", "confidence")]
    said = [one.text for one in parsed(component_bars(scores)).iter() if one.tag == "text"]
    assert said == ["S", "0.25", "D", "0.25", "O", "0.25", "C", "0.25"]


def test_that_bars_below_the_chosen_value_are_out() -> None:
    drawn = remaining_bars({0.0: 10, 0.5: 5, 1.0: 0}, 0.5, "so many remain")
    assert [one.get("class") for one in parsed(drawn).iter() if one.tag == "rect"] == ["out", "in", "in"]


def test_that_the_point_lies_on_the_curve() -> None:
    points = ((0.0, 1.0), (0.3, 0.8), (1.0, 0.0))
    drawn = spark(points, "linear", 0.3, 0.8, "a curve")
    (point,) = of_class(drawn, "point")
    corners = re.findall(r"([\d.]+) ([\d.]+)", of_class(drawn, "line")[0].get("d") or "")
    assert (point.get("cx"), point.get("cy")) in corners


def test_that_an_unknown_value_has_no_point_and_is_said() -> None:
    drawn = curve(((0.0, 1.0), (1.0, 0.0)), "linear", None, None, "Sw", "v/v", "a curve")
    assert of_class(drawn, "point") == []
    assert "not known" in drawn


def test_that_every_sample_better_than_each_cutoff_is_pay() -> None:
    assert runs(pay_of(logs())) == [(6, 14)]


@pytest.mark.parametrize("curve", ["vsh", "phie", "sw"])
def test_that_what_cannot_be_judged_is_not_pay(curve: str) -> None:
    values = list(getattr(logs(), curve))
    values[10] = None
    assert runs(pay_of(logs(**{curve: values}))) == [(6, 9), (11, 14)]


def test_that_an_absent_cutoff_is_none_and_no_cutoffs_are_no_pay() -> None:
    assert runs(pay_of(logs(cutoffs={"vsh_max": 0.4}))) == [(6, 14)]
    assert not any(pay_of(logs(cutoffs={})))


def test_that_a_strip_shades_pay_from_midpoint_to_midpoint_and_draws_three_cutoffs() -> None:
    drawn = log_strip(logs(), "a strip")
    (pay,) = of_class(drawn, "pay")
    frame = of_class(drawn, "frame")[1]
    share = float(pay.get("height") or 0) / float(frame.get("height") or 1)
    assert share == pytest.approx(4.5 / 10.0, abs=0.002)
    assert len([one for one in of_class(drawn, "cutoff") if one.tag == "line"]) == 3


def test_that_a_gap_in_a_curve_breaks_its_line() -> None:
    values = list(logs().gr)
    values[3] = None
    (line,) = [one for one in of_class(log_strip(logs(gr=values), "a strip"), "gr") if one.tag == "path"]
    assert (line.get("d") or "").count("M") == 2


def path_of(drawing: Markup, *classes: str) -> ElementTree.Element:
    (found,) = [one for one in parsed(drawing).iter() if one.tag == "path" and one.get("class") == " ".join(classes)]
    return found


def ends_of(path: ElementTree.Element) -> list[float]:
    return [float(x) for x, _ in re.findall(r"[ML]([\d.]+) ([\d.]+)", path.get("d") or "")]


def test_that_gamma_ray_beyond_its_scale_comes_in_again_from_the_left_and_is_said() -> None:
    values = [40.0] * 21
    values[10] = 225.0
    drawn = log_strip(logs(gr=values), "a strip")
    left, right = 108.0, 190.0
    # Up to the edge and back on one side; from the other edge to the middle, 75 of 150 further, and back.
    main = path_of(drawn, "log", "gr").get("d") or ""
    assert main.count("M") == 2
    assert max(ends_of(path_of(drawn, "log", "gr"))) == right
    assert ends_of(path_of(drawn, "log", "gr", "backup")) == [left, (left + right) / 2, left]
    assert parsed(drawn).get("aria-label") == "a strip; GR above 150 gAPI is dashed, from 150 to 300"
    assert [one.text for one in of_class(drawn, "off-scale")] == ["dashed +150"]


def test_that_a_curve_is_cut_where_it_crosses_the_end_of_its_scale() -> None:
    md = [0.0, 1.0, 2.0, 3.0]
    within, beyond = wrapped([100.0, 200.0, None, 160.0], md, 150.0)
    assert within == [(100.0, 0.0), (150.0, 0.5), (None, 1.0), (None, 2.0), (None, 3.0)]
    assert beyond == [(None, 0.5), (0.0, 0.5), (50.0, 1.0), (None, 2.0), (10.0, 3.0)]
    assert wrapped([100.0, 150.0], md[:2], 150.0) == ([(100.0, 0.0), (150.0, 1.0)], [])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"gr": [412.0] * 21}, "GR lies off its scale, up to 412 gAPI"),
        ({"rt": [2.0] * 10 + [20_000.0] * 11}, "Rt lies off its scale, up to 20 k ohm.m"),
        ({"phie": [0.7] * 10 + [-0.02] * 11}, "PHIE lies off its scale, down to -0.02 and up to 0.7 v/v"),
    ],
)
def test_that_what_lies_off_a_scale_is_said(changed: dict[str, object], said: str) -> None:
    drawn = log_strip(logs(**changed), "a strip")
    assert said in (parsed(drawn).get("aria-label") or "")
    assert "off scale" in (of_class(drawn, "off-scale")[0].text or "")
    assert of_class(log_strip(logs(), "a strip"), "off-scale") == []


def test_that_tvdss_stands_beside_md_only_where_it_is_known() -> None:
    assert "TVDSS" in log_strip(logs(), "a strip")
    assert "TVDSS" not in log_strip(logs(tvdss_m=None), "a strip")


def test_that_rt_is_on_decades_around_its_readings() -> None:
    assert decades_around([2.0, 20.0], 0.1, 10_000.0) == (1.0, 100.0)
    assert decades_around([], 0.1, 10_000.0) == (0.1, 10_000.0)
    scale = Log(1.0, 100.0, 0.0, 100.0)
    assert [scale.at(value) for value in (0.0, 1.0, 10.0, 100.0, 1000.0)] == [0.0, 0.0, 50.0, 100.0, 100.0]


def test_that_a_scale_may_run_from_high_to_low() -> None:
    assert Linear(0.45, 0.0, 10.0, 20.0).at(0.45) == 10.0
    assert Linear(0.45, 0.0, 10.0, 20.0).at(0.0) == 20.0


def test_that_steps_are_round() -> None:
    assert steps(0.0, 10.0, 5) == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    assert steps(3.0, 3.0) == [3.0]


def test_that_the_map_has_one_scale_both_ways_and_a_bar_of_that_length() -> None:
    place = Place("W-1", 1000.0, 2000.0, "A", 200.0, 50.0)
    wells = [Well("E", 1300.0, 2000.0, False, False, "B", "/e"), Well("N", 1000.0, 2300.0, True, False, None, None)]
    drawn = field_map(place, wells, "a map")
    (ring,) = [one for one in of_class(drawn, "drainage") if float(one.get("r") or 0) > 20]
    per_metre = float(ring.get("r") or 0) / 200.0
    (east,) = [one for one in of_class(drawn, "B") if one.tag == "circle"]
    assert float(east.get("cx") or 0) - float(ring.get("cx") or 0) == pytest.approx(300 * per_metre, abs=0.2)
    bar = next(one for one in of_class(drawn, "bar") if one.tag == "line")
    metres = float(re.search(r">([\d.]+) (k?)m<", drawn).group(1))  # type: ignore[union-attr]
    assert float(bar.get("x2") or 0) - float(bar.get("x1") or 0) == pytest.approx(metres * per_metre, abs=0.2)
    assert len([one for one in of_class(drawn, "injector") if "N" not in one.get("class", "")]) >= 1


def test_that_a_hostile_name_is_text_in_a_drawing() -> None:
    place = Place(HOSTILE, 0.0, 0.0, "A", None, None)
    drawn = field_map(place, [Well(HOSTILE, 100.0, 0.0, False, True, None, HOSTILE)], HOSTILE)
    assert "img" not in {one.tag for one in parsed(drawn).iter()}


def test_that_a_month_without_production_leaves_the_line() -> None:
    oil = tuple(0.0 if k == 5 else 10.0 for k in range(40))
    drawn = rates(MONTHS, [Line("oil", oil, "oil")], Line("cumulative", oil, "cumulative"), "rates")
    line = next(one for one in of_class(drawn, "oil") if one.tag == "path")
    assert (line.get("d") or "").count("M") == 2


@pytest.mark.parametrize(("slope", "said"), [(0.05, "rising +0.050 a year"), (-0.02, "falling"), (0.0, "no trend")])
def test_that_the_water_cut_says_its_slope(slope: float, said: str) -> None:
    drawn = water_cut(MONTHS, (0.4,) * 40, Trend(0.4, slope, 0.01, 36), "water cut")
    assert said in drawn
    assert len(of_class(drawn, "trend")) == 1


def test_that_a_water_cut_without_a_trend_draws_none() -> None:
    assert of_class(water_cut(MONTHS, (0.4,) * 40, None, "water cut"), "trend") == []


def test_that_a_rank_that_rises_goes_up_and_an_input_that_adds_goes_right() -> None:
    drawn = rank_lines([(5, 1, "W-1", "A"), (1, 5, "W-2", "B")])
    (up,), (down,) = of_class(drawn, "up"), of_class(drawn, "down")
    assert float(up.get("y1") or 0) > float(up.get("y2") or 0)
    assert float(down.get("y1") or 0) < float(down.get("y2") or 0)
    assert of_class(moved_bar(0.1, 0.2, "Sw"), "more")
    assert of_class(moved_bar(-0.1, 0.2, "Sw"), "less")


def test_that_both_curves_are_drawn_and_the_breakpoints_said_are_the_later_ones() -> None:
    drawn = two_curves(((0.15, 1.0), (0.6, 0.0)), ((0.1, 1.0), (0.25, 0.7), (0.6, 0.0)), "linear", "Vsh", "v/v", "both")
    was, now = [one for one in of_class(drawn, "line") if one.tag == "path"]
    assert (was.get("class"), now.get("class")) == ("line was", "line")
    said = [one.text for one in parsed(drawn).iter() if one.tag == "text"]
    assert {"0.1", "0.25", "0.6", "[v/v]", "before", "after"} <= set(said)
    assert "0.15" not in said


def test_that_breakpoints_that_have_no_room_are_left_out_and_keep_their_ticks() -> None:
    points = ((0.0, 1.0), (0.95, 0.1), (0.98, 0.0), (1.0, 0.0))
    drawn = curve(points, "linear", 0.5, 0.5, "Water cut", "v/v", "a curve")
    labels = [one for one in parsed(drawn).iter() if one.tag == "text" and one.get("y") == "122"]
    assert [one.text for one in labels] == ["0", "0.95"]
    assert len(of_class(drawn, "tick")) == 4
    assert "0.50 v/v gives 0.50" in drawn


def test_that_the_name_of_a_curve_and_its_value_do_not_share_a_line() -> None:
    drawn = curve(((0.0, 0.0), (30.0, 1.0)), "linear", 28.6, 0.98, "Height above contact", "m TVD", "a curve")
    heights = {one.text: one.get("y") for one in parsed(drawn).iter() if one.tag == "text"}
    assert heights["Height above contact"] != heights["28.6 m TVD gives 0.98"]


def test_that_what_two_circles_share_is_a_lens_the_smaller_one_or_nothing() -> None:
    assert lens((0.0, 0.0, 10.0), (25.0, 0.0, 10.0), "shared") is None
    inside = lens((0.0, 0.0, 10.0), (1.0, 0.0, 2.0), "shared")
    assert inside is not None
    assert parsed(inside).get("r") == "2"
    between = lens((0.0, 0.0, 10.0), (10.0, 0.0, 10.0), "shared")
    assert between is not None
    # They meet at x = 5, where sin(60 deg) of the radius is 8.66.
    assert (parsed(between).get("d") or "").startswith("M5 8.7A10 10 0 0 0 5 -8.7A10 10")


def boxes(drawing: Markup) -> list[Box]:
    """Return about where the names on a map stand."""
    found = []
    for one in parsed(drawing).iter():
        if one.tag == "text" and (one.text or "").startswith("W-"):
            width, x, y = 6.0 * len(one.text or ""), float(one.get("x") or 0), float(one.get("y") or 0)
            left = {"end": x - width, "middle": x - width / 2}.get(one.get("text-anchor") or "", x)
            found.append(Box(left, y - 8.0, left + width, y))
    return found


def test_that_no_name_on_the_map_stands_over_another() -> None:
    chance = random.Random(5)
    for _ in range(20):
        wells = [
            Well(f"W-{k:03}", chance.gauss(0, 300), chance.gauss(0, 300), k % 5 == 0, False, "B", None)
            for k in range(40)
        ]
        named = boxes(field_map(Place("W-own", 0.0, 0.0, "A", 200.0, 40.0), wells, "a map"))
        assert len(named) >= 10
        assert not [1 for k, one in enumerate(named) for other in named[:k] if one.meets(other)]


def test_that_what_a_neighbour_drained_lies_at_its_distance_and_what_is_shared_shows() -> None:
    there = Offset("W-2", 300.0, 200.0, (1.0, 0.0))
    unknown = Offset("W-3", 300.0, None, (0.0, 1.0))
    nowhere = Offset("W-4", 300.0, 200.0, None)
    drawn = field_map(Place("W-1", 0.0, 0.0, "A", 200.0, 50.0, (there, unknown, nowhere)), [], "a map")
    (ring,) = [one for one in of_class(drawn, "drainage") if float(one.get("r") or 0) > 20]
    (other,) = [one for one in of_class(drawn, "drained") if float(one.get("r") or 0) > 20]
    per_metre = float(ring.get("r") or 0) / 200.0
    away = float(other.get("cx") or 0) - float(ring.get("cx") or 0)
    assert away == pytest.approx(300.0 * per_metre, abs=0.2)
    assert len(of_class(drawn, "shared")) == 1


def test_that_a_section_is_as_deep_as_interval_and_contact_and_says_its_exaggeration() -> None:
    place = SectionInterval("W-1", "A", 1700.0, 1710.0, 40.0, 50.0, 200.0, 1730.0)
    drawn = section(place, [Offset("W-2", 300.0, 200.0)], "a section")
    (slab,) = of_class(drawn, "drainage")
    (contact,) = [one for one in of_class(drawn, "contact") if one.tag == "line"]
    base = float(slab.get("y") or 0) + float(slab.get("height") or 0)
    deeper = float(contact.get("y1") or 0) - base
    assert deeper == pytest.approx(2.0 * float(slab.get("height") or 0), abs=0.3)
    (shared,) = of_class(drawn, "shared")
    assert float(shared.get("width") or 0) == pytest.approx(float(slab.get("width") or 0) / 4, abs=0.3)
    assert "vertical exaggeration" in drawn


def test_that_a_contact_too_far_to_be_drawn_is_said() -> None:
    place = SectionInterval("W-1", "A", 1700.0, 1701.0, None, None, None, 1900.0)
    drawn = section(place, [], "a section")
    assert [one for one in of_class(drawn, "contact") if one.tag == "line"] == []
    assert "1900 m, below what is drawn" in drawn


def test_that_a_contact_within_the_strip_is_drawn_and_one_outside_is_not() -> None:
    (drawn,) = [one for one in of_class(log_strip(logs(contact_m=1008.0), "a strip"), "contact") if one.tag == "line"]
    (base,) = [one for one in of_class(log_strip(logs(base_m=1008.0), "a strip"), "edge") if one.tag == "line"][1:]
    assert drawn.get("y1") == base.get("y1")
    assert of_class(log_strip(logs(contact_m=1100.0), "a strip"), "contact") == []


def test_that_the_months_of_a_trend_are_shaded() -> None:
    drawn = water_cut(MONTHS, (0.4,) * 40, Trend(0.4, 0.05, 0.0, 12), "water cut")
    (window,) = of_class(drawn, "window")
    (frame,) = of_class(drawn, "frame")
    assert float(window.get("width") or 0) == pytest.approx(11 / 39 * float(frame.get("width") or 0), rel=0.03)
    assert "p &lt; 0.001" in drawn
