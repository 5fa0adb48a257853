"""The closed unit table: what each spelling is worth, what is refused, and that nothing crosses dimensions."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import IncompatibleUnits, UnknownUnit
from connectors.unit_table import AMBIGUOUS, SIZES, TEMPERATURES
from connectors.units import UNITS, conversion, unit

SPELLINGS = st.sampled_from(sorted(UNITS))


# Each pair from a source of its own (ISO 80000, NIST SP 811 appendix B, API MPMS), not from our table.
@pytest.mark.parametrize(
    "source, target, value, expected",
    [
        ("Hz", "spm", 1.0, 60.0),
        ("spm", "Hz", 120.0, 2.0),
        ("strokes/min", "1/s", 90.0, 1.5),
        ("stk/min", "cycles/min", 7.0, 7.0),
        ("rpm", "rad/s", 60.0, 2 * math.pi),
        ("rev/s", "rpm", 2.0, 120.0),
        ("deg/s", "rpm", 6.0, 1.0),
        ("dega", "rad", 180.0, math.pi),
        ("psi", "Pa", 1.0, 6894.757293168361),
        ("Pa", "psi", 34_473_786.4658418, 5000.0),
        ("bar", "psi", 1.0, 14.503773773020922),
        ("psig", "barg", 14.503773773020922, 1.0),
        ("psia", "kPaa", 14.695948775513, 101.325),
        ("psi(g)", "kPag", 1.0, 6.894757293168361),
        ("kgf/cm2", "kPa", 1.0, 98.0665),
        ("atm", "torr", 1.0, 760.0),
        ("degC", "degF", 100.0, 212.0),
        ("degF", "degC", -40.0, -40.0),
        ("degF", "K", 32.0, 273.15),
        ("K", "degR", 273.15, 491.67),
        ("degC", "K", 0.0, 273.15),
        ("deltaF", "deltaC", 9.0, 5.0),
        ("ft", "m", 1.0, 0.3048),
        ("ftUS", "m", 3937.0, 1200.0),
        ("1/32 in", "mm", 32.0, 25.4),
        ("bbl", "gal[US]", 1.0, 42.0),
        ("bbl", "m3", 1.0, 0.158987294928),
        ("galUK", "L", 1.0, 4.54609),
        ("gpm", "L/min", 1.0, 3.785411784),
        ("galUS/min", "gal[US]/min", 5.0, 5.0),
        ("bbl/min", "m3/s", 60.0, 0.158987294928),
        ("bbl/d", "m3/d", 1.0, 0.158987294928),
        ("L/min", "m3/h", 1000.0, 60.0),
        ("ppg", "kg/m3", 1.0, 119.8264273168),
        ("g/cm3", "ppg", 1.0, 8.345404452),
        ("klbf", "kN", 1.0, 4.4482216152605),
        ("kdaN", "kN", 1.0, 10.0),
        ("tonfUS", "lbf", 1.0, 2000.0),
        ("tf", "kN", 1.0, 9.80665),
        ("ft.lbf", "N.m", 1.0, 1.3558179483314),
        ("kft.lbf", "kN.m", 1.0, 1.3558179483314),
        ("ft/h", "m/h", 1.0, 0.3048),
        ("m/s", "m/h", 1.0, 3600.0),
        ("hhp", "W", 1.0, 745.6998715822702),
        ("gn", "m/s2", 1.0, 9.80665),
        ("us/ft", "us/m", 1.0, 1 / 0.3048),
        ("deg/100ft", "deg/30m", 1.0, 30 / 30.48),
        ("psi/ft", "kPa/m", 0.3048, 6.894757293168361),
        ("Euc", "%", 0.5, 50.0),
        ("%", "ppm", 1.0, 10_000.0),
        ("mD", "D", 1000.0, 1.0),
        ("cP", "Pa.s", 1.0, 0.001),
    ],
)
def test_that_conversions_agree_with_published_values(source: str, target: str, value: float, expected: float) -> None:
    factor, offset = conversion(source, target)
    assert factor * value + offset == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_that_scales_are_exact_fractions() -> None:
    sizes = [size for table in SIZES.values() for size in table.values()]
    sizes += [size for pair in TEMPERATURES.values() for size in pair]
    assert {type(size) for size in sizes} <= {int, Fraction}
    assert unit("psi").scale == Fraction(8_896_443_230_521, 1_290_320_000)
    assert unit("bbl").scale == Fraction(9702) * Fraction(254, 10_000) ** 3
    assert all(entry.scale > 0 for entry in UNITS.values())


def test_that_sixty_strokes_a_minute_are_exactly_one_hertz() -> None:
    assert conversion("Hz", "spm") == (60.0, 0.0)


@pytest.mark.parametrize(
    "one, other", [("spm", "strokes/min"), ("gpm", "galUS/min"), ("psi", "lbf/in2"), ("°C", "degC"), ("m³/h", "m3/hr")]
)
def test_that_two_spellings_of_one_unit_change_no_value(one: str, other: str) -> None:
    assert conversion(one, other) == (1.0, 0.0)


@given(SPELLINGS)
def test_that_a_unit_converts_to_itself_by_exactly_one_and_nothing(spelling: str) -> None:
    assert conversion(spelling, spelling) == (1.0, 0.0)


@given(SPELLINGS, SPELLINGS, st.floats(-1e9, 1e9))
def test_that_there_and_back_is_the_same_value_and_dimensions_never_cross(
    source: str, target: str, value: float
) -> None:
    if unit(source).dimension != unit(target).dimension:
        with pytest.raises(IncompatibleUnits):
            conversion(source, target)
        return
    there, back = conversion(source, target), conversion(target, source)
    again = back.factor * (there.factor * value + there.offset) + back.offset
    assert again == pytest.approx(value, rel=1e-12, abs=1e-9 * max(1.0, abs(back.offset)))


@given(SPELLINGS, SPELLINGS)
def test_that_factors_are_positive_and_rounded_once(source: str, target: str) -> None:
    a, b = unit(source), unit(target)
    if a.dimension == b.dimension:
        factor, offset = conversion(source, target)
        assert factor > 0
        assert factor == float(a.scale / b.scale)
        assert offset == float((a.zero - b.zero) / b.scale)


def test_that_only_temperatures_have_a_zero_of_their_own() -> None:
    assert {entry.dimension for entry in UNITS.values() if entry.zero} == {"temperature"}


@pytest.mark.parametrize(
    "source, target, word",
    [
        ("psig", "psia", "Gauge"),
        ("psi", "psig", "Gauge"),
        ("bar", "bara", "Gauge"),
        ("rpm", "Hz", "turn"),
        ("rpm", "spm", "turn"),
        ("rad/s", "1/s", "turn"),
        ("deg", "rpm", "angle"),
        ("strokes", "spm", "count"),
        ("klbf", "klbm", "force"),
        ("sg", "g/cm3", "water"),
        ("degC", "deltaC", "difference"),
        ("m/h", "min/m", "inverted"),
        ("unitless", "%", "no unit"),
        ("MMscf/d", "m3/d", "reference conditions"),
        ("scf/d", "Sm3/d", "reference conditions"),
        ("m", "psi", "one kind"),
    ],
)
def test_that_traps_are_refused_with_a_way_out(source: str, target: str, word: str) -> None:
    with pytest.raises(IncompatibleUnits, match=word) as refusal:
        conversion(source, target)
    assert (refusal.value.source, refusal.value.target) == (source, target)
    with pytest.raises(IncompatibleUnits, match=word):
        conversion(target, source)


@pytest.mark.parametrize("spelling", sorted(AMBIGUOUS))
def test_that_an_ambiguous_spelling_is_refused_with_spellings_that_are_known(spelling: str) -> None:
    assert spelling not in UNITS
    with pytest.raises(UnknownUnit, match="one meaning") as refusal:
        unit(spelling)
    proposed = refusal.value.remedy.split("'")[1::2]
    assert proposed
    assert set(proposed) <= set(UNITS)


def test_that_case_matters_where_it_must() -> None:
    assert unit("mPa").scale * 10**9 == unit("MPa").scale
    assert unit("mN").scale * 10**9 == unit("MN").scale
    assert unit("mW").scale * 10**9 == unit("MW").scale
    with pytest.raises(UnknownUnit, match="'MPa' for megapascal or 'mPa' for millipascal"):
        unit("MPA")


@pytest.mark.parametrize(
    "spelling, suggestion",
    [("KPa", "kPa"), ("Psi", "psi"), ("spn", "spm"), ("strokes per minute", "strokes/min"), ("galUS/mn", "galUS/min")],
)
def test_that_an_unknown_spelling_brings_the_nearest_known(spelling: str, suggestion: str) -> None:
    with pytest.raises(UnknownUnit, match="Did you mean") as refusal:
        unit(spelling)
    assert refusal.value.suggestions[0] == suggestion


@pytest.mark.parametrize("spelling", ["", " ", "\x00", "furlong" * 100, "pump"])
def test_that_a_spelling_like_no_other_still_says_what_to_do(spelling: str) -> None:
    with pytest.raises(UnknownUnit, match="closed unit table"):
        unit(spelling)


@given(st.text(max_size=12))
def test_that_any_text_is_a_unit_or_refused(spelling: str) -> None:
    try:
        assert unit(spelling).scale > 0
    except UnknownUnit as refusal:
        assert refusal.remedy  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(
    "written, plain",
    [("m³/h", "m3/h"), ("kg/m^3", "kg/m3"), ("N·m", "N.m"), ("N*m", "N.m"), ("µs/ft", "us/ft"), ("Ω.m", "ohm.m")],
)
def test_that_superscripts_and_signs_are_read_as_their_plain_forms(written: str, plain: str) -> None:
    assert unit(written) == unit(plain)


@pytest.mark.parametrize(
    "spelling",
    # Every unit of the recorded rig data and of the WITSML examples that a time log carries.
    [
        "unitless",
        "kg/m3",
        "m3/s",
        "Pa",
        "m3",
        "Hz",
        "m",
        "K",
        "m/s",
        "Euc",
        "N",
        "W",
        "W/m2",
        "kft.lbf",
        "bbl",
        "ppm",
        "rpm",
        "galUS/min",
        "ft",
        "g/cm3",
        "klbf",
        "Unitless",
        "ohm.m",
        "lbm/galUS",
        "m/h",
        "spm",
        "psig",
        "klbm",
        "degC",
        "ft/h",
        "psi",
        "%",
        "dega",
        "rad",
        "bbl/min",
        "in",
        "degF",
        "lbf.ft",
    ],
)
def test_that_the_units_of_recorded_logs_are_known(spelling: str) -> None:
    assert unit(spelling).dimension
