"""The closed words of scoring: components, inputs, gates, gaps, classes, labels, statuses; each in its fixed order."""

from __future__ import annotations

from typing import Final

COMPONENTS: Final = ("static", "dynamic", "operability", "confidence")

# The inputs of each component, in the order they are summed: a sum of floats has an order.
INPUTS: Final = {
    "static": ("vsh", "phie", "rt_contrast", "sw", "net_pay_m", "gross_m", "height_above_contact_m"),
    "dynamic": (
        "depletion_ratio",
        "water_cut",
        "pressure_ratio",
        "offset_drained_fraction",
        "injector_mpvi",
        "unswept_hcpt_m",
    ),
    "operability": ("integrity", "workover_complexity", "completion_readiness", "access", "cost_ratio"),
    "confidence": (
        "log_quality",
        "crs_confidence",
        "depth_reference",
        "completion_completeness",
        "production_completeness",
        "evidence_completeness",
    ),
}
ITEMS: Final = ("tubing_access", "single_casing", "cement_bond", "tree_serviceable")

# What may be required of a completion: its field to the column of `completions` that holds it, or of `operability`.
COMPLETION_FIELDS: Final = {
    "top": "top_md_m",
    "base": "base_md_m",
    "status": "status",
    "date": "date",
    **{item: item for item in ITEMS},
}

# Gates in the order in which they lead: of two that block alike, the earlier one is what to see to first.
GATES: Final = (
    "G1.IDENTITY",
    "G1.DEPTH_TRACK",
    "G1.UNIT_CONFLICT",
    "G1.UNIT_ALIAS",
    "G1.CURVES",
    "G1.PARAMS",
    "G1.LOG_QUALITY",
    "G2.CRS",
    "G2.CRS_CONFLICT",
    "G2.VERTICAL_DATUM",
    "G2.TRANSFORM_CHAIN",
    "G2.AZIMUTH_REFERENCE",
    "G3.COMPLETION",
    "G3.DEPLETION",
    "G3.OPERABILITY",
    "G3.EVIDENCE",
    "COVERAGE.STATIC",
    "COVERAGE.DYNAMIC",
    "COVERAGE.OPERABILITY",
)
TWO_LEVEL_GATES: Final = ("G1.PARAMS", "G3.COMPLETION", "G3.EVIDENCE")
QUARANTINE: Final = "MANUAL.QUARANTINE"
INPUT_GAPS: Final = tuple(f"INPUT.{name.upper()}" for names in INPUTS.values() for name in names)
GAPS: Final = (*GATES, QUARANTINE, *INPUT_GAPS)

DOMAINS: Final = (
    *("identity", "depth", "unit", "log", "petrophysics", "spatial"),
    *("completion", "production", "operability", "evidence"),
)
SEVERITIES: Final = ("info", "minor", "major", "critical")
BLOCK, HOLD, SPATIAL, WARNING = (
    "decision_grade_block",
    "review_hold",
    "spatial_only_quarantine",
    "non_blocking_warning",
)
PROMOTION_ACTIONS: Final = (WARNING, HOLD, SPATIAL, BLOCK)
STATUSES: Final = ("measured", "derived", "categorical", "missing", "not_applicable", "stated")

# In rank order.
CLASSES: Final = ("A", "B", "C", "D", "Q")
CLASS_RULES: Final = ("R1", "R2", "R3", "R4", "R5")
COMPLETION_STATUSES: Final = (
    *("never_perforated", "perforated_producing", "perforated_shut_in", "squeezed", "isolated_plug"),
    "unknown",
)

LABELS: Final = {
    "historic_payload_class": ("strong_bypassed_pay", "moderate_bypassed_pay", "weak_bypassed_pay", "unknown"),
    "remaining_payload_class": (
        *("high_remaining_potential", "moderate_remaining_potential", "low_remaining_potential", "depleted"),
        "unknown",
    ),
    "depletion_risk": ("low", "moderate", "high", "severe", "unknown"),
    "operability_status": ("ready", "workover_feasible", "difficult", "blocked", "unknown"),
    "data_confidence": ("high", "medium", "low"),
}
