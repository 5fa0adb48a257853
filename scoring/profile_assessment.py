"""The assessment part of a profile: what must hold of it, and what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from scoring.profile_values import Found, all_said, are_words, is_number, is_whole, said
from scoring.vocabulary import COMPLETION_FIELDS

# Below it the test of Mann and Kendall cannot tell anything.
LEAST_MONTHS_OF_A_TREND: Final = 4
# Farther than this the reader of a project calls it a conflict, whoever ranks it.
LOCATION_AGREEMENT_AT_MOST_M: Final = 50.0
_LISTS: Final = ("required_completion_fields", "required_evidence")


@dataclass(frozen=True, slots=True)
class Assessment:
    """What assessment judges by.

    water_cut_*_months: producing months of the level, of the trend, and fewest of a trend. water_cut_trend_p: from
    this p of the Mann-Kendall test on there is no trend. location_agreement_m: how far locations of one well may lie
    apart. required_*: what must be there for completeness of 1; fields by their names in COMPLETION_FIELDS.
    """

    water_cut_level_months: int
    water_cut_trend_months: int
    water_cut_trend_least_months: int
    water_cut_trend_p: float
    location_agreement_m: float
    required_completion_fields: tuple[str, ...]
    required_evidence: tuple[str, ...]


_KEYS: Final = tuple(one.name for one in fields(Assessment))


def assessment_faults(path: str, raw: Mapping[str, Any]) -> Iterator[Found]:
    """Yield what does not hold of `assessment`."""
    yield from all_said(path, raw, _KEYS)
    for key, least in (
        ("water_cut_level_months", 1),
        ("water_cut_trend_months", LEAST_MONTHS_OF_A_TREND),
        ("water_cut_trend_least_months", LEAST_MONTHS_OF_A_TREND),
    ):
        if key in raw and not is_whole(raw[key], least):
            yield f"{path}.{key}", f"must be a whole number, {least} or more", said(raw[key]), "Correct it."
    fewest, months = raw.get("water_cut_trend_least_months"), raw.get("water_cut_trend_months")
    if is_number(fewest) and is_number(months) and fewest > months:
        must = f"must not be above water_cut_trend_months, {months!r}"
        yield f"{path}.water_cut_trend_least_months", must, said(fewest), "Swap the two: else no well has a trend."
    for key, most in (("water_cut_trend_p", 1.0), ("location_agreement_m", LOCATION_AGREEMENT_AT_MOST_M)):
        value = raw.get(key, most)
        if not is_number(value) or not 0 < value <= most:
            yield f"{path}.{key}", f"must be a number above 0, at most {most:g}", said(value), "Correct it."
    for key in _LISTS:
        yield from _list(f"{path}.{key}", raw.get(key, ["any"]))
    known = raw.get("required_completion_fields")
    if are_words(known):
        for index, word in enumerate(known):
            if word not in COMPLETION_FIELDS:
                must = f"must be one of {', '.join(COMPLETION_FIELDS)}"
                yield f"{path}.required_completion_fields[{index}]", must, said(word), "Correct it."


def assessment(raw: Mapping[str, Any]) -> Assessment:
    """Return the assessment part of a profile that was checked."""
    return Assessment(
        water_cut_level_months=int(raw["water_cut_level_months"]),
        water_cut_trend_months=int(raw["water_cut_trend_months"]),
        water_cut_trend_least_months=int(raw["water_cut_trend_least_months"]),
        water_cut_trend_p=float(raw["water_cut_trend_p"]),
        location_agreement_m=float(raw["location_agreement_m"]),
        required_completion_fields=tuple(raw["required_completion_fields"]),
        required_evidence=tuple(raw["required_evidence"]),
    )


def _list(path: str, listed: object) -> Iterator[Found]:
    if not are_words(listed) or not listed:
        yield path, "must be a list of words", said(listed), "Correct it."
        return
    for index, word in enumerate(listed):
        # As the reader of the tables makes them: else none would ever be found.
        if word != word.strip().lower() or not word:
            yield f"{path}[{index}]", "must be a word in small letters", said(word), "Correct it."
        if word in listed[:index]:
            yield f"{path}[{index}]", "must be listed once", said(word), "Remove it."
