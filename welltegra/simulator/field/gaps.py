"""What wells may lack: for each gate of the design a kind of gap that fires it, and no other that it need not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class GapKind:
    """One kind of gap. code: the gate it is there for; also: gates that cannot hold without what is missing.

    inputs: codes of the inputs that are not known for it, but for those that hang on neighbours. of_completed,
    of_others: of all these codes, those of the interval that the well is completed in alone, or of all but that one.
    log: shows in a log file alone. vertical, deviated: only such wells can have it. styles: of the reservoirs where it
    fires these gates and no other. silent: what the well drained is not known, nor what is left beside it; two such
    wells are never neighbours.
    """

    name: str
    code: str
    what: str
    also: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    of_completed: tuple[str, ...] = ()
    of_others: tuple[str, ...] = ()
    log: bool = False
    vertical: bool = False
    deviated: bool = False
    silent: bool = False
    styles: tuple[str, ...] = ("flooded", "depleting", "gas")

    @property
    def codes(self) -> tuple[str, ...]:
        """All the gates that fail, and the inputs that are missing."""
        return (self.code, *self.also, *self.inputs)

    def of(self, code: str) -> Literal["all", "completed", "others"]:
        """Return which intervals of the well one of its codes is of."""
        return "completed" if code in self.of_completed else "others" if code in self.of_others else "all"


# A well of unknown place leaves unknown what the neighbours of all its reservoir drained, and in a flood the way of the
# water: beside it, a well must lack nothing else of what is left.
_NOT_FLOODED: Final = ("depleting", "gas")

# Of an interval that never produced, they are known.
_OF_PRODUCTION: Final = ("INPUT.DEPLETION_RATIO", "INPUT.WATER_CUT")

_KINDS: Final = (
    GapKind("identity_twice", "G1.IDENTITY", "its id stands in wells.csv twice, at places 3 km apart"),
    GapKind("coarse_log", "G1.DEPTH_TRACK", "logged at a step of 1 m"),
    GapKind("depth_unit_conflict", "G1.UNIT_CONFLICT", "its log's header is in feet, the index in metres", log=True),
    GapKind("unit_alias", "G1.UNIT_ALIAS", "the gamma ray's unit is spelled as few do", log=True),
    GapKind("resistivity_drops_out", "G1.CURVES", "over a third of the pay has no resistivity", vertical=True),
    GapKind("weak_rw", "G1.PARAMS", "Rw is a guess for the whole project"),
    GapKind("washed_out", "G1.LOG_QUALITY", "over a third of the pay is washed out", vertical=True),
    # Of an interval that never produced, next to nothing is known but for where it lies.
    GapKind(
        "unknown_crs",
        "G2.CRS",
        "its coordinates are in a grid that nobody knows",
        also=("COVERAGE.DYNAMIC",),
        of_others=("COVERAGE.DYNAMIC",),
        styles=_NOT_FLOODED,
    ),
    GapKind(
        "outside_field",
        "G2.CRS_CONFLICT",
        "it lies 90 km outside its reservoir's outline",
        also=("COVERAGE.DYNAMIC",),
        of_others=("COVERAGE.DYNAMIC",),
        styles=_NOT_FLOODED,
    ),
    GapKind("no_kb", "G2.VERTICAL_DATUM", "the elevation of its kelly bushing is not known"),
    GapKind("weak_transform_chain", "G2.TRANSFORM_CHAIN", "its coordinates are on an ellipsoid of no known datum"),
    GapKind(
        "no_azimuth_reference", "G2.AZIMUTH_REFERENCE", "from which north azimuths count is not known", deviated=True
    ),
    GapKind("no_completion_status", "G3.COMPLETION", "whether its perforations are open is not known"),
    GapKind(
        "no_production",
        "G3.DEPLETION",
        "what it produced is not known",
        inputs=_OF_PRODUCTION,
        of_completed=("G3.DEPLETION", *_OF_PRODUCTION),
        silent=True,
        styles=("flooded",),
    ),
    GapKind("no_integrity", "G3.OPERABILITY", "its integrity is not known"),
    GapKind("thin_evidence", "G3.EVIDENCE", "two items of evidence are missing"),
    GapKind(
        "no_log",
        "COVERAGE.STATIC",
        "it has no log",
        also=("G1.CURVES", "G3.COMPLETION", "G3.EVIDENCE"),
        inputs=("INPUT.HEIGHT_ABOVE_CONTACT_M",),
        silent=True,
    ),
    GapKind(
        "no_dynamics",
        "COVERAGE.DYNAMIC",
        "neither production nor pressures are known, nor where it is",
        also=("G2.CRS", "G3.DEPLETION"),
        inputs=("INPUT.PRESSURE_RATIO", *_OF_PRODUCTION),
        of_completed=_OF_PRODUCTION,
        silent=True,
        styles=_NOT_FLOODED,
    ),
    GapKind(
        "no_operability",
        "COVERAGE.OPERABILITY",
        "nothing of its state is known",
        also=("G3.OPERABILITY",),
        inputs=("INPUT.COMPLETION_READINESS", "INPUT.COST_RATIO", "INPUT.WORKOVER_COMPLEXITY"),
    ),
    # From here on, the same gates once more, by other ways.
    GapKind("integrity_red", "G3.OPERABILITY", "its integrity is red"),
    GapKind("abandoned", "G3.OPERABILITY", "it is permanently abandoned"),
    GapKind(
        "thin_completion",
        "G3.COMPLETION",
        "half of what is needed of its completion is missing",
        inputs=("INPUT.COMPLETION_READINESS",),
    ),
    GapKind("one_evidence_missing", "G3.EVIDENCE", "one item of evidence is missing"),
    GapKind(
        "no_survey",
        "G2.VERTICAL_DATUM",
        "it is deviated and has no survey",
        inputs=("INPUT.GROSS_M", "INPUT.NET_PAY_M"),
        deviated=True,
        styles=_NOT_FLOODED,
    ),
)


def kinds_for(*, logs: bool) -> tuple[GapKind, ...]:
    """Return the kinds of gaps that a field with, or without, log files can have."""
    return tuple(kind for kind in _KINDS if logs or not kind.log)
