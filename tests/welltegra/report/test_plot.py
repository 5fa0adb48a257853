from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from connectors.errors import Fault
from connectors.replay.parse import open_samples
from connectors.witsml.config import CurveSource, TagMap
from rules.rule_set import Constraint, RuleSet, Tag
from schemas.alert import Alert
from tests.welltegra.samples import START_US, alert, batch
from welltegra.report.plot import draw, picture
from welltegra.report.series import Series

PUMP = RuleSet("W-1", 1, (Tag("pump_rate", "spm"),), (Constraint("pump-rate", "pump_rate", "spm", high=120.0),))
MINUTES = [float(n) for n in range(600)]
RATES: list[float | None] = [100.0 + n % 10 for n in range(600)]


def collected(rule_set: RuleSet, seconds: Sequence[float], values: Sequence[float | None]) -> Series:
    series = Series([rule_set])
    series.add(batch(seconds, values))
    return series


def pump(
    alerts: Sequence[Alert] = (), values: Sequence[float | None] = RATES, seconds: Sequence[float] = MINUTES
) -> Figure:
    return picture(collected(PUMP, seconds, values), [PUMP], alerts, "A run")


def panel(figure: Figure, at: int = 0) -> Axes:
    """Return the part of a panel that shows the value; its level strip comes before it."""
    return figure.axes[2 * at + 1]


def strip(figure: Figure, at: int = 0) -> Axes:
    return figure.axes[2 * at]


def drawn(axes: Axes, label: str) -> Line2D:
    [line] = [line for line in axes.lines if line.get_label() == label]
    return line


def words(figure: Figure) -> str:
    found: list[Text] = figure.findobj(Text)
    return "\n".join(text.get_text() for text in found)


def legend(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_that_there_is_a_panel_for_each_constraint_in_the_order_of_the_rules() -> None:
    constraints = tuple(Constraint(f"c-{n}", "pump_rate", "spm", high=100.0 + n) for n in range(12))
    rules = RuleSet("W-1", 1, PUMP.tags, constraints)
    figure = picture(collected(rules, MINUTES, RATES), [rules], [], "A run")
    titles = [panel(figure, at).get_title("left") for at in range(12)]
    assert titles == [f"c-{n}: pump_rate of W-1" for n in range(12)]
    assert len(figure.axes) == 24
    assert figure.get_figwidth() == 14


def test_that_the_value_is_drawn_in_the_constraints_unit() -> None:
    rules = RuleSet("W-1", 1, (Tag("t", "degC"),), (Constraint("c", "t", "K", high=400.0, factor=1.0, offset=273.15),))
    series = Series([rules])
    series.add(batch([0, 1], [10.0, 20.0], tag="t", unit="degC"))
    figure = picture(series, [rules], [], "A run")
    assert np.asarray(drawn(panel(figure), "value").get_ydata()).tolist() == [283.15, 293.15]
    assert panel(figure).get_ylabel() == "K"


def test_that_limits_stand_with_their_number_and_unit() -> None:
    rules = RuleSet("W-1", 1, PUMP.tags, (Constraint("band", "pump_rate", "spm", high=120.0, low=40.0),))
    figure = picture(collected(rules, MINUTES, RATES), [rules], [], "A run")
    red = [line for line in panel(figure).lines if line.get_label() == "red from here"]
    yellow = [line for line in panel(figure).lines if line.get_label() == "yellow from here"]
    assert [float(np.asarray(line.get_ydata())[0]) for line in red] == [120.0, 40.0]
    assert [float(np.asarray(line.get_ydata())[0]) for line in yellow] == pytest.approx([108.0, 44.0])
    for said in ("RED ≥ 120 spm", "yellow ≥ 108 spm", "RED ≤ 40 spm", "yellow ≤ 44 spm"):
        assert said in words(figure)


def test_that_every_alert_has_its_mark_and_is_counted() -> None:
    alerts = [
        *(alert("raised", float(second)) for second in (10, 30, 50)),
        alert("raised", 70, level="red"),
        *(alert("cleared", float(second)) for second in (20, 40)),
        alert("escalated", 15),
        alert("deescalated", 17),
        *(
            alert(name, 80)
            for name in ("monitoring_lost", "monitoring_restored", "late_breach", "clock_skew", "clock_reset")
        ),
    ]
    figure = pump(alerts)
    marks = {
        "raised to yellow": 3,
        "raised to red": 1,
        "cleared": 2,
        "escalated": 1,
        "deescalated": 1,
        "monitoring lost": 1,
        "monitoring restored": 1,
        "late breach": 1,
        "clock ahead": 1,
        "clock set back": 1,
    }
    assert {name: len(np.asarray(drawn(panel(figure), name).get_xdata())) for name in marks} == marks
    assert set(marks) <= set(legend(figure))
    assert "raised 4, cleared 2, escalated 1" in panel(figure).get_title("right")


def test_that_alerts_of_other_conditions_are_not_drawn_here() -> None:
    figure = pump([alert("raised", 10, well_id="W-2"), alert("raised", 10, constraint_id="other")])
    assert panel(figure).get_title("right") == "no alerts"
    assert "raised to yellow" not in legend(figure)


def test_that_a_level_is_a_band_told_by_height_hatch_and_word_besides_colour() -> None:
    figure = pump([alert("raised", 60), alert("escalated", 200), alert("cleared", 400)])
    bands = {patch.get_label(): patch for patch in strip(figure).patches}
    yellow, red = bands["YELLOW (half height)"], bands["RED (full height)"]
    assert (yellow.get_bbox().height, red.get_bbox().height) == (0.5, 1.0)  # type: ignore[attr-defined]
    assert yellow.get_hatch() != red.get_hatch()
    day = START_US / 86_400e6
    assert yellow.get_bbox().x0 == pytest.approx(day + 60 / 86_400)  # type: ignore[attr-defined]
    assert red.get_bbox().x1 == pytest.approx(day + 400 / 86_400)  # type: ignore[attr-defined]
    assert [text.get_text() for text in strip(figure).texts if "UTC" not in text.get_text()] == ["YELLOW", "RED"]


def test_that_an_episode_of_a_moment_can_still_be_seen() -> None:
    figure = pump([alert("raised", 60, level="red"), alert("cleared", 60)])
    [band] = strip(figure).patches
    pixels = strip(figure).transData.transform([(band.get_bbox().x0, 0), (band.get_bbox().x1, 0)])  # type: ignore[attr-defined]
    assert pixels[1][0] - pixels[0][0] >= 1.9


def test_that_lost_monitoring_is_shaded() -> None:
    figure = pump([alert("monitoring_lost", 100), alert("monitoring_restored", 200)])
    [shade] = panel(figure).patches
    assert shade.get_label() == "not seen (monitoring lost)"
    assert "not seen (monitoring lost)" in legend(figure)


def test_that_a_gap_breaks_the_line() -> None:
    seconds = [float(n) for n in range(600) if not 200 < n < 260]
    values = np.asarray(drawn(panel(pump(values=[1.0] * len(seconds), seconds=seconds)), "value").get_ydata())
    assert np.isnan(values).sum() == 1


def test_that_what_was_not_judged_is_marked_on_the_axis() -> None:
    values = [None if n in {50, 100} else 1.0 for n in range(600)]
    marks = drawn(panel(pump(values=values)), "not judged (bad or no reading)")
    assert len(np.asarray(marks.get_xdata())) == 2


def test_that_an_absurd_reading_is_an_arrow_with_its_number_and_leaves_the_rest_readable() -> None:
    values = [*RATES[:300], 3.8e11, -5e11, 1e11, *RATES[303:]]
    figure = pump(values=values)
    low, high = panel(figure).get_ylim()
    assert -100 < low < 100
    assert 120 < high < 300
    assert "2 readings beyond the picture, up to 3.8e11 spm" in words(figure)
    assert "1 reading beyond the picture, down to -5e11 spm" in words(figure)
    assert {line.get_marker() for line in panel(figure).lines} >= {"^", "v"}
    assert np.nanmax(np.asarray(drawn(panel(figure), "value").get_ydata())) == 3.8e11


def test_that_a_peak_of_the_well_itself_is_never_cut_off() -> None:
    values = [*RATES[:300], 180.0, *RATES[301:]]
    figure = pump(values=values)
    assert panel(figure).get_ylim()[1] > 180
    assert "beyond the picture" not in words(figure)


def test_that_limits_are_in_view_far_from_the_readings() -> None:
    low, high = panel(pump(values=[1.0] * 600)).get_ylim()
    assert low < 1.0
    assert high > 120


def test_that_a_clock_that_once_stood_at_1970_does_not_squeeze_the_rest() -> None:
    figure = pump(seconds=[*MINUTES, 1.0 - START_US / 1e6], values=[*RATES, 5.0])
    left, right = panel(figure).get_xlim()
    assert right - left < 0.02
    assert "1 reading at other times, as 1970-01-01 00:00:01Z, not drawn" in words(figure)


def test_that_the_axis_says_the_days_and_that_they_are_utc() -> None:
    assert "2026-01-01 UTC" in words(pump())
    two_days = [3600.0 * n for n in range(40)]
    assert "2026-01-01 to\n2026-01-02 UTC" in words(pump(seconds=two_days, values=[1.0] * 40))


@pytest.mark.parametrize("seconds", [[], [5.0]])
def test_that_a_condition_with_hardly_a_reading_has_its_panel(seconds: list[float], tmp_path: Path) -> None:
    series = collected(PUMP, seconds, [1.0] * len(seconds))
    assert ("no readings" in words(picture(series, [PUMP], [], "A run"))) == (not seconds)
    draw(tmp_path / "plot.png", series, [PUMP], [], "A run")


def test_that_rules_without_constraints_make_a_picture_too(tmp_path: Path) -> None:
    draw(tmp_path / "plot.png", Series([]), [], [], "Nothing")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_that_names_are_drawn_as_they_are_written(tmp_path: Path) -> None:
    rules = RuleSet("$W_1$", 1, (Tag("a$\\b", "spm"),), (Constraint("\u6cf5", "a$\\b", "spm", high=1.0),))
    draw(tmp_path / "plot.png", Series([rules]), [rules], [], "$\\frac$")


def test_that_a_picture_is_png_of_2100_pixels_across(tmp_path: Path) -> None:
    out = tmp_path / "plot.png"
    draw(out, collected(PUMP, MINUTES, RATES), [PUMP], [alert("raised", 10)], "A run")
    header = out.read_bytes()[:24]
    assert header.startswith(b"\x89PNG")
    assert int.from_bytes(header[16:20], "big") == 2100


def test_that_a_place_that_cannot_be_written_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        draw(tmp_path / "missing" / "plot.png", Series([PUMP]), [PUMP], [], "A run")


def test_that_a_long_series_becomes_few_points() -> None:
    count = 200_000
    values = np.sin(np.arange(count) / 300.0)
    values[123_457] = 5.0
    series = collected(PUMP, [float(n) for n in range(count)], values.tolist())
    line = np.asarray(drawn(panel(picture(series, [PUMP], [], "A run")), "value").get_ydata())
    assert len(line) < 10_000
    assert line.max() == 5.0


@pytest.mark.realdata
def test_that_the_recorded_hook_load_is_readable_beside_its_absurd_reading(shared_data: Path, tmp_path: Path) -> None:
    rules = RuleSet(
        "15/9-F-7",
        1,
        (Tag("pump_rate", "Hz", period_s=10.0), Tag("hook_load", "N", period_s=10.0)),
        (
            Constraint("pump-rate", "pump_rate", "spm", high=56.0, factor=60.0),
            Constraint("hook-load", "hook_load", "kN", high=950.0, factor=0.001),
        ),
    )
    tags = {"pump_rate": CurveSource(mnemonic="STRATE2"), "hook_load": CurveSource(mnemonic="HKLD")}
    series, faults = Series([rules]), list[Fault]()
    files = sorted((shared_data / "volve_witsml" / "logs").glob("F-7_CementData*"))
    for _, samples in open_samples(files, TagMap(well_id="15/9-F-7", tags=tags), faults.append):
        series.add(samples)
    assert faults == []
    figure = picture(series, [rules], [], "15/9-F-7")
    assert np.nanmax(np.asarray(drawn(panel(figure), "value").get_ydata())) == pytest.approx(65.0, abs=1e-5)
    assert 1017 < panel(figure, 1).get_ylim()[1] < 1200
    assert "1 reading beyond the picture, up to 1.1306e9 kN" in words(figure)
    draw(tmp_path / "f7.png", series, [rules], [], "15/9-F-7")
