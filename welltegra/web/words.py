"""Words and numbers as people read them: labels of the vocabulary, values with their decimals, times in UTC."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import Any, Final

from scoring.vocabulary import GAPS

CLASS_WORDS: Final = {
    "A": "ready",
    "B": "review",
    "C": "needs data",
    "D": "weak",
    "Q": "quarantine",
}
CLASS_SENTENCES: Final = {
    "A": "high-confidence reopening target",
    "B": "review-worthy, moderate uncertainty",
    "C": "interesting, but blocked by missing data",
    "D": "historic payload only: depleted or operationally weak",
    "Q": "quarantined until a conflict is resolved",
}
RULE_SENTENCES: Final = {
    "R1": "a critical gap blocks it, or someone quarantined it",
    "R2": "weak even if every unknown turned out perfect, or its job is ruled out",
    "R3": "a major gap blocks it, or a score is below its threshold",
    "R4": "no hold, and every score reaches the thresholds of class A",
    "R5": "nothing blocks it, and something keeps it from class A",
}
GAP_WORDS: Final = {
    "G1.IDENTITY": "identity",
    "G1.DEPTH_TRACK": "depth track",
    "G1.UNIT_CONFLICT": "unit conflict",
    "G1.UNIT_ALIAS": "unit spelling",
    "G1.CURVES": "curves",
    "G1.PARAMS": "Archie parameters",
    "G1.LOG_QUALITY": "bad hole",
    "G2.CRS": "location unverified",
    "G2.CRS_CONFLICT": "location conflict",
    "G2.VERTICAL_DATUM": "vertical datum",
    "G2.TRANSFORM_CHAIN": "transform chain",
    "G2.AZIMUTH_REFERENCE": "azimuth reference",
    "G3.COMPLETION": "completion",
    "G3.DEPLETION": "depletion unknown",
    "G3.OPERABILITY": "operability",
    "G3.EVIDENCE": "evidence pack",
    "COVERAGE.STATIC": "static inputs",
    "COVERAGE.DYNAMIC": "dynamic inputs",
    "COVERAGE.OPERABILITY": "operability inputs",
    "MANUAL.QUARANTINE": "set aside by hand",
}
INPUT_WORDS: Final = {
    "vsh": "Shale volume",
    "phie": "Effective porosity",
    "rt_contrast": "Rt contrast",
    "sw": "Water saturation",
    "net_pay_m": "Net pay",
    "gross_m": "Gross thickness",
    "height_above_contact_m": "Height above contact",
    "depletion_ratio": "Depletion ratio",
    "water_cut": "Water cut",
    "pressure_ratio": "Pressure ratio",
    "offset_drained_fraction": "Offset drained",
    "injector_mpvi": "Injected pore volumes",
    "unswept_hcpt_m": "Unswept thickness",
    "integrity": "Integrity",
    "workover_complexity": "Workover",
    "completion_readiness": "Completion readiness",
    "access": "Access",
    "cost_ratio": "Cost ratio",
    "log_quality": "Log quality",
    "crs_confidence": "CRS confidence",
    "depth_reference": "Depth reference",
    "completion_completeness": "Completion record",
    "production_completeness": "Production record",
    "evidence_completeness": "Evidence pack",
}
STATE_WORDS: Final = {
    "unreviewed": "unreviewed",
    "in_review": "in review",
    "accepted": "accepted",
    "deferred": "deferred",
    "rejected": "rejected",
    "needs_data": "needs data",
}
# What a gap does, before its name.
ACTION_WORDS: Final = {
    "decision_grade_block": "blocked",
    "review_hold": "hold",
    "spatial_only_quarantine": "off the map",
    "non_blocking_warning": "open",
}
# A note is required to reject, to defer or to ask for data.
NOTE_NEEDED: Final = ("needs_data", "rejected", "deferred")
DASH: Final = "\u2013"
_PAYLOAD: Final = ("_remaining_potential", "_bypassed_pay")
# Names that are no words of the language; of two that begin alike, the longer one first.
_NAMES: Final = (*GAPS, *(name for name in INPUT_WORDS if "_" in name or name in ("vsh", "phie", "sw")))
_NAMED: Final = re.compile(rf"(?<![\w'.])(?:{'|'.join(map(re.escape, sorted(_NAMES, reverse=True)))})(?![\w'])")


def plain(word: str | None) -> str:
    """Return a word of the vocabulary as people write it; a dash for none."""
    if not word:
        return DASH
    for tail in _PAYLOAD:
        word = word.removesuffix(tail)
    return word.replace("_", " ")


def input_words(name: str) -> str:
    """Return what an input is called."""
    return INPUT_WORDS.get(name, plain(name).capitalize())


def gap_words(code: str) -> str:
    """Return what a gap is called, in two or three words."""
    if code.startswith("INPUT."):
        return f"{_within(input_words(code.removeprefix('INPUT.').lower()))} unknown"
    return GAP_WORDS.get(code, code)


def in_words(sentence: str | None) -> str | None:
    """Return a sentence of scoring with gaps and inputs called as the page calls them; None for none."""
    return None if sentence is None else _NAMED.sub(lambda found: _called(found[0]), sentence)


def person(actor: str) -> str:
    """Return the name of who did something, without the subject that makes a record of it certain."""
    name, _, subject = actor.removesuffix(")").rpartition(" (")
    if not name or not actor.endswith(")"):
        return actor
    return f"{name}, API key" if subject.startswith("key:") else name


def _called(name: str) -> str:
    return f"\u201c{gap_words(name)}\u201d" if name in GAPS else _within(input_words(name))


def _within(title: str) -> str:
    """Return a title as it stands within a sentence."""
    return title if title.startswith(("CRS", "Rt ")) else f"{title[:1].lower()}{title[1:]}"


def value_words(value: Any, unit: str = "") -> str:
    """Return a value as people read it, with its unit where it has one; `missing` for none."""
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{figure(value)} {unit}".rstrip() if unit not in ("-", "category") else figure(value)
    if isinstance(value, list | tuple):
        return ", ".join(value_words(one) for one in value) or "none"
    return plain(str(value))


def figure(value: float | None, digits: int = 3) -> str:
    """Return a number to some significant digits, thousands set apart by a thin space; a dash for none."""
    if value is None or not math.isfinite(value):
        return DASH
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace(",", "\u2009")
    decimals = min(max(digits - 1 - math.floor(math.log10(abs(value))), 0), 5)
    whole, _, part = f"{value:.{decimals}f}".partition(".")
    # 0.40 and 0.212 rather than 0.400 and 0.21; 37.5 stays as it is.
    part = part.rstrip("0").ljust(min(decimals, 2 if abs(value) < 10 else 1), "0")
    return f"{whole}.{part}" if part else whole


def volume(value: float | None) -> str:
    """Return a volume [m3] in thousands or millions where it is that large; a dash for none."""
    if value is None or not math.isfinite(value):
        return DASH
    for large, sign in ((1e6, " M"), (1e3, " k")):
        if abs(value) >= large:
            return f"{figure(value / large)}{sign}"
    return figure(value)


def fixed(value: float | None, decimals: int = 2, unit: str = "") -> str:
    """Return a number to some decimals, with its unit; a dash for none."""
    if value is None or not math.isfinite(value):
        return DASH
    return f"{value:,.{decimals}f} {unit}".replace(",", "\u2009").rstrip()


def moment(value: datetime | None) -> str:
    """Return a time in UTC to the minute; a dash for none."""
    return DASH if value is None else f"{value.day} {value:%b %Y %H:%M}"


def day(value: date | None) -> str:
    """Return a day; a dash for none."""
    return DASH if value is None else f"{value.day} {value:%b %Y}"


def count_of(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}".replace(",", "\u2009")
