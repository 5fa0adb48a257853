"""Which curves count as used: those without which the models give another rock, and no other."""

from __future__ import annotations

from typing import Any, Final

import polars as pl
import pytest

from scoring.curves_used import curves_used
from scoring.models import MEASURED, STATED, log_models
from scoring.parameters import PetrophysicsDefaults, parse_parameters, settled

READ: Final = {
    **dict.fromkeys(("md_m", "tvdss_m"), 1000.0),
    "part": 0,
    **dict(zip(MEASURED, (60.0, 2.35, 0.22, 85.0, 12.0, 8.6, 8.5, 0.01, 100.0), strict=True)),
    **dict(zip(STATED, (0.3, 0.15, 0.5), strict=True)),
}
GR: Final = {"gr_clean": 20.0, "gr_shale": 120.0}
RW: Final = {"rw": {"value": 0.05, "source": "water_sample"}}
REGRESSION: Final = {"method": "density_neutron_regression", "a": 0.4, "b": 0.01}
CURVES: Final = {*MEASURED, *STATED}

# what the zone says, the curves that its log lacks, those used
ZONES: Final[list[tuple[dict[str, Any], set[str], set[str]]]] = [
    ({**GR, **RW}, set(), {"gr", "rhob", "nphi", "rt"}),
    ({**GR, **RW, "porosity": {"method": "density"}}, set(), {"gr", "rhob", "rt"}),
    ({**GR, **RW, "porosity": REGRESSION}, set(), {"gr", "rhob", "nphi", "rt"}),
    ({**GR, **RW, "porosity": {"method": "sonic"}}, set(), {"gr", "dt", "rt"}),
    ({**GR, **RW}, {"nphi"}, {"gr", "rhob", "rt"}),
    ({**GR, **RW}, {"rhob"}, {"gr", "dt", "rt"}),
    ({**GR, **RW}, {"rhob", "dt"}, {"gr", "phie", "rt"}),
    (RW, set(), {"vsh", "rhob", "nphi", "rt"}),
    ({**GR, **RW}, {"gr"}, {"vsh", "rhob", "nphi", "rt"}),
    (GR, set(), {"gr", "rhob", "nphi", "sw"}),
    ({**GR, **RW}, {"rt"}, {"gr", "rhob", "nphi", "sw"}),
    (
        {**GR, **RW, "porosity": {"method": "density"}, "archie": {"m": "1.8 + dt / 1000"}},
        set(),
        {"gr", "rhob", "rt", "dt"},
    ),
    (
        {
            **GR,
            **RW,
            "porosity": {"method": "density"},
            "klogh": "10 ** (8 * phif + nphi)",
            "archie": {"m": "2 * klogh ** -0.01"},
        },
        set(),
        {"gr", "rhob", "rt", "nphi"},
    ),
]


def rock(curves: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    parameters, faults = parse_parameters(said)
    assert parameters is not None, faults
    frame = pl.DataFrame([curves])
    row = log_models(frame, settled(parameters, PetrophysicsDefaults()), None).row(0, named=True)
    return {name: row[name] for name in ("vsh", "phie", "sw")}


@pytest.mark.parametrize(("said", "lacking", "used"), ZONES)
def test_that_the_used_curves_are_those_that_the_models_need(
    said: dict[str, Any], lacking: set[str], used: set[str]
) -> None:
    parameters, _ = parse_parameters(said)
    assert curves_used(settled(parameters, PetrophysicsDefaults()), CURVES - lacking) == used
    # The models say the same: without any one of these the rock is another, and without all the others it is not.
    whole = {name: value for name, value in READ.items() if name not in lacking}
    for curve in used:
        assert rock({**whole, curve: None}, said) != rock(whole, said), curve
    others = CURVES - used
    assert rock({name: value for name, value in whole.items() if name not in others}, said) == rock(whole, said)


def test_that_a_cutoff_on_resistivity_uses_it() -> None:
    parameters, _ = parse_parameters({**GR, "cutoffs": {"rt_min": 5.0}})
    assert "rt" in curves_used(settled(parameters, PetrophysicsDefaults()), CURVES)


def test_that_a_log_without_any_is_asked_for_what_would_compute_the_rock() -> None:
    assert curves_used(settled(None, PetrophysicsDefaults()), ()) == {"gr", "rhob", "nphi", "rt"}
