"""Words and numbers as people read them: labels of the vocabulary, values with their decimals, times in UTC."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any, Final

from scoring.vocabulary import GATES

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
ACTION_WORDS: Final = {
    "decision_grade_block": "blocks the decision",
    "review_hold": "holds at review",
    "spatial_only_quarantine": "not for the map",
    "non_blocking_warning": "warning",
}
# A note is required to reject, to defer or to ask for data.
NOTE_NEEDED: Final = ("needs_data", "rejected", "deferred")
DASH: Final = "\u2013"
_PAYLOAD: Final = ("_remaining_potential", "_bypassed_pay")


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
        return f"{input_words(code.removeprefix('INPUT.').lower()).lower()} unknown"
    return GAP_WORDS.get(code, code)


def leading_gap(codes: tuple[str, ...]) -> str | None:
    """Return the gap to see to first: gates in their order, then inputs; None without gaps."""
    order = {code: k for k, code in enumerate(GATES)}
    return min(codes, key=lambda code: (order.get(code, len(order)), code), default=None)


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
