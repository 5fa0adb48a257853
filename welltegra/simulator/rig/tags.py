"""What a well of the rig reports: tags, units, how well each is measured, and what is asked of it by default."""

from __future__ import annotations

from typing import NamedTuple

STATE_TAG = "operating_state"
STATES = ("pumping", "connection", "pressure_test", "shut_in", "well_control", "unknown")


class RigTag(NamedTuple):
    """A tag, the state it measures, and how well: noise is normal, cut at three sigma, before rounding.

    limit: what `breach` goes past when it is not told, as in the demo's rules; None where nothing is watched.
    noise: what the fault `noise` adds when it is not told, one sigma.
    other_unit: what `unit-change` turns it into when it is not told.
    """

    name: str
    unit: str
    measures: str
    sigma: float  # in `unit`
    relative_sigma: float  # of the value
    decimals: int
    limit: float | None  # in `unit`
    noise: float  # in `unit`
    other_unit: str


TAGS = (
    RigTag("pump_rate", "spm", "pump_rate_spm", 0.0, 0.002, 1, 120.0, 5.0, "Hz"),
    RigTag("standpipe_pressure", "psi", "standpipe_pressure_psi", 1.0, 0.002, 0, 4_500.0, 150.0, "bar"),
    RigTag("wellhead_pressure", "psi", "wellhead_pressure_psi", 1.5, 0.0003, 0, 5_000.0, 100.0, "bar"),
    RigTag("flow_rate", "L/min", "flow_in_l_per_min", 0.0, 0.003, 0, None, 80.0, "gal[US]/min"),
    RigTag("temperature", "degC", "temperature_degc", 0.05, 0.0, 1, 75.0, 2.0, "degF"),
    RigTag("depth", "m", "hole_depth_m", 0.0, 0.0, 2, None, 1.0, "ft"),
)
TAG = {tag.name: tag for tag in TAGS}
NAMES = (*TAG, STATE_TAG)
