"""Words and numbers as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from scoring.vocabulary import CLASS_RULES, CLASSES, GATES, INPUTS, PROMOTION_ACTIONS, QUARANTINE
from welltegra.web import words


@pytest.mark.parametrize(
    ("value", "said"),
    [
        *((None, "\u2013"), (float("nan"), "\u2013"), (0.0, "0"), (0.4, "0.40"), (0.212, "0.212"), (7.92, "7.92")),
        *(
            (38.5, "38.5"),
            (37.0, "37.0"),
            (196.4, "196"),
            (196_427.0, "196\u2009427"),
            (-0.5, "-0.50"),
            (0.00012, "0.00012"),
        ),
    ],
)
def test_that_a_number_has_three_digits_and_no_idle_zeros(value: float | None, said: str) -> None:
    assert words.figure(value) == said


@pytest.mark.parametrize(
    ("value", "said"), [(196_427.0, "196 k"), (2.5e6, "2.50 M"), (12.0, "12.0"), (0.0, "0"), (None, "\u2013")]
)
def test_that_a_volume_is_in_thousands_or_millions(value: float | None, said: str) -> None:
    assert words.volume(value) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        *(
            (None, "m", "missing"),
            (0.0, "m", "0 m"),
            (True, "", "yes"),
            ("road_and_permit", "category", "road and permit"),
        ),
        *((0.31, "-", "0.31"), ((), "", "none"), (["a_b", 1.0], "", "a b, 1.00")),
    ],
)
def test_that_a_value_is_said_with_its_unit(value: object, unit: str, said: str) -> None:
    assert words.value_words(value, unit) == said


def test_that_every_word_of_the_vocabulary_has_words() -> None:
    assert set(words.CLASS_WORDS) == set(words.CLASS_SENTENCES) == set(CLASSES)
    assert set(words.RULE_SENTENCES) == set(CLASS_RULES)
    assert set(words.GAP_WORDS) == {*GATES, QUARANTINE}
    assert set(words.INPUT_WORDS) == {name for names in INPUTS.values() for name in names}
    assert set(words.ACTION_WORDS) == set(PROMOTION_ACTIONS)


@pytest.mark.parametrize(
    ("said", "in_words"),
    [
        (
            "Closing G2.CRS, INPUT.WATER_CUT would lift it from C to A.",
            "Closing \u201clocation unverified\u201d, \u201cwater cut unknown\u201d would lift it from C to A.",
        ),
        # The longer of two codes that begin alike.
        ("Close G2.CRS_CONFLICT first.", "Close \u201clocation conflict\u201d first."),
        ("was 0.0 %, without depletion_ratio, water_cut.", "was 0.0 %, without depletion ratio, water cut."),
        ("crs_confidence and rt_contrast must be known", "CRS confidence and Rt contrast must be known"),
        # A name of the field's own that only contains one of ours stays.
        ("well 'my_water_cut_2' and swamp", "well 'my_water_cut_2' and swamp"),
        ("", ""),
    ],
)
def test_that_gaps_and_inputs_in_a_sentence_have_the_names_that_the_page_gives_them(said: str, in_words: str) -> None:
    assert words.in_words(said) == in_words


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        *(("robot (key:706189c6-25b9)", "robot, API key"), ("Ann Reed (sub-ann)", "Ann Reed"), ("ann", "ann")),
        *(("Ann (of Bergen) (sub-ann)", "Ann (of Bergen)"), ("(key:7)", "(key:7)"), ("", "")),
    ],
)
def test_that_who_did_it_is_called_by_name(actor: str, name: str) -> None:
    assert words.person(actor) == name


def test_that_times_are_said_in_utc_to_the_minute() -> None:
    assert words.moment(datetime(2026, 3, 23, 17, 0, 31, tzinfo=UTC)) == "23 Mar 2026 17:00"
    assert words.day(date(2026, 3, 1)) == "1 Mar 2026"
    assert words.count_of(1, "target") == "1 target"
    assert words.count_of(2, "entry", "entries") == "2 entries"
