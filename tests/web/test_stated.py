"""Stating an input: from where it is missing, with its unit, and wells and zones to choose from."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from connectors.ops.overrides import MOST_PLACES
from schemas.profiles import default_profile
from scoring.overrides import inputs_that_may_be_stated
from tests.web import fakes
from tests.web.conftest import People
from tests.web.site import Site
from welltegra.web.pages.stated import StatedForm, stated_page
from welltegra.web.rendering import render


def test_that_what_is_offered_is_what_may_be_stated() -> None:
    page = stated_page("p", fakes.ENGINEER, [], StatedForm(), default_profile())
    offered = [one.name for inputs in page.inputs.values() for one in inputs]
    assert sorted(offered) == sorted(inputs_that_may_be_stated(default_profile()))


def test_that_an_input_of_parts_is_chosen_by_its_name() -> None:
    page = stated_page("p", fakes.ENGINEER, [], StatedForm(input="water_cut"), default_profile())
    assert page.chosen is not None
    assert (page.chosen.name, page.chosen.takes) == ("water_cut_level", "in v/v")


def test_that_the_wells_of_the_target_one_came_from_are_offered_and_escaped() -> None:
    row = fakes.rows()[4]
    places = [(row.well_id, fakes.HOSTILE), (row.well_id, None), ("another", "elsewhere")]
    page = stated_page(fakes.PROJECT, fakes.ENGINEER, [], StatedForm(), default_profile(), places, row)
    assert (page.wells, page.zones) == ((row.well_id,), (fakes.HOSTILE,))
    assert fakes.HOSTILE not in render(page)
    assert MOST_PLACES > 0


@pytest.mark.chromium
def test_that_a_missing_input_leads_to_stating_it_with_its_unit_beside_the_value(people: People, site: Site) -> None:
    page = people.page()
    page.goto(site.address("worklist?classification=C&max_depletion_risk=&sort=total_score"))
    page.locator("#rows a.open").first.click()
    well = page.locator("#drawer-title").inner_text().split(" ")[0]
    page.locator("#drawer .remedy", has_text="dynamic").get_by_role("link", name="State it").first.click()
    expect(page.get_by_label("Well", exact=True)).to_have_value(well)
    chosen = page.locator("select[data-stated]")
    assert chosen.input_value() in inputs_that_may_be_stated(default_profile())
    assert {one.get_attribute("value") for one in page.locator("#wells option").all()} == {well}
    chosen.select_option("net_pay_m")
    expect(page.locator("#takes")).to_have_text("in m")
    chosen.select_option("access")
    expect(page.locator("#takes")).to_contain_text("one of: road_and_permit")
    assert "restricted" in [one.get_attribute("value") for one in page.locator("#values option").all()]


@pytest.mark.chromium
def test_that_a_fault_of_a_value_says_what_was_found_once(people: People, site: Site) -> None:
    people.expected.append("422")
    page = people.page()
    page.goto(site.address("stated?well=W-001&input=net_pay_m"))
    page.get_by_label("Value").fill("abc")
    page.get_by_label("Reason").fill("Counted on the strip.")
    page.get_by_role("button", name="State it").click()
    expect(page.get_by_role("alert")).to_have_text("value: must be a finite number; was 'abc'. Correct it.")
    expect(page.locator("#takes")).to_have_text("in m")
