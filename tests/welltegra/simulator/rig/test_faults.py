"""What each fault does to what a well's tags show."""

from __future__ import annotations

import math
import re

import pytest

from connectors.errors import ConnectorError
from welltegra.simulator.rig.asks import Ask, breach_target
from welltegra.simulator.rig.rig import Rig
from welltegra.simulator.rig.tags import NAMES, STATE_TAG, TAG
from welltegra.simulator.rig.wires import Reading

START_US = 1_700_000_000_000_000
Shown = dict[str, Reading]


def rig(seed: int = 1) -> Rig:
    return Rig(["W-1", "W-2"], seed)


def live(made: Rig, count: int, well: str = "W-1", first: int = 0) -> list[Shown]:
    """Return what a well shows in each of the next seconds, by tag; `first` is the number of the first."""
    found = []
    for second in range(first, first + count):
        scans = {scan.well: scan for scan in made.step(START_US + second * 1_000_000)}
        found.append({reading.tag: reading for reading in scans[well].readings})
    return found


def ask(made: Rig, what: str, tag: str = "", for_s: float = 0.0, to: str = "", well: str = "W-1") -> str:
    return made.ask(Ask(what, well, tag, for_s, to))


def numbers(shown: list[Shown], tag: str) -> list[float]:
    return [float(each[tag].value) for each in shown]


def test_that_every_tag_is_shown_each_second_good_in_its_unit_at_its_time() -> None:
    for second, shown in enumerate(live(rig(), 5)):
        assert tuple(shown) == NAMES
        assert {reading.status for reading in shown.values()} == {"Good"}
        assert {reading.time_us for reading in shown.values()} == {START_US + second * 1_000_000}
        assert {tag.unit for tag in TAG.values()} == {shown[tag].unit for tag in TAG}


def test_that_a_fault_at_one_well_changes_nothing_at_another_and_nothing_after_it() -> None:
    calm, spoilt = rig(), rig()
    for what in ("noise", "freeze", "nan", "unit-change", "clock-skew"):
        ask(spoilt, what, for_s=5)
    assert [scan for scan in calm.step(0) if scan.well == "W-2"] == [
        scan for scan in spoilt.step(0) if scan.well == "W-2"
    ]
    assert live(calm, 10, first=1) != (after := live(spoilt, 10, first=1))
    assert live(calm, 5, first=11) == live(spoilt, 5, first=11)
    assert after != []


@pytest.mark.parametrize("tag", [tag for tag in TAG if tag != "pump_rate"])
@pytest.mark.parametrize("to", [9_000.0, 1.5])
def test_that_a_breach_reaches_its_value_at_once_and_holds_it_or_more_until_its_end(tag: str, to: float) -> None:
    made = rig()
    live(made, 3)
    ask(made, "breach", tag, for_s=20, to=str(to))
    shown = numbers(live(made, 25), tag)
    assert all((value >= to) if to > 1_000 else (value <= to) for value in shown[:20])
    assert not any((value >= to) if to > 1_000 else (value <= to) for value in shown[20:])


def test_that_a_breach_is_of_the_pump_rate_at_105_percent_of_the_demo_s_limit_unless_told() -> None:
    made = rig()
    assert ask(made, "breach") == "W-1/pump_rate goes to 126 spm or beyond, for 30 s."
    shown = live(made, 40)
    rate, flow, pressure = (numbers(shown, tag) for tag in ("pump_rate", "flow_rate", "standpipe_pressure"))
    assert all(126.0 <= value < 128.0 for value in rate[:30])
    assert max(rate[30:]) < 120.0
    # As on a rig: what is pumped arrives, and takes its pressure.
    assert min(flow[1:30]) > 1_900.0
    assert pressure[29] > 1.2 * pressure[39] > 0.0


@pytest.mark.parametrize(
    ("tag", "limit", "percent", "target"),
    [
        ("pump_rate", "", 105.0, "126"),
        ("pump_rate", "100", 105.0, "105"),
        ("temperature", "15", 90.0, "13.5"),
        ("wellhead_pressure", "", 100.0, "5000"),
        ("depth", "", 105.0, ""),
        ("dept", "", 105.0, ""),
    ],
)
def test_that_a_breach_goes_to_its_percentage_of_the_limit(tag: str, limit: str, percent: float, target: str) -> None:
    assert breach_target(tag, limit, percent) == target


def test_that_noise_shakes_one_tag_by_what_was_asked() -> None:
    made = rig()
    ask(made, "noise", "wellhead_pressure", for_s=200, to="50")
    shown = live(made, 400)
    values = numbers(shown, "wellhead_pressure")
    shaken, calm = ([abs(value - 280.0) for value in part] for part in (values[:200], values[200:]))
    assert 30.0 < sum(shaken) / 200 < 50.0  # a sigma of 50 is a mean distance of 40
    assert sum(calm) / 200 < 5.0
    assert max(numbers(shown, "pump_rate")) < 108.0


def test_that_a_frozen_sensor_repeats_its_last_value_while_time_goes_on() -> None:
    made = rig()
    last = live(made, 5)[-1]
    ask(made, "freeze", for_s=10)
    shown = live(made, 12, first=5)
    for tag in NAMES:
        assert {each[tag].value for each in shown[:10]} == {last[tag].value}
        assert [each[tag].time_us for each in shown] == [START_US + second * 1_000_000 for second in range(5, 17)]
    assert shown[11]["standpipe_pressure"].value != last["standpipe_pressure"].value


def test_that_a_dropout_shows_nothing_of_its_tag_and_all_of_the_others() -> None:
    made = rig()
    ask(made, "dropout", "temperature", for_s=3)
    assert ["temperature" in shown for shown in live(made, 5)] == [False, False, False, True, True]
    ask(made, "dropout", for_s=1)
    assert live(made, 1) == [{}]


def test_that_bad_status_is_the_one_asked_for() -> None:
    made = rig()
    ask(made, "bad-status", "pump_rate", for_s=2)
    ask(made, "bad-status", STATE_TAG, for_s=2, to="UncertainSensorNotAccurate")
    shown = live(made, 3)
    assert [each["pump_rate"].status for each in shown] == ["BadSensorFailure", "BadSensorFailure", "Good"]
    assert [each[STATE_TAG].status for each in shown] == ["UncertainSensorNotAccurate"] * 2 + ["Good"]
    assert {each["depth"].status for each in shown} == {"Good"}


def test_that_nan_comes_with_good_status_and_never_as_a_word() -> None:
    made = rig()
    ask(made, "nan", for_s=1)
    (shown,) = live(made, 1)
    assert all(math.isnan(float(shown[tag].value)) and shown[tag].status == "Good" for tag in TAG)
    assert shown[STATE_TAG].value == "pumping"


def test_that_clock_skew_is_of_a_tag_and_ends_and_a_clock_step_is_of_the_well_and_stays() -> None:
    made = rig()
    ask(made, "clock-skew", "depth", for_s=2, to="3.5")
    assert "set 90 s back, until it is cleared" in ask(made, "clock-step")

    def off(shown: list[Shown], tag: str) -> list[float]:
        return [each[tag].time_us / 1e6 - START_US / 1e6 - second for second, each in enumerate(shown)]

    shown = live(made, 4)
    assert off(shown, "depth") == pytest.approx([-86.5, -86.5, -90.0, -90.0], abs=1e-3)
    assert off(shown, "pump_rate") == pytest.approx([-90.0] * 4, abs=1e-3)
    assert ask(made, "clear") == "W-1: 1 fault taken off."
    assert live(made, 1)[0]["pump_rate"].time_us == START_US


@pytest.mark.parametrize(
    ("tag", "to", "unit", "factor", "offset"),
    [
        ("wellhead_pressure", "", "bar", 0.0689475729, 0.0),
        ("wellhead_pressure", "kPa", "kPa", 6.89475729, 0.0),
        ("temperature", "", "degF", 1.8, 32.0),
        ("flow_rate", "", "gal[US]/min", 0.264172052, 0.0),
        ("pump_rate", "strokes/min", "spm", 1.0, 0.0),
    ],
)
def test_that_a_unit_change_changes_unit_and_value_together(
    tag: str, to: str, unit: str, factor: float, offset: float
) -> None:
    calm, made = rig(), rig()
    ask(made, "unit-change", tag, for_s=2, to=to)
    before, shown = live(calm, 3), live(made, 3)
    assert [each[tag].unit for each in shown] == [unit, unit, TAG[tag].unit]
    for plain, changed in zip(before[:2], shown[:2], strict=True):
        assert float(changed[tag].value) == pytest.approx(float(plain[tag].value) * factor + offset)
    assert shown[2] == before[2]
    assert made.step(0)[0].units == {name: each.unit for name, each in TAG.items()}


def test_that_a_fault_asked_for_again_replaces_the_one_that_was_on() -> None:
    made = rig()
    ask(made, "breach", "temperature", for_s=100, to="90")
    ask(made, "breach", "temperature", for_s=2, to="95")
    assert [value >= 95.0 for value in numbers(live(made, 3), "temperature")] == [True, True, False]


def test_that_a_dead_sensor_does_not_see_a_breach() -> None:
    made = rig()
    last = live(made, 1)[0]
    ask(made, "freeze", "temperature")
    ask(made, "breach", "temperature", to="95")
    assert live(made, 1)[0]["temperature"].value == last["temperature"].value


def test_that_clear_takes_off_a_tag_s_a_well_s_or_all_faults() -> None:
    made = rig()
    for well in ("W-1", "W-2"):
        for tag in ("depth", "temperature", ""):
            ask(made, "freeze", tag, well=well)
    assert len(made.on()) == 6
    assert ask(made, "clear", "depth") == "W-1/depth: 1 fault taken off."
    assert ask(made, "clear") == "W-1: 2 faults taken off."
    assert ask(made, "clear", well="") == "all wells: 3 faults taken off."
    assert made.on() == []


def test_that_what_is_on_is_listed_until_it_is_over() -> None:
    made = rig()
    ask(made, "nan", "depth", for_s=3)
    assert '"seconds_left": 3' in made.on()[0]
    live(made, 2)
    assert '"seconds_left": 1' in made.on()[0]
    live(made, 1)
    assert made.on() == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Ask("brech", "W-1", "", 0, ""), "rig: must be a fault; was 'brech'. Did you mean 'breach'?"),
        (Ask("nan", "W-9", "", 0, ""), "--well: must be a well of this rig; was 'W-9'. Did you mean 'W-2' or 'W-1'?"),
        (Ask("nan", "", "", 0, ""), "--well: must be a well of this rig; was ''. There are W-1, W-2."),
        (Ask("nan", "W-1", "pump", 0, ""), "--tag: must be a tag; was 'pump'. Did you mean 'pump_rate'?"),
        (Ask("nan", "W-1", STATE_TAG, 0, ""), "nan: must be of a tag with numbers; 'operating_state' has words. "),
        (Ask("clock-step", "W-1", "depth", 0, ""), "clock-step: must be of a whole well; was of tag 'depth'. "),
        (Ask("breach", "W-1", "depth", 0, ""), "breach: 'depth' must be told how far to go, it has no usual limit. "),
        (Ask("breach", "W-1", "depth", 0, "deep"), "breach: --to must be a number; was 'deep'. Mend it."),
        (Ask("breach", "W-1", "depth", 0, "nan"), "breach: --to must be a number; was 'nan'. Mend it."),
        (Ask("noise", "W-1", "depth", 0, "-1"), "noise: --to must be a number of 0 or more; was '-1'. Mend it."),
        (
            Ask("clock-skew", "W-1", "", 0, "1e9"),
            "clock-skew: --to must be a number from -2,592,000 to 2,592,000; was '1e9'. Mend it.",
        ),
        (Ask("freeze", "W-1", "", 0.5, ""), "freeze: --for must be from 1 to 86,400 s; was 0.5 s. Mend it."),
        (Ask("freeze", "W-1", "", -1, ""), "freeze: --for must be from 1 to 86,400 s; was -1 s. Mend it."),
        (Ask("freeze", "W-1", "", 0, "7"), "freeze: must be told no value; was told '7'. Leave --to out."),
        (Ask("bad-status", "W-1", "", 0, "BadSensor"), "--to: must be a status; was 'BadSensor'. Did you mean "),
        (Ask("unit-change", "W-1", "", 0, "bar"), "unit-change: 'bar' must be the unit of one tag. "),
        (Ask("unit-change", "W-1", "depth", 0, "bar"), "'bar' (pressure without stated reference) must measure "),
        (Ask("unit-change", "W-1", "depth", 0, "fet"), "unit must be a spelling of the closed unit table; was 'fet'."),
    ],
)
def test_that_what_cannot_be_done_is_refused_in_a_sentence(asked: Ask, said: str) -> None:
    made = rig()
    with pytest.raises(ConnectorError, match=re.escape(said)):
        made.ask(asked)
    assert made.on() == []


def test_that_local_releases_the_request_and_clear_gives_the_key_back() -> None:
    made = rig()
    assert made.write_request("W-1", 90.0) == "Good"
    ask(made, "local")
    assert made.write_request("W-1", 80.0) == "BadUserAccessDenied"
    assert made.write_request("W-2", 80.0) == "Good"
    live(made, 60)
    assert made.shown("W-1").status == "local"
    ask(made, "clear")
    live(made, 1)
    assert made.write_request("W-1", 80.0) == "Good"


def test_that_a_request_throttles_the_pump_and_what_hangs_on_it_until_the_watchdog_ends_it() -> None:
    made = rig()
    before = live(made, 1)[0]
    made.write_request("W-1", 60.0)
    shown = live(made, 31)
    rate = numbers(shown, "pump_rate")
    assert rate[0] > 95.0
    assert rate[28] == pytest.approx(60.0, abs=1.5)
    assert numbers(shown, "standpipe_pressure")[28] < 0.5 * float(before["standpipe_pressure"].value)
    assert numbers(live(made, 30), "pump_rate")[-1] == pytest.approx(float(before["pump_rate"].value), abs=2.0)
