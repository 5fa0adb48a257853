"""A profile as tables and as a picture: all that it says is there, whatever the order in which its JSON has it."""

from __future__ import annotations

import io
import json
import random
from typing import Any

import numpy as np
import polars as pl
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from schemas.profiles import canonical_profile
from schemas.scoring_profile import canonical, parse_profile
from scoring.profile import Curve
from scoring.utility import curve_utility
from scoring.vocabulary import GATES, INPUTS, LABELS
from welltegra.reopening.profile_plot import picture
from welltegra.reopening.profile_tables import Section, number, sections
from welltegra.reopening.profiles import laid_out, read_profile

PROFILE = canonical_profile().profile


def found(name: str) -> Section:
    return next(section for section in sections(canonical_profile()) if section.name == name)


def panels() -> dict[str, Axes]:
    return {axes.get_title(loc="left"): axes for axes in picture(canonical_profile()).axes}


def numbers_of(value: Any) -> set[str]:
    """Return every number in parsed JSON, as a profile's tables write it."""
    if isinstance(value, dict):
        return set().union(*map(numbers_of, value.values()))
    if isinstance(value, list):
        return set().union(*map(numbers_of, value))
    return {number(value)} if isinstance(value, int | float) and not isinstance(value, bool) else set()


@pytest.mark.parametrize("component", INPUTS)
def test_that_every_input_stands_with_its_curve_weight_and_share(component: str) -> None:
    rows = {row[0]: row for row in found(component).rows}
    assert tuple(rows) == INPUTS[component]
    for one in PROFILE.component(component).inputs:
        _, definition, utility, weight, share = rows[one.name]
        assert definition == f"{one.definition} [{one.unit}]"
        assert float(weight) == one.weight
        assert float(share) == pytest.approx(one.weight * PROFILE.component(component).weight)
        if one.curve is not None:
            assert utility.startswith(", ".join(f"{x:g}: {u:g}" for x, u in one.curve.points))
        assert all(f"{word}: {u:g}" in utility for word, u in (one.table or {}).items())


@pytest.mark.parametrize("part", ["weights", "petrophysics", "position", "assessment", "gating_rules", "class_rules"])
def test_that_every_number_of_the_profile_is_in_a_table(part: str) -> None:
    name = {"gating_rules": "gates", "class_rules": "classes"}.get(part, part)
    shown = " ".join(" ".join(row) for row in found(name).rows).replace(",", " ").replace(";", " ").split()
    assert numbers_of(canonical_profile().raw[part]) <= set(shown)


def test_that_gates_stand_in_the_order_in_which_they_lead() -> None:
    assert tuple(row[0] for row in found("gates").rows) == GATES


def test_that_the_words_of_each_label_stand_with_what_they_ask() -> None:
    rows = found("labels").rows
    for label, words in LABELS.items():
        assert {word for name, word, _ in rows if name == label} == set(words)
    conditions = {(label, word): condition for label, word, condition in rows}
    assert conditions["remaining_payload_class", "low_remaining_potential"] == "dynamic score >= 0.35"
    assert conditions["remaining_payload_class", "depleted"] == "dynamic potential < 0.35"
    assert conditions["data_confidence", "low"] == "confidence score < 0.5"


def test_that_the_tables_do_not_depend_on_the_order_of_keys(tmp_path: Any) -> None:
    raw = canonical_profile().raw
    shuffled = tmp_path / "shuffled.json"
    shuffled.write_text(json.dumps(_shuffled(raw, random.Random(7))), "utf-8")
    assert sections(read_profile(shuffled)) == sections(canonical_profile())
    assert laid_out(read_profile(shuffled).raw) == laid_out(dict(raw))


def test_that_what_is_laid_out_is_the_same_profile() -> None:
    assert parse_profile(laid_out(canonical_profile().raw)).sha256 == canonical_profile().sha256
    assert max(map(len, laid_out(canonical_profile().raw).splitlines())) < 250


def _shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        names = list(value)
        chance.shuffle(names)
        return {name: _shuffled(value[name], chance) for name in names}
    return [_shuffled(one, chance) for one in value] if isinstance(value, list) else value


# The picture


def curves() -> dict[str, tuple[str, Curve]]:
    """Return title, axis label and curve of each panel that has one."""
    made: dict[str, tuple[str, Curve]] = {}
    for one in PROFILE.inputs:
        title = f"{one.name}  w {number(one.weight)}"
        if one.curve is not None:
            made[title] = f"{one.name} [{one.unit}]", one.curve
        elif one.water_cut is not None:
            made[title] = f"water_cut_level [{one.unit}]", one.water_cut.level
            made["water_cut: trend, share 0.4"] = "water_cut_slope [1/year]", one.water_cut.trend
    return made


def points(line: Line2D) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in np.asarray(line.get_xydata())]


def test_that_each_curve_is_drawn_as_it_is_scored_with_its_unit() -> None:
    drawn = panels()
    for title, (unit, curve) in curves().items():
        axes = drawn[title]
        (line,) = (one for one in axes.get_lines() if one.get_label() == "utility")
        assert points(line) == list(curve.points)
        assert axes.get_xlabel() == unit
        assert axes.get_xscale() == ("log" if curve.axis == "log2" else "linear")
        ends = [y for one in axes.get_lines() if one.get_label() != "utility" for _, y in points(one)]
        beyond = pl.DataFrame({"x": list(axes.get_xlim())}).select(curve_utility(pl.col("x"), curve))
        assert ends == [value for value in beyond.to_series() for _ in range(2)]


def test_that_each_table_is_drawn_with_its_words_and_utilities() -> None:
    drawn = panels()
    for one in PROFILE.inputs:
        if one.table is not None:
            axes = drawn[f"{one.name}  w {number(one.weight)}"]
            assert [label.get_text() for label in axes.get_yticklabels()] == list(one.table)
            assert [bar.get_width() for bar in axes.patches if isinstance(bar, Rectangle)] == list(one.table.values())


def test_that_there_is_a_panel_for_each_input_and_one_for_the_trend() -> None:
    assert len(panels()) == len(PROFILE.inputs) + 1


def test_that_a_name_with_mathematics_in_it_is_drawn_as_it_is() -> None:
    raw = json.loads(canonical(canonical_profile().raw))
    raw["display_name"] = r"$\frac{1}{"
    picture(parse_profile(json.dumps(raw))).savefig(io.BytesIO(), format="svg")
